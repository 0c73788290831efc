/**
 * What people type into a search box and ought not to leave the house: e-mail addresses, telephone numbers, payment
 * cards, bank accounts, credentials in links. Names cannot be told from brands and are not looked for: nothing that names
 * a shopper may be put into a prompt in the first place.
 *
 * Doubt is decided by checksums where there are any. Sizes, prices, GTINs and model numbers are ordinary shopping words
 * and stay; what is taken out costs a prompt a number, what is left in cannot be taken back.
 */
import { type Found, findCards, findOddCards } from './redact_cards.ts'
import { findIbans } from './redact_ibans.ts'
import { findPhones } from './redact_phones.ts'

export type RedactedKind = 'email' | 'phone' | 'card' | 'iban' | 'credential'

/** Characters that cannot be seen: they would part a number from itself. */
const UNSEEN = /[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/g

// A bounded run before the @ and a look behind: the time stays linear whatever is typed.
const EMAIL =
  /(?<![\p{L}\p{N}._%+'-])[\p{L}\p{N}._%+'-]{1,64}\s{0,2}(?:@|[([{]\s?(?:at|@)\s?[)\]}])\s{0,2}(?:[\p{L}\p{N}][\p{L}\p{N}-]{0,62}(?:\.|\s?[([{]\s?(?:dot|punkt|\.)\s?[)\]}]\s?)){1,8}[\p{L}]{2,24}/giu
const USER_INFO = /(?<=\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/?#@]{1,200}@/gi
const SECRET_PARAMETER =
  /(?<=[?&#;](?:access_?token|api_?key|apikey|auth|code|key|pass|passwd|password|pwd|secret|session|sessionid|sid|sig|signature|token)=)[^\s&#;"']{1,2000}/gi

const SUSPECT =
  /\p{Nd}(?:\D{0,4}\p{Nd}){4}|[@＠]|[([{（［｛]\s?(?:at|ａｔ)|[:：][/／]{2}|[?&#;？＆＃；][\wａ-ｚＡ-Ｚ]{1,12}[=＝]/iu

/** The text without them; each is replaced by its kind in brackets. Equal texts give equal texts. */
export function redact(text: string): string {
  const seen = text.replace(UNSEEN, '')
  // Most texts hold neither five digits nor an @ nor a link.
  if (!SUSPECT.test(seen)) return seen
  let clean = replaced(seen, 'credential', matchesOf(seen, USER_INFO))
  clean = replaced(clean, 'credential', matchesOf(clean, SECRET_PARAMETER))
  clean = replaced(clean, 'email', matchesOf(clean, EMAIL))
  for (const [kind, find] of NUMBERS) clean = replaced(clean, kind, find(plain(clean)))
  return clean
}

/** In this order: an account or a card holds runs that look like telephone numbers. */
const NUMBERS: ReadonlyArray<readonly [RedactedKind, (text: string) => Found[]]> = [
  ['iban', findIbans],
  ['card', findCards],
  ['phone', findPhones],
  ['card', findOddCards],
]

/** Every string of a JSON document redacted; text that is none as it is. Numbers stay numbers. */
export function redactDocument(text: string): string {
  const document = parsed(text)
  if (document === undefined) return redact(text)
  const clean = redactValue(document)
  // Untouched bytes keep a provider's memory of the prompt's beginning.
  return clean === document ? text : JSON.stringify(clean)
}

/** The same value where nothing was found in it. */
function redactValue(value: unknown): unknown {
  if (typeof value === 'string') {
    const clean = redact(value)
    return clean === value ? value : clean
  }
  if (Array.isArray(value)) {
    const list = value.map(redactValue)
    return list.some((one, index) => one !== value[index]) ? list : value
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const clean = entries.map(([name, own]) => [redact(name), redactValue(own)] as const)
  return clean.some(([name, own], index) => own !== entries[index]![1] || name !== entries[index]![0])
    ? Object.fromEntries(clean)
    : value
}

function parsed(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function matchesOf(text: string, pattern: RegExp): Found[] {
  return [...plain(text).matchAll(pattern)].map((match) => ({ from: match.index, to: match.index + match[0].length }))
}

function replaced(text: string, kind: RedactedKind, found: readonly Found[]): string {
  let clean = ''
  let at = 0
  for (const { from, to } of found) {
    clean += `${text.slice(at, from)}[${kind}]`
    at = to
  }
  return at === 0 ? text : clean + text.slice(at)
}

/**
 * The same text with every digit as ASCII and full-width letters and signs as plain ones; of equal length, so that what
 * is found here is there.
 */
function plain(text: string): string {
  if (!/[^ -~]/.test(text)) return text
  return text.replace(/[\uff01-\uff5e]|\p{Nd}|[\u2010-\u2015\u2212]|[\u00a0\u2000-\u200a\u202f\u3000]/gu, (char) => {
    const code = char.codePointAt(0)!
    if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0)
    if ((code >= 0x2010 && code <= 0x2015) || code === 0x2212) return '-'
    if (/\s/.test(char)) return ' '
    // Digits of a script stand in tens from 0 to 9; those beyond two bytes would change the length.
    return char.length === 1 ? String(digitOf(code)) : char
  })
}

/** The value of a decimal digit of any script: its distance from the first of its run of ten. */
function digitOf(code: number): number {
  let zero = code
  while (zero > code - 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1
  return code - zero
}
