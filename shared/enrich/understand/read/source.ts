import type { ItemFacts } from '../../../domain/enrichment.ts'
import { PARTS } from '../lexicon/words.ts'
import { detectLanguage, type Language, languageOf } from './language.ts'
import { type Measure, measuresIn } from './measures.ts'
import { remembered } from './memo.ts'
import { type Mention, mentionsIn } from './mentions.ts'
import { type Polarity, polarities } from './polarity.ts'
import { foldWord, stemIn } from './stems.ts'
import { type Reading, read, sentencesOf } from './tokens.ts'

/** One statement of the source: a sentence, a title, an attribute. What is claimed is held against these. */
export interface Unit {
  field: 'title' | 'description' | 'brand' | 'category' | 'tag' | 'attribute' | 'option'
  /** An attribute's or option's own name. */
  name: string
  language: Language
  reading: Reading
  polarity: readonly Polarity[]
  mentions: readonly Mention[]
  measures: readonly Measure[]
}

/** A field as a quote is looked up in it: its words and which unit each belongs to. */
interface QuoteField {
  atoms: readonly string[]
  owner: readonly number[]
}

export interface Source {
  facts: ItemFacts
  language: Language
  units: readonly Unit[]
  fields: readonly QuoteField[]
  /** Stems of the item's titles: a part named there is the item. */
  subject: ReadonlySet<string>
  /** Every stem and word of the units. */
  words: ReadonlySet<string>
}

const PART_STEMS = new Map(
  Object.entries(PARTS).map(([language, list]) => [
    language,
    new Set(list.map((word) => stemIn(language as Language, word))),
  ]),
)

const NO = /^(?:no|none|false|not|nein|kein|keine|n|いいえ|なし|無し|無|不可|否|沒有|没有|non)$/iu
const YES = /^(?:yes|true|ja|y|はい|あり|有|有り|可|是|oui|si)$/iu

/** The facts cut into statements. Linear in their length; the caps of the item schema bound it. */
export function sourceOf(facts: ItemFacts): Source {
  const language = languageOf(facts.locale)
  const titles = [facts.title, ...facts.localised.flatMap((own) => own.title ?? [])]
  const subject = new Set(
    titles.flatMap((title) => read(title, detectLanguage(title, language)).tokens.map((token) => token.stem)),
  )
  const units: Unit[] = []
  const fields: QuoteField[] = []
  const unit = (field: Unit['field'], text: string, expected: Language, name = '', denied = false) => {
    const reading = read(text, field === 'description' ? detectLanguage(text, expected) : expected)
    const polarity = denied ? reading.tokens.map(() => -1 as const) : polarityOf(reading, name)
    units.push({
      field,
      name,
      language: reading.language,
      reading,
      polarity,
      mentions: mentionsIn(reading, polarity, subject)
        // "Cobalt Row" and "Ember & Ash" are no colour and no wood.
        .filter((one) => field !== 'brand' || one.kind === 'name')
        .map((one) => (name === '' ? one : { ...one, part: one.part ?? partNamed(name, reading.language, subject) })),
      measures: measuresIn(reading, name),
    })
    return units.length - 1
  }
  const quotable = (parts: ReadonlyArray<readonly [text: string, owner: number]>) => {
    const atoms = parts.map(([text]) => atomsOf(text))
    fields.push({ atoms: atoms.flat(), owner: parts.flatMap(([, owner], index) => atoms[index]!.map(() => owner)) })
  }
  const prose = (title: string | null, description: string | null, expected: Language) => {
    if (title) quotable([[title, unit('title', title, expected)]])
    if (description)
      quotable(sentencesOf(description).map((sentence) => [sentence, unit('description', sentence, expected)]))
  }
  prose(facts.title, facts.description, language)
  for (const own of facts.localised) {
    const text = `${own.title ?? ''} ${own.description ?? ''}`
    prose(own.title, own.description, own.locale ? languageOf(own.locale) : detectLanguage(text, language))
  }
  if (facts.brand) quotable([[facts.brand, unit('brand', facts.brand, language)]])
  for (const path of facts.categories) quotable([[path, unit('category', path, language)]])
  if (facts.tags.length > 0) quotable(facts.tags.map((tag) => [tag, unit('tag', tag, language)]))
  for (const [name, value] of Object.entries(facts.attributes)) structured('attribute', name, [value].flat())
  for (const [name, values] of Object.entries(facts.options)) structured('option', name, values)
  const words = new Set(units.flatMap((one) => one.reading.tokens.flatMap((token) => [token.stem, token.folded])))
  return { facts, language, units, fields, subject, words }

  function structured(
    field: 'attribute' | 'option',
    name: string,
    values: ReadonlyArray<string | number | boolean>,
  ): void {
    const words = nameWords(name)
    const only = values.length === 1 ? String(values[0]) : ''
    const flag = NO.test(only) || YES.test(only)
    const text = flag ? words : `${words}: ${values.join(', ')}`
    const owner = unit(field, text, language, words, NO.test(only))
    quotable([[`${words} ${values.join(' ')}`, owner]])
    for (const value of values) quotable([[`${words} ${value}`, owner]])
  }
}

/** In "batteries: batteries not included" the name takes the side of the value. */
function polarityOf(reading: Reading, name: string): Polarity[] {
  const polarity = polarities(reading)
  const named = name === '' ? 0 : read(name, reading.language).tokens.length
  for (let i = 0; i < named; i++) {
    const again = reading.tokens.findIndex((token, j) => j >= named && token.stem === reading.tokens[i]!.stem)
    if (again !== -1) polarity[i] = polarity[again]!
  }
  return polarity
}

/** The value of an attribute "lid" is said of the lid. */
function partNamed(name: string, language: Language, subject: ReadonlySet<string>): string | null {
  const parts = PART_STEMS.get(language) ?? PART_STEMS.get('en')!
  return read(name, language).tokens.find((token) => parts.has(token.stem) && !subject.has(token.stem))?.stem ?? null
}

/** `dishwasher_safe` and `dishwasherSafe` are two words. */
export function nameWords(name: string): string {
  return name.replace(/_+|[-.](?=\p{L})/gu, ' ').replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
}

/** Whole words, and single characters of scripts without blanks: what a quote is compared by. */
export function atomsOf(text: string): readonly string[] {
  return text.length > REMEMBERED_CHARS ? cutAtoms(text) : atomsOnce(text)
}

/** A statement is compared with each claim; long texts are not worth their memory. */
const REMEMBERED_CHARS = 400
const TEXTS_MAX = 4_000
const atomsOnce = remembered(TEXTS_MAX, cutAtoms)

function cutAtoms(text: string): string[] {
  const normal = text.toWellFormed().normalize('NFKC')
  return [
    ...normal.matchAll(
      /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u30fc]|\d+(?:[.,]\d+)*|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])[\p{L}\p{M}])+(?:['\u2019]\p{L}+)?/gu,
    ),
  ].map(([atom]) => foldWord(atom))
}

/** Numbers of the units in which a passage stands word for word; null where it stands in no single field. */
export function findQuote(source: Source, quote: string): ReadonlySet<number> | null {
  const plain = atomsOf(quote.replace(/_/g, ' '))
  const split = atomsOf(nameWords(quote))
  const unnamed = FIELD_NAMES.has(plain[0] ?? '') ? plain.slice(1) : plain
  for (const atoms of [plain, split, unnamed]) {
    if (atoms.length === 0) continue
    const found = new Set<number>()
    for (const field of source.fields) {
      for (let at = 0; at + atoms.length <= field.atoms.length; at++) {
        if (atoms.every((atom, k) => field.atoms[at + k] === atom))
          for (let k = 0; k < atoms.length; k++) found.add(field.owner[at + k]!)
      }
    }
    if (found.size > 0) return found
  }
  return null
}
const FIELD_NAMES = new Set([
  'title',
  'description',
  'brand',
  'categories',
  'category',
  'tags',
  'tag',
  'attributes',
  'options',
])

/** The part that a number is said of: "a 12 cm handle", "the handle is 12 cm long". */
export function partOfMeasure(reading: Reading, measure: Measure, subject: ReadonlySet<string>): string | null {
  const parts = PART_STEMS.get(reading.language) ?? PART_STEMS.get('en')!
  const { tokens } = reading
  for (
    let i = measure.to;
    i < tokens.length && i < measure.to + 3 && tokens[i]!.gap === 'none' && tokens[i]!.value === null;
    i++
  ) {
    if (parts.has(tokens[i]!.stem)) return subject.has(tokens[i]!.stem) ? null : tokens[i]!.stem
  }
  for (let i = measure.from - 1; i >= 0 && i >= measure.from - 6; i--) {
    if (tokens[i + 1]!.gap !== 'none' || tokens[i]!.value !== null) return null
    // "It stands 26 cm tall."
    if (parts.has(tokens[i]!.stem) && tokens[i]!.folded !== 'stands')
      return subject.has(tokens[i]!.stem) ? null : tokens[i]!.stem
  }
  return null
}
