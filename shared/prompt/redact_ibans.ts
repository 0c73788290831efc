import type { Found } from './redact_cards.ts'

/** Characters of an account number by country (SWIFT IBAN registry, release 99). */
const LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 ' +
    'FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 ' +
    'LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 ' +
    'RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
)

const START = /(?<![\p{L}\p{N}])[A-Z]{2}[ -]?\d[ -]?\d/giu

/** Bank accounts: a country's length, and ISO 7064 mod 97-10 leaves 1. */
export function findIbans(text: string): Found[] {
  const found: Found[] = []
  for (const match of text.matchAll(START)) {
    const from = match.index
    if (from < (found.at(-1)?.to ?? 0)) continue
    const length = LENGTHS[text.slice(from, from + 2).toUpperCase()]
    if (length === undefined) continue
    const read = readAccount(text, from, length)
    if (read !== null && mod97(read.account) === 1) found.push({ from, to: read.to })
  }
  return found
}

/** So many letters and digits, with at most two separators between any two; null where the text ends or goes on. */
function readAccount(text: string, from: number, length: number): { account: string; to: number } | null {
  let account = ''
  let between = 0
  let at = from
  for (; at < text.length && account.length < length; at++) {
    const char = text[at]!
    if (/[A-Za-z0-9]/.test(char)) {
      account += char.toUpperCase()
      between = 0
    } else if (/[ .-]/.test(char) && between < 2) between += 1
    else return null
  }
  const goesOn = at < text.length && /[\p{L}\p{N}]/u.test(text[at]!)
  return account.length === length && !goesOn ? { account, to: at } : null
}

function mod97(account: string): number {
  const moved = account.slice(4) + account.slice(0, 4)
  let rest = 0
  for (const char of moved) {
    const value = Number.parseInt(char, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest
}
