import { BOUNDS, LABELS, MULTIPLIERS, UNITS } from '../lexicon/units.ts'
import { wordValue } from './numerals.ts'
import { foldWord, stemIn } from './stems.ts'
import type { Reading, Token } from './tokens.ts'

/** A number with its unit and the thing that it measures. */
export interface Measure {
  value: number
  /** `length`, `mass`, `count` ...; `bare` where no unit is written. */
  measures: string
  /** In the base unit of its kind. */
  base: number
  unit: string
  label: string | null
  bound: 'max' | 'min' | null
  /** The other end where the text states a span, or the sides of `30 x 20 cm`. */
  group: readonly number[] | null
  span: 'range' | 'sides' | null
  /** Stems beside a bare number: what is counted. */
  after: readonly string[]
  before: string | null
  /** Part of a name: the 12 of "Hero 12" counts nothing. */
  named: boolean
  from: number
  to: number
}

const UNIT = new Map(UNITS.flatMap((line) => line.terms.map((term) => [foldTerm(term), line] as const)))
const LABEL = new Map(LABELS.flatMap(([label, terms]) => terms.map((term) => [term, label] as const)))
const LABEL_STEM = new Map(
  LABELS.flatMap(([label, terms]) => terms.map((term) => [stemIn('en', term), label] as const)),
)
const RANGE_WORDS = new Set(['to', 'bis', 'until'])
const FUNCTIONAL = new Set(
  'of the a an and or for in with its x by to from per at is are as on der die das und von fur'.split(' '),
)

function foldTerm(term: string): string {
  return foldWord(term)
}

/** Every number of the text. `names`: the field's own name, which labels numbers that nothing else labels. */
export function measuresIn(reading: Reading, names = ''): Measure[] {
  const { tokens } = reading
  const found: Measure[] = []
  for (let i = 0; i < tokens.length; i++) {
    const number = numberAt(tokens, i)
    if (number === null) continue
    const unit = unitAt(tokens, i + number.length)
    const to = i + number.length + (unit?.length ?? 0)
    // "one" is mostly a pronoun; it counts where a unit follows.
    if (['one', 'eins'].includes(tokens[i]!.folded) && unit === null) continue
    if (['half', 'quarter', 'halb'].includes(tokens[i]!.folded) && unit === null && number.length === 1) continue
    const one = measure(reading, i, to, number.value, unit, names)
    // "Three feet, so that it never wobbles": limbs, unless something is that long.
    const limbs = unit !== null && LIMBS.has(unit.term) && tokens[i]!.value === null && one.label === null
    if (limbs && number.length > 0 && tokens[i]!.folded.length < 3) continue
    found.push(limbs ? measure(reading, i, i + number.length, number.value, null, names) : one)
    i = to - 1
  }
  joinGroups(reading, found)
  return found
}

function numberAt(tokens: readonly Token[], i: number): { value: number; length: number } | null {
  const token = tokens[i]!
  let value = token.value ?? (token.kind === 'word' ? (wordValue(token.folded) ?? singleValue(tokens, i)) : null)
  if (value === null) return null
  let length = 1
  const follows = (k: number) => tokens[i + k]?.gap === 'none'
  // "twenty-four", "two hundred", "half a litre".
  const second = tokens[i + 1]
  if (token.value === null && value >= 20 && value < 100 && second?.joined && (wordValue(second.folded) ?? 10) < 10) {
    value += wordValue(second.folded)!
    length = 2
  }
  const own = timesOf(token)
  if (own !== undefined) return { value: own, length }
  const times = timesOf(tokens[i + length])
  if (times !== undefined && follows(length)) {
    value *= times
    length++
  }
  // "half a litre", "a quarter of a litre", "half a dozen".
  if (value < 1 && tokens[i + length]?.folded === 'of') length++
  if (value < 1 && ARTICLES.has(tokens[i + length]?.folded ?? '') && tokens[i + length]!.gap === 'none') length++
  const dozen = tokens[i + length]
  if (dozen !== undefined && follows(length) && DOZENS.has(dozen.folded))
    return { value: value * 12, length: length + 1 }
  const counts = unitAt(tokens, i + length) !== null
  return { value, length: value < 1 && !counts ? 1 : length }
}

const LIMBS = new Set(['foot', 'feet', 'fuss'])
const timesOf = (token: Token | undefined) =>
  token !== undefined && Object.hasOwn(MULTIPLIERS, token.folded) ? MULTIPLIERS[token.folded] : undefined

const ARTICLES = new Set(['a', 'an', 'ein', 'eine', 'einen', 'einem', 'einer', 'eines'])
const DOZENS = new Set(['dozen', 'dutzend'])
/** What one of is a quantity: "a foot tall", "an hour", "ein Liter"; never "a set", "a bar". */
const SINGLE = new Set(['length', 'volume', 'mass', 'time', 'storage'])
/** Shorter names of units are words of their own. */
const SINGLE_CHARS = 4

/** "A hundred grams", "a foot": the article counts one. */
function singleValue(tokens: readonly Token[], i: number): number | null {
  const { folded } = tokens[i]!
  if (timesOf(tokens[i]) !== undefined) return 1
  const next = tokens[i + 1]
  if (!ARTICLES.has(folded) || next === undefined || next.gap !== 'none' || next.kind !== 'word') return null
  if (timesOf(next) !== undefined || DOZENS.has(next.folded)) return 1
  const unit = unitAt(tokens, i + 1)
  return unit !== null && unit.term.length >= SINGLE_CHARS && SINGLE.has(unit.line.measures) ? 1 : null
}

function unitAt(
  tokens: readonly Token[],
  i: number,
): { line: (typeof UNITS)[number]; term: string; length: number } | null {
  const token = tokens[i]
  if (token === undefined || token.gap !== 'none') return null
  const two = tokens[i + 1]?.gap === 'none' ? UNIT.get(`${token.folded} ${tokens[i + 1]!.folded}`) : undefined
  if (two) return { line: two, term: `${token.folded} ${tokens[i + 1]!.folded}`, length: 2 }
  const folded = token.kind === 'symbol' ? token.text.toLowerCase().replace(/ /g, '') : token.folded
  // "three in one": a preposition, not inches, unless glued or abbreviated.
  if (folded === 'in' && !token.joined && !/^["″]/.test(token.text)) return null
  if ((folded === 'er' || folded === 's' || folded === 'm' || folded === 'h') && token.capital) return null
  const line = UNIT.get(folded)
  return line ? { line, term: folded, length: 1 } : null
}

function measure(
  reading: Reading,
  from: number,
  to: number,
  value: number,
  unit: ReturnType<typeof unitAt>,
  names: string,
): Measure {
  const { tokens } = reading
  // "set of 4", "pack of 12": the unit stands before.
  const counted =
    unit === null && tokens[from - 1]?.folded === 'of' ? UNIT.get(tokens[from - 2]?.folded ?? '') : undefined
  const line = unit?.line ?? (counted?.measures === 'count' ? counted : undefined) ?? namedUnit(names)
  const celsius = line?.measures === 'fahrenheit'
  return {
    value,
    measures: celsius ? 'temperature' : (line?.measures ?? 'bare'),
    base: celsius ? ((value - 32) * 5) / 9 : value * (line?.factor ?? 1),
    unit: unit?.term ?? line?.terms[0] ?? '',
    label: labelOf(reading, from, to, line?.measures ?? 'bare') ?? nameLabel(names),
    bound: boundOf(reading, from, to),
    group: null,
    span: null,
    after: stemsAfter(tokens, to),
    before: tokens[from]?.gap === 'none' ? (tokens[from - 1]?.stem ?? null) : null,
    named: unit === null && isName(tokens, from),
    from,
    to,
  }
}

function isName(tokens: readonly Token[], from: number): boolean {
  const before = tokens[from - 1]
  if (before === undefined || tokens[from]!.gap !== 'none' || before.kind !== 'word') return false
  const starts = from === 1 || tokens[from - 2]!.sentence !== before.sentence
  return /\p{Ll}\p{Lu}/u.test(before.text) || (before.capital && !starts)
}

/** `capacity_ml: 1100` measures millilitres. */
function namedUnit(names: string): (typeof UNITS)[number] | undefined {
  const last = foldWord(names)
    .split(/[\s_(]+/)
    .filter(Boolean)
    .at(-1)
    ?.replace(/[^\p{L}%°]/gu, '')
  return last === undefined || names.split(/[\s_(]+/).length < 2 ? undefined : UNIT.get(last)
}

function nameLabel(names: string): string | null {
  for (const word of foldWord(names).split(/[^\p{L}]+/u)) {
    const label = LABEL.get(word)
    if (label) return label
  }
  for (const [term, label] of LABEL) if (/\p{Script=Han}/u.test(term) && names.includes(term)) return label
  return null
}

function labelOf(reading: Reading, from: number, to: number, kind: string): string | null {
  const { tokens } = reading
  const at = (index: number) => {
    const token = tokens[index]
    if (token === undefined) return null
    return LABEL.get(token.folded) ?? (token.kind === 'word' ? LABEL_STEM.get(token.stem) : undefined) ?? null
  }
  if (kind === 'bare' && !/[ぁ-ん一-龯]/u.test(reading.text)) return null
  const written = writtenLabel(reading, from)
  if (written !== null) return written
  if (tokens[to]?.gap === 'none' && at(to)) return at(to)
  if (tokens[to]?.gap === 'none' && tokens[to]?.folded === 'in' && at(to + 1)) return at(to + 1)
  for (let i = from - 1; i >= 0 && i >= from - 5; i--) {
    if (
      tokens[i + 1]!.gap === 'clause' &&
      !/:/.test(reading.text.slice(tokens[i]!.at + tokens[i]!.text.length, tokens[i + 1]!.at))
    )
      break
    if (tokens[i]!.value !== null) break
    const label = at(i)
    if (label) return label
    if (tokens[i]!.gap === 'comma' || tokens[i + 1]!.gap === 'comma') break
  }
  for (let i = to; i < tokens.length && i < to + 4; i++) {
    if (tokens[i]!.gap !== 'none' || tokens[i]!.value !== null) break
    const label = at(i)
    if (label) return label
  }
  return null
}

const CJK_LABELS = [...LABEL].filter(([term]) => /[\p{Script=Han}\p{Script=Katakana}]/u.test(term))

/** Where words are not parted, the label that ends last before the number: 耐荷重 is no 重さ, however it is cut. */
function writtenLabel({ tokens, text, language }: Reading, from: number): string | null {
  if (language !== 'ja' && language !== 'zh') return null
  let start = from
  while (start > 0 && tokens[start]!.gap === 'none' && tokens[start - 1]!.value === null) start--
  const before = text.slice(tokens[start]!.at, tokens[from]!.at)
  let best: { label: string; end: number; length: number } | null = null
  for (const [term, label] of CJK_LABELS) {
    const at = before.lastIndexOf(term)
    const end = at + term.length
    if (at === -1) continue
    if (best === null || end > best.end || (end === best.end && term.length > best.length))
      best = { label, end, length: term.length }
  }
  return best?.label ?? null
}

const BOUND_WORDS = BOUNDS.flatMap(([bound, phrases]) => phrases.map((phrase) => [bound, phrase] as const)).sort(
  (a, b) => b[1].length - a[1].length,
)

function boundOf(reading: Reading, from: number, to: number): 'max' | 'min' | null {
  const { tokens, text } = reading
  const before = tokens
    .slice(Math.max(0, from - 3), from)
    .filter((_, k, list) => k === list.length - 1 || list[k + 1]!.gap === 'none')
  const left = ` ${before.map((token) => token.folded).join(' ')}`
  const right = text.slice((tokens[to - 1]?.at ?? 0) + (tokens[to - 1]?.text.length ?? 0)).slice(0, 6)
  for (const [bound, phrase] of BOUND_WORDS) {
    const cjk = /[ぁ-ん一-龯]/u.test(phrase)
    const hit = cjk
      ? right.startsWith(phrase) || left.endsWith(phrase)
      : left.endsWith(` ${phrase}`) && tokens[from]!.gap === 'none'
    if (hit) return bound === 'about' ? null : bound
  }
  if (/^\s*\+/.test(right)) return 'min'
  if (/^\s*(?:or|and) (?:more|over|older|above)/.test(right)) return 'min'
  return null
}

function stemsAfter(tokens: readonly Token[], to: number): string[] {
  const stems: string[] = []
  for (let i = to; i < tokens.length && i < to + 4 && stems.length < 3; i++) {
    if (tokens[i]!.gap !== 'none') break
    if (FUNCTIONAL.has(tokens[i]!.folded)) {
      if (tokens[i]!.folded !== 'of' || stems.length > 0) break
      continue
    }
    stems.push(tokens[i]!.stem)
  }
  return stems
}

/** "15-20 cm", "15 to 20 cm" and "30 x 20 x 10 cm" are one statement each; the unit of the last counts for all. */
function joinGroups(reading: Reading, found: Measure[]): void {
  const { tokens, text } = reading
  for (let i = 0; i + 1 < found.length; i++) {
    const chain = [i]
    let span: 'range' | 'sides' | null = null
    for (let j = i; j + 1 < found.length; j++) {
      const here = found[j]!
      const next = found[j + 1]!
      const end = tokens[here.to - 1]!
      const between = text
        .slice(end.at + end.text.length, tokens[next.from]!.at)
        .trim()
        .toLowerCase()
      const kind =
        /^(?:[-–~〜～]|to|bis|から|至|到)$/u.test(between) || RANGE_WORDS.has(between)
          ? 'range'
          : /^(?:x|×|by|mal)$/u.test(between)
            ? 'sides'
            : null
      if (kind === null || (span !== null && kind !== span)) break
      span = kind
      chain.push(j + 1)
    }
    if (chain.length < 2) continue
    const last = found[chain.at(-1)!]!
    const line = UNITS.find((one) => one.terms.includes(last.unit))
    for (const index of chain) {
      const one = found[index]!
      if (one.measures === 'bare' && line) {
        one.measures = last.measures
        one.base = one.value * line.factor
        one.unit = last.unit
      }
      one.span = span
      one.bound = null
      if (span === 'sides') one.label = null
      else one.label ??= last.label
    }
    const group = chain.map((index) => found[index]!.base)
    for (const index of chain) found[index]!.group = group
    i = chain.at(-1)!
  }
}
