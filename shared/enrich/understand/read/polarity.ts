import { CONTRAST, NEGATORS } from '../lexicon/words.ts'
import type { Language } from './language.ts'
import type { Reading, Token } from './tokens.ts'

/** Whether a word is said of the thing (1), denied (-1), or cannot be told (0). */
export type Polarity = 1 | -1 | 0

const sets = (table: Readonly<Record<string, readonly string[]>>) =>
  new Map(Object.entries(table).map(([language, words]) => [language, new Set(words)] as const))
const NEGATOR = sets(NEGATORS)
const STOP = sets(CONTRAST)

/** After "not", these say the denial of what stands before them: "batteries not included". */
const DENIED_SUBJECT = new Set(
  'included include supplied provided recommended allowed suitable safe possible required needed available necessary advised permitted suited meant intended'.split(
    ' ',
  ),
)

/** Polarity of every token. Scopes end at clause ends and contrasting words; a comma ends one unless an "or" list goes on. */
export function polarities(reading: Reading): Polarity[] {
  const { tokens, language } = reading
  if (language === 'ja' || language === 'zh') return byClause(reading)
  const result: Polarity[] = tokens.map(() => 1)
  const negators = NEGATOR.get(language) ?? NEGATOR.get('en')!
  const stops = STOP.get(language) ?? STOP.get('en')!
  let state: Polarity = 1
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!
    if (token.gap === 'clause' || (token.gap === 'comma' && !listGoesOn(tokens, i))) state = 1
    if (stops.has(token.folded) && state !== 1) state = token.folded === 'and' || token.folded === 'und' ? 0 : 1
    if (isNegator(tokens, i, negators)) {
      state = state === -1 ? 0 : -1
      if (reachesBack(tokens, i, language)) markBack(tokens, i, result, state, stops)
      continue
    }
    if (token.folded === 'non' && tokens[i + 1]?.joined) {
      result[i + 1] = -1
      i++
      continue
    }
    if (isFreeSuffix(tokens, i, language)) {
      const opensList = ['of', 'from', 'von'].includes(tokens[i + 1]?.folded ?? '')
      if (opensList) state = -1
      else markFree(tokens, i, result)
      continue
    }
    result[i] = state
  }
  return result
}

function isNegator(tokens: readonly Token[], i: number, negators: ReadonlySet<string>): boolean {
  const token = tokens[i]!
  const next = tokens[i + 1]
  if (token.folded === 'away' || token.folded === 'out') {
    // "Keep it out of the oven", "keep well away from heat".
    return (
      ['from', 'of'].includes(next?.folded ?? '') &&
      tokens.slice(Math.max(0, i - 4), i).some((one) => /^(?:keep|stay|leave)s?$/.test(one.folded))
    )
  }
  if (!negators.has(token.folded)) return false
  switch (token.folded) {
    case 'no':
    case 'nein':
      // "No, it is not" answers; "no more than" bounds; "No. 4" counts.
      return !(next === undefined || next.gap !== 'none' || next.folded === 'more' || next.folded === 'matter')
    case 'not':
    case 'nicht':
      return !(next?.folded === 'only' || next?.folded === 'nur' || next?.folded === 'just')
    case 'rather':
      return next?.folded === 'than'
    case 'instead':
    case 'except':
      return next !== undefined
    default:
      return true
  }
}

/** A comma does not end a denial in "not for ovens, microwaves or hobs". */
function listGoesOn(tokens: readonly Token[], i: number): boolean {
  for (let j = i; j < tokens.length && j < i + 8; j++) {
    if (j > i && tokens[j]!.gap === 'clause') return false
    if (['or', 'nor', 'oder', 'noch'].includes(tokens[j]!.folded)) return true
    if (
      ['is', 'are', 'has', 'can', 'and', 'but', 'with', 'ist', 'hat', 'kann', 'mit', 'und', 'comes', 'it'].includes(
        tokens[j]!.folded,
      )
    )
      return false
  }
  return false
}

function reachesBack(tokens: readonly Token[], i: number, language: Language): boolean {
  if (language === 'de') return tokens[i]!.folded === 'nicht'
  return (
    /^(?:not|isnt|arent|cannot|cant|never)$/.test(tokens[i]!.folded) &&
    [1, 2].some((step) => DENIED_SUBJECT.has(tokens[i + step]?.folded ?? ''))
  )
}

function markBack(
  tokens: readonly Token[],
  i: number,
  result: Polarity[],
  state: Polarity,
  stops: ReadonlySet<string>,
): void {
  if (tokens[i]!.gap !== 'none') return
  for (let j = i - 1; j >= 0; j--) {
    if (
      stops.has(tokens[j]!.folded) &&
      !['die', 'der', 'das', 'damit', 'und', 'and', 'that', 'which'].includes(tokens[j]!.folded)
    )
      return
    if (tokens[j]!.folded === 'und' || tokens[j]!.folded === 'and') return
    result[j] = state
    if (tokens[j]!.gap !== 'none') return
  }
}

function isFreeSuffix(tokens: readonly Token[], i: number, language: Language): boolean {
  const token = tokens[i]!
  const before = tokens[i - 1]
  if (token.folded !== 'free' && !(language === 'de' && token.folded === 'frei')) return false
  if (['of', 'from', 'von'].includes(tokens[i + 1]?.folded ?? '')) return true
  return (
    before !== undefined &&
    token.gap === 'none' &&
    before.kind === 'word' &&
    !['hands', 'is', 'are', 'for', 'the', 'a', 'ist', 'comes'].includes(before.folded)
  )
}

/** "BPA, PVC and lead free" would deny all three; only the last, and those hyphened to it, are sure. */
function markFree(tokens: readonly Token[], i: number, result: Polarity[]): void {
  result[i - 1] = -1
  for (let j = i - 1; j > 0 && tokens[j]!.joined; j--) result[j - 1] = -1
}

const DENIED_JA =
  /ない|ません|せず|ずに|ず$|不可|不使用|不対応|非(?!常)|未使用|不含|不要|禁止|厳禁|NG|なし|無し|避け|できぬ|しないで|やめ/u
const NOT_DENIED_JA =
  /少ない|かもしれない|に違いない|間違いない|もったいない|何気ない|さりげない|切ない|だけでなく|のみならず|なくてはならない|なければ|限らない|仕方ない/gu
const DENIED_ZH = /不|没|沒|无|無|未|勿|别|別|禁止|避免|免/u
const NOT_DENIED_ZH =
  /不[锈鏽銹]|不[仅僅只但]|[无無]線|无线|特[别別]|[别別]致|[别別]緻|分[别別]|免費|不同|不少|不禁|[无無][论論]|不知不[覺觉]|[别別]具/gu

/** Japanese denies at a clause's end, Chinese before the verb: the whole clause counts as denied. */
function byClause({ tokens, text, language }: Reading): Polarity[] {
  const result: Polarity[] = tokens.map(() => 1)
  let start = 0
  for (let i = 1; i <= tokens.length; i++) {
    if (i < tokens.length && tokens[i]!.gap === 'none') continue
    const until = i < tokens.length ? tokens[i]!.at : text.length
    const clause = text.slice(tokens[start]?.at ?? 0, until)
    const denied =
      language === 'ja'
        ? DENIED_JA.test(clause.replace(NOT_DENIED_JA, '').replace(/[。、.!?！？」』）\s]+$/u, ''))
        : DENIED_ZH.test(clause.replace(NOT_DENIED_ZH, ''))
    if (denied) result.fill(-1, start, i)
    start = i
  }
  return result
}
