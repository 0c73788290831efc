/** What people type that nobody else ought to read, made up: numbers with right check digits, in the ways they are written. */
import type { Rng } from '../../shared/base/rng.ts'

export interface Profile {
  /** What stands in the query, as it is written there. */
  secrets: Array<{ kind: 'email' | 'phone' | 'card' | 'iban' | 'credential'; text: string }>
  query: string
}

const FIRST = ['anna', 'jürgen', 'maria', 'li', 'søren', 'olga', 'jean-luc', 'priya', 'tom', 'aiko', 'zoë', 'ahmed']
const LAST = ['schmidt', 'müller', 'rossi', 'wang', 'olsen', 'dubois', 'patel', "o'neill", 'tanaka', 'garcía', 'novak']
const HOSTS = ['example.com', 'web.example.de', 'mail.example.co.uk', 'post.example.jp', 'example.info', 'ex-ample.fr']
const WANTS = ['red teapot', 'Laufschuhe Größe 42', 'robe été 38', 'tent for 2', '急須 小', 'fountain pen', 'sofá cama']

const digits = (rng: Rng, count: number) => Array.from({ length: count }, () => rng.int(10)).join('')

function email(rng: Rng): string {
  const local = rng.pick([
    `${rng.pick(FIRST)}.${rng.pick(LAST)}`,
    `${rng.pick(FIRST)}${rng.int(100)}`,
    `${rng.pick(FIRST)}_${rng.pick(LAST)}+shop`,
    `${rng.pick(LAST)}-${rng.int(10)}`,
  ])
  const host = rng.pick(HOSTS)
  return rng.pick([
    `${local}@${host}`,
    `${local.toUpperCase()}@${host}`,
    `${local} (at) ${host}`,
    `${local}[at]${host.replaceAll('.', '[dot]')}`,
    `${local}＠${host}`,
    `${local.slice(0, 1)}\u200b${local.slice(1)}@${host}`,
  ])
}

/** Digits by a template: # any, N from 2 to 9, others as they are. */
const dialled = (rng: Rng, template: string) =>
  template.replace(/[#N]/g, (sign) => String(sign === 'N' ? 2 + rng.int(8) : rng.int(10)))

/** National plans, with and without the country's code; each as its people write it. */
const PHONES = [
  '+49 17# #######',
  '+4917########',
  '0049 17# #######',
  '017# #######',
  '017########',
  '015#########',
  '030/#######',
  '(030) ####-####',
  '089 ## ## ## ##',
  '+33 6 ## ## ## ##',
  '06 ## ## ## ##',
  '07########',
  '06.##.##.##.##',
  '+44 7### ######',
  '07### ### ###',
  '07### ######',
  '(020) #### ####',
  '+1 NNN-NNN-####',
  '(NNN) NNN-####',
  'NNN-NNN-####',
  'NNN.NNN.####',
  '1-800-NNN-####',
  '1NNNNNN####',
  '+34 6## ### ###',
  '6## ### ###',
  '6## ## ## ##',
  '+48 5## ### ###',
  '+81 90-####-####',
  '090-####-####',
  '03-####-####',
  '+86 13# #### ####',
  '+39 3## #######',
  '+45 ## ## ## ##',
  '+971 5# ### ####',
  '+91 9#### #####',
  '49 17# ########',
] as const

function phone(rng: Rng): string {
  // Some are only told to be one by the word before.
  if (rng.int(8) === 0)
    return `${rng.pick(['tel', 'call me on', 'phone:', 'Handy', 'whatsapp'])} ${digits(rng, 8 + rng.int(4))}`
  const written = dialled(rng, rng.pick(PHONES))
  return rng.int(20) === 0 ? fullWidth(written) : written
}

const fullWidth = (text: string) => text.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)))

function card(rng: Rng): string {
  const [start, length] = rng.pick([
    ['4', 16],
    ['51', 16],
    ['5412', 16],
    ['2221', 16],
    ['2720', 16],
    ['34', 15],
    ['37', 15],
    ['6011', 16],
    ['36', 14],
    ['3528', 16],
    ['62', 16],
    ['4', 19],
  ] as const)
  const body = start + digits(rng, length - start.length - 1)
  const number = body + luhnDigit(body)
  const separator = rng.pick(['', ' ', '-', '.'])
  const groups = length === 15 ? [4, 6, 5] : length === 14 ? [4, 6, 4] : [4, 4, 4, 4, 3]
  return groups
    .map((size, index) => {
      const from = groups.slice(0, index).reduce((sum, one) => sum + one, 0)
      return number.slice(from, from + size)
    })
    .filter((group) => group !== '')
    .join(separator)
}

function luhnDigit(body: string): string {
  let sum = 0
  for (const [place, char] of [...body].reverse().entries()) {
    const value = Number(char) * (place % 2 === 0 ? 2 : 1)
    sum += value > 9 ? value - 9 : value
  }
  return String((10 - (sum % 10)) % 10)
}

function iban(rng: Rng): string {
  const [country, bban] = rng.pick([
    ['DE', digits(rng, 18)],
    ['FR', digits(rng, 23)],
    ['GB', `NWBK${digits(rng, 14)}`],
    ['NL', `ABNA${digits(rng, 10)}`],
    ['ES', digits(rng, 20)],
    ['AT', digits(rng, 16)],
    ['IT', `X${digits(rng, 22)}`],
    ['NO', digits(rng, 11)],
    ['CH', digits(rng, 17)],
    ['MT', `MALT${digits(rng, 5)}${digits(rng, 18)}`],
  ] as const)
  const asNumber = [...`${bban}${country}00`].map((char) => Number.parseInt(char, 36)).join('')
  const check = String(98n - (BigInt(asNumber) % 97n)).padStart(2, '0')
  const account = `${country}${check}${bban}`
  return rng.pick([
    account,
    account.toLowerCase(),
    account.replace(/(.{4})(?=.)/g, '$1 '),
    account.replace(/(.{4})(?=.)/g, '$1-'),
  ])
}

function credential(rng: Rng): string {
  const secret = `${rng.pick(LAST).replace(/\W/g, 'x')}${digits(rng, 6)}`
  return rng.pick([
    `https://${rng.pick(['admin', 'bob'])}:${secret}@shop.example.com/x`,
    `https://shop.example.com/reset?token=${secret}`,
    `https://example.com/a?b=1&access_token=${secret}`,
  ])
}

const MAKERS = { email, phone, card, iban, credential } as const

/** What of a written secret must be nowhere: of a link only its secret. */
const essence = (kind: keyof typeof MAKERS, text: string): string =>
  kind === 'credential' ? (/(?<=:)[^/@]+(?=@)|(?<=token=).+$/.exec(text)?.[0] ?? text) : text

/** @returns profiles with one or two secrets in a query, in words around them */
export function makeProfiles(rng: Rng, count: number): Profile[] {
  return Array.from({ length: count }, () => {
    const kinds = Object.keys(MAKERS) as Array<keyof typeof MAKERS>
    const written = Array.from({ length: 1 + rng.int(2) }, () => {
      const kind = rng.pick(kinds)
      return { kind, text: MAKERS[kind](rng) }
    })
    const wants = rng.pick(WANTS)
    const said = written.map(({ text }) => text)
    const query = rng.pick([
      `${wants} ${said.join(' ')}`,
      `${said.join(', ')} ${wants}`,
      `${wants}, bitte an ${said.join(' / ')}`,
      `my details: ${said.join('; ')}. ${wants}`,
      `${wants} (${said.join(') (')})`,
    ])
    return { query, secrets: written.map(({ kind, text }) => ({ kind, text: essence(kind, text) })) }
  })
}

const bare = (text: string) =>
  text
    .normalize('NFKC')
    .replace(/[\u200b]/g, '')
    .toLowerCase()
const DIGITS_THAT_TELL = 7

/** Whether a text gives a secret away: as it is written, or by any seven of its digits in a row. */
export function givesAway(text: string, secret: Profile['secrets'][number]): boolean {
  const shown = bare(text)
  if (shown.includes(bare(secret.text))) return true
  if (secret.kind === 'email' || secret.kind === 'credential') return false
  const run = bare(secret.text).replace(/\D/g, '')
  const all = shown.replace(/(?<=\d)[ ./()-]{1,3}(?=\d)/g, '')
  for (let at = 0; at + DIGITS_THAT_TELL <= run.length; at++)
    if (all.includes(run.slice(at, at + DIGITS_THAT_TELL))) return true
  return false
}
