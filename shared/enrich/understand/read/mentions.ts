import type { Kind } from '../lexicon/entry.ts'
import { FUNCTION_WORDS } from '../lexicon/function_words.ts'
import { indexOf } from '../lexicon/lexicon.ts'
import { CARE_NOUNS, HARMLESS_WORDS, OTHER_THING, PARTS } from '../lexicon/words.ts'
import type { Polarity } from './polarity.ts'
import { stemIn } from './stems.ts'
import type { Reading, Token } from './tokens.ts'

/** A thing of the lexicon that a text names, and of what it is said. */
export interface Mention {
  kind: Kind
  id: string
  from: number
  to: number
  polarity: Polarity
  /** The part of the item that it is said of (`handle`); null for the item itself. */
  part: string | null
  /** It belongs to another thing: "a glass of water", "for oak floors", "looks like marble". */
  other: boolean
}

const byLanguage = (table: Readonly<Record<string, readonly string[]>>) => {
  const sets = new Map(Object.entries(table).map(([language, list]) => [language, new Set(list)] as const))
  return (language: string): ReadonlySet<string> => sets.get(language) ?? sets.get('en')!
}
const functionWords = byLanguage(FUNCTION_WORDS)
const harmlessWords = byLanguage(HARMLESS_WORDS)
const comparingWords = byLanguage(OTHER_THING)
const PART_STEMS = new Map(
  Object.entries(PARTS).map(([language, list]) => [
    language,
    new Set(list.map((word) => stemIn(language as 'en', word))),
  ]),
)
const CARE = new Set(CARE_NOUNS.map((word) => stemIn('en', word)))
const LOOKS = new Set(
  'look effect style imitation print printed coloured colored inspired scented flavoured flavored optik imitat tone toned like'.split(
    ' ',
  ),
)
/** Participles that tie what follows "with", "in" or "by" to an ornament. */
const TRIMMED = new Set(
  'lined trimmed accented coated edged filled stuffed topped adorned decorated paired wrapped stitched embroidered complemented piped tipped'.split(
    ' ',
  ),
)
const LINKS = new Set(
  'of in from is are made crafted built with and the a an out solid aus ist sind gemacht mit und its has'.split(' '),
)

/** `denied`: whatever the clause around it says. */
type Add = (kind: Kind, id: string, from: number, to: number, denies: boolean | 'denied') => void
/** Signs that deny what follows them. */
const DENIED_BEFORE = /[無无不非未勿]$|不[可能宜得]$/u

/** Every concept named in the text, longest names first, none overlapping. `subject`: stems that name the item itself. */
export function mentionsIn(reading: Reading, polarity: readonly Polarity[], subject: ReadonlySet<string>): Mention[] {
  const index = indexOf(reading.language)
  const taken = new Uint8Array(reading.tokens.length)
  const found: Mention[] = []
  const add: Add = (kind, id, from, to, denies) => {
    const said = polarity.slice(from, to).reduce<Polarity>((worst, one) => Math.min(worst, one) as Polarity, 1)
    const relation = isBound(kind)
      ? relationOf(reading, from, to, subject)
      : { part: kind === 'place' ? workBefore(reading.tokens, from) : null, other: false }
    found.push({
      kind,
      id,
      from,
      to,
      polarity: denies === 'denied' ? -1 : denies ? (-said as Polarity) : said,
      ...relation,
    })
  }
  for (let i = 0; i < reading.tokens.length; i++) {
    if (taken[i]) continue
    const phrases = index.words.get(reading.tokens[i]!.stem) ?? []
    let length = 0
    for (const phrase of phrases) {
      const size = phrase.stems.length
      if (size < length) break
      if (
        !phrase.stems.every(
          (stem, k) => reading.tokens[i + k]?.stem === stem && (k === 0 || reading.tokens[i + k]!.gap === 'none'),
        )
      )
        continue
      length = size
      add(phrase.concept.kind, phrase.concept.id, i, i + size, phrase.denies)
    }
    for (let k = 0; k < length; k++) taken[i + k] = 1
    if (length === 0 && reading.language === 'de') addCompound(reading, i, index.words, add)
  }
  if (index.runs.length > 0) addRuns(reading, index, add)
  return found
}

/** Designed there is not made there. */
const WORKS = new Set(
  'designed inspired developed engineered styled assembled packed bottled roasted blended imported printed shipped tested entworfen verpackt'.split(
    ' ',
  ),
)

function workBefore(tokens: readonly Token[], from: number): string | null {
  for (let i = from - 1; i >= 0 && i >= from - 4; i--) {
    if (tokens[i + 1]!.gap !== 'none') return null
    if (WORKS.has(tokens[i]!.folded)) return tokens[i]!.folded
  }
  return null
}

const isBound = (kind: Kind) => kind === 'material' || kind === 'colour'

/** German writes "Leinentuch" and "Eichenholzgriff": a long material at a word's head is named, too. */
function addCompound(reading: Reading, i: number, phrases: ReturnType<typeof indexOf>['words'], add: Add): void {
  const word = reading.tokens[i]!.folded
  for (let size = word.length - 3; size >= 4; size--) {
    const hit = (phrases.get(word.slice(0, size)) ?? phrases.get(stemIn('de', word.slice(0, size))))?.find(
      (phrase) => phrase.stems.length === 1 && phrase.concept.kind === 'material',
    )
    if (hit) {
      add('material', hit.concept.id, i, i + 1, false)
      return
    }
  }
}

/** A single character is a name only as a word of its own. */
function addRuns(reading: Reading, { runs, runsFrom }: ReturnType<typeof indexOf>, add: Add): void {
  const text = reading.text.toLowerCase()
  const starts = new Map(reading.tokens.map((token, index) => [token.at, index] as const))
  const taken = new Uint8Array(text.length)
  for (const [place, found] of runsIn(text, runs, runsFrom)) {
    const { concept, run, denies } = runs[place]!
    const seen = new Set<number>()
    for (const at of found) {
      if (taken[at] || taken[at + run!.length - 1]) {
        // The same run may name a colour and a material: both are kept, shorter ones inside longer ones are not.
        if (!(seen.size === 0 && taken[at] === run!.length && taken[at + run!.length - 1] === run!.length)) continue
      }
      const first = starts.get(at) ?? lastStart(reading.tokens, at)
      if (run!.length === 1 && !(starts.has(at) && reading.tokens[first]!.text.length === 1)) continue
      seen.add(at)
      taken.fill(run!.length, at, at + run!.length)
      // 不可折叠 is denied once, though its clause and its first sign both say so.
      const last = lastStart(reading.tokens, at + run!.length - 1) + 1
      if (DENIED_BEFORE.test(text.slice(Math.max(0, at - 2), at))) add(concept.kind, concept.id, first, last, 'denied')
      else add(concept.kind, concept.id, first, last, denies)
    }
  }
}

/** Which runs stand where in the text, longest runs first. */
function runsIn(
  text: string,
  runs: ReturnType<typeof indexOf>['runs'],
  runsFrom: ReturnType<typeof indexOf>['runsFrom'],
): Array<[place: number, found: number[]]> {
  const places = new Map<number, number[]>()
  for (let at = 0; at < text.length; at++) {
    for (const place of runsFrom.get(text.charAt(at)) ?? []) {
      if (!text.startsWith(runs[place]!.run!, at)) continue
      const found = places.get(place)
      if (found === undefined) places.set(place, [at])
      else found.push(at)
    }
  }
  return [...places].sort((a, b) => a[0] - b[0])
}

function lastStart(tokens: readonly Token[], at: number): number {
  let index = 0
  while (index + 1 < tokens.length && tokens[index + 1]!.at <= at) index++
  return index
}

/** Of what a material, colour or place is said, read from the words around it. */
function relationOf(
  reading: Reading,
  from: number,
  to: number,
  subject: ReadonlySet<string>,
): Pick<Mention, 'part' | 'other'> {
  const { tokens, language } = reading
  const parts = PART_STEMS.get(language) ?? PART_STEMS.get('en')!
  const functions = functionWords(language)
  const compared = comparingWords(language)
  const before = (k: number) => tokens[from - k]
  const next = tokens[to]
  let other =
    next !== undefined && next.gap === 'none' && (next.folded === 'of' || CARE.has(next.stem) || LOOKS.has(next.folded))
  // "for oak floors", but not "for kitchen and garden oak".
  if (
    before(1)?.folded === 'for' ||
    before(1)?.folded === 'fur' ||
    (before(2)?.folded === 'for' && ['the', 'your', 'a', 'any', 'solid'].includes(before(1)!.folded))
  ) {
    other ||= tokens[from]!.gap === 'none'
  }
  for (let k = 1; k <= 3 && before(k) !== undefined && tokens[from - k + 1]!.gap === 'none'; k++)
    other ||= compared.has(before(k)!.folded)
  return {
    part: partAfter(tokens, to, parts, functions, subject) ?? partBefore(tokens, from, parts, language, subject),
    other,
  }
}

function partAfter(
  tokens: readonly Token[],
  to: number,
  parts: ReadonlySet<string>,
  functions: ReadonlySet<string>,
  subject: ReadonlySet<string>,
): string | null {
  for (let i = to; i < tokens.length && i < to + 5; i++) {
    const token = tokens[i]!
    if (token.gap !== 'none' || (functions.has(token.folded) && token.folded !== 'and' && token.folded !== 'und'))
      return null
    if (parts.has(token.stem)) return subject.has(token.stem) ? null : token.stem
  }
  return null
}

function partBefore(
  tokens: readonly Token[],
  from: number,
  parts: ReadonlySet<string>,
  language: string,
  subject: ReadonlySet<string>,
): string | null {
  const harmless = harmlessWords(language)
  for (let i = from - 1; i >= 0 && i > from - 7; i--) {
    if (tokens[i + 1]!.gap === 'clause') return null
    const token = tokens[i]!
    if (TRIMMED.has(token.folded) && i < from - 1) return subject.has(token.stem) ? null : token.stem
    if (parts.has(token.stem)) {
      // "straps in leather", "handle is oak"; a bare neighbour ("strap, oak") is a list.
      const linked = i < from - 1 && LINKS.has(tokens[i + 1]!.folded)
      return linked && !subject.has(token.stem) ? token.stem : null
    }
    if (!LINKS.has(token.folded) && !harmless.has(token.folded) && i < from - 3) return null
  }
  return null
}
