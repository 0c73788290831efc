import type { Answer, ItemFacts, UnderstandingContext } from '../../../domain/enrichment.ts'
import { kindOfName, valueConcepts } from '../attribute_names.ts'
import { isPromotion } from '../checks/form.ts'
import { ancestors } from '../lexicon/lexicon.ts'
import { languageOf } from '../read/language.ts'
import { nameWords, type Source, sourceOf, type Unit } from '../read/source.ts'
import { BOOKKEEPING } from '../vocabulary.ts'
import { categoryNouns, kindsOf, lexiconLanguage, titleHead } from './names.ts'
import { RULE_PHRASES, type RulePhrases } from './phrases.ts'

const SUMMARY_CHARS = 200
const POINT_CHARS = 160

/** The rule form's answer in the shape of a model's, quotes included, before the check. */
export function answerByRules(
  facts: ItemFacts,
  context: UnderstandingContext,
  source: Source = sourceOf(facts),
): Required<Answer> {
  const phrases = RULE_PHRASES[lexiconLanguage(source.language)]
  return {
    summary: summaries(source, context.locales),
    selling_points: sellingPoints(source, phrases),
    attributes: attributes(source, context.vocabulary),
    ...usesAndAudience(source, phrases),
    questions: questions(source, phrases),
    queries: queries(source, phrases),
  }
}

const textOf = (unit: Unit) => unit.reading.text
const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)

/** One or two of the shop's own sentences a locale, in the order of the text; only where it wrote in that language. */
function summaries(source: Source, locales: readonly string[]): Required<Answer>['summary'] {
  return locales.slice(0, 8).flatMap((locale) => {
    const language = languageOf(locale)
    const sentences = source.units.filter(
      (unit) => unit.field === 'description' && unit.language === language && isPlain(unit, source),
    )
    const ranked = sentences
      .map((unit, index) => ({ unit, index, score: worth(unit, source) - index * 0.2 }))
      .filter(({ unit }) => textOf(unit).length <= SUMMARY_CHARS)
      .sort((a, b) => b.score - a.score)
    const [first, ...others] = ranked
    if (first === undefined) return []
    const second = others.find(({ unit }) => textOf(unit).length + textOf(first.unit).length + 1 <= SUMMARY_CHARS)
    const chosen = [first, ...(second ? [second] : [])]
      .sort((a, b) => a.index - b.index)
      .map(({ unit }) => textOf(unit))
    return [
      {
        locale,
        text: chosen.join(language === 'ja' || language === 'zh' ? '' : ' '),
        quotes: chosen.filter((one) => one.length <= 300),
      },
    ]
  })
}

const isPlain = (unit: Unit, source: Source) =>
  !isPromotion(textOf(unit), source.facts.title) && textOf(unit).length >= 8

/** A sentence that names properties, numbers and the item itself says more than one that does not. */
function worth(unit: Unit, source: Source): number {
  const named = new Set(unit.mentions.map((one) => one.id)).size
  const itself = unit.reading.tokens.some(
    (token) => token.kind === 'word' && token.folded.length > 3 && source.subject.has(token.stem),
  )
    ? 1
    : 0
  return Math.min(named, 3) + Math.min(unit.measures.length, 2) + itself
}

interface Stated {
  name: string
  values: readonly string[]
  flag: boolean | null
  quote: string
}

/** Attributes and options as a shopper reads them; codes, ids and flags of the shop's own bookkeeping are left out. */
function stated(source: Source): Stated[] {
  const rows = [...Object.entries(source.facts.attributes), ...Object.entries(source.facts.options)]
  return rows.flatMap(([name, value]): Stated[] => {
    const list = [value].flat()
    const words = nameWords(name)
    const known = kindOfName(words) !== null
    const quote = `${name}: ${list.join(', ')}`.slice(0, 300)
    if (list.length === 1 && typeof list[0] === 'boolean') {
      // `promoted: true` is bookkeeping; a property of the lexicon is not.
      const unit = source.units.find((one) => one.field === 'attribute' && one.name === words)
      return unit?.mentions.some((one) => one.kind === 'property' || one.kind === 'certificate')
        ? [{ name: words, values: [], flag: list[0], quote }]
        : []
    }
    const values = list
      .filter((one) => typeof one === 'string' && /\p{L}/u.test(one) && !/^[A-Za-z]$/.test(one))
      .map(String)
    const measured =
      list.length === 1 && typeof list[0] === 'number'
        ? source.units.find((one) => one.field === 'attribute' && one.name === words)?.measures[0]
        : undefined
    if (measured && measured.measures !== 'bare') {
      const title = words.replace(/\s*\S+$/u, '')
      return title === '' ? [] : [{ name: title, values: [`${String(list[0])} ${measured.unit}`], flag: null, quote }]
    }
    return values.length > 0 && (known || values.length === list.length) && !BOOKKEEPING.test(words)
      ? [{ name: words, values, flag: null, quote }]
      : []
  })
}

function sellingPoints(source: Source, phrases: RulePhrases): Required<Answer>['selling_points'] {
  const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
  const facts = stated(source).filter((one) => kindOfName(one.name) !== 'room')
  const ranked = [...facts].sort((a, b) => rank(a) - rank(b))
  const fromRows = ranked.map(({ name, values, flag, quote }) => ({
    text:
      flag === null
        ? `${capital(name)}${phrases.colon}${values.slice(0, 6).join(phrases.joiner)}`
        : flag
          ? capital(name)
          : capital(phrases.flagNo.replace('{}', name)),
    quote,
  }))
  const fromText = source.units
    .filter(
      (unit) =>
        unit.field === 'description' &&
        unit.language === source.language &&
        isPlain(unit, source) &&
        textOf(unit).length <= POINT_CHARS &&
        worth(unit, source) >= 1,
    )
    .sort((a, b) => worth(b, source) - worth(a, source))
    .map((unit) => ({ text: textOf(unit), quote: textOf(unit) }))
  const rows = fromRows.filter(({ text }) => text.length <= POINT_CHARS)
  return [...rows.slice(0, 6 - Math.min(2, fromText.length)), ...fromText].slice(0, 6)
}

/** Material, capacity and care before colour, style and the rest. */
function rank(row: Stated): number {
  const kind = kindOfName(row.name)
  return kind === 'material'
    ? 0
    : row.flag !== null
      ? 2
      : kind === null && /\d/.test(row.values[0] ?? '')
        ? 1
        : kind === 'colour'
          ? 3
          : 4
}

/** Values of the vocabulary that a statement of the source names of the item itself. */
function attributes(source: Source, vocabulary: UnderstandingContext['vocabulary']): Required<Answer>['attributes'] {
  const found: Required<Answer>['attributes'] = []
  const own = new Map(Object.entries({ ...source.facts.options, ...source.facts.attributes }))
  for (const [name, values] of Object.entries(vocabulary)) {
    const mine = own.get(name)
    const kind = kindOfName(nameWords(name))
    for (const value of values) {
      if (mine !== undefined) {
        const same = [mine].flat().find((one) => String(one).toLowerCase() === value.toLowerCase())
        if (same !== undefined) found.push({ name, value, quote: `${name}: ${String(same)}` })
        continue
      }
      const wanted = kind === null ? [] : valueConcepts(value, source.language, kind)
      const unit = source.units.find(
        (one) =>
          one.language === source.language &&
          (one.field !== 'attribute' || kindOfName(one.name) === kind) &&
          one.mentions.some(
            (other) =>
              other.polarity === 1 &&
              other.part === null &&
              !other.other &&
              wanted.some(
                (concept) =>
                  concept.kind === other.kind &&
                  (concept.id === other.id ||
                    (other.kind === 'colour' && ancestors(other.kind, other.id).has(concept.id))),
              ),
          ),
      )
      if (unit !== undefined) found.push({ name, value, quote: textOf(unit).slice(0, 300) })
    }
  }
  return found.slice(0, 20)
}

function usesAndAudience(source: Source, phrases: RulePhrases): Pick<Required<Answer>, 'use_cases' | 'audience'> {
  const use_cases: Required<Answer>['use_cases'] = []
  const audience: Required<Answer>['audience'] = []
  for (const unit of source.units) {
    if (unit.field !== 'description' || unit.language !== source.language || unit.polarity.some((one) => one !== 1))
      continue
    for (const pattern of phrases.forPatterns) {
      for (const match of textOf(unit).matchAll(pattern)) {
        const thing = trimmed(match[1]!)
        if (thing === null || isPromotion(thing, source.facts.title)) continue
        const list = phrases.people.test(thing) ? audience : use_cases
        list.push({ text: phrases.forThing.replace('{}', thing), quote: textOf(unit).slice(0, 300) })
      }
    }
  }
  for (const row of stated(source)) {
    const kind = kindOfName(row.name)
    if (kind !== 'occasion' && kind !== 'room') continue
    for (const value of row.values)
      use_cases.push({
        text: phrases.forThing.replace(
          '{}',
          kind === 'room' && lexiconLanguage(source.language) === 'en' && value !== 'outdoors' ? `the ${value}` : value,
        ),
        quote: row.quote,
      })
  }
  return { use_cases: distinct(use_cases).slice(0, 6), audience: distinct(audience).slice(0, 4) }
}

/** A phrase that stops where a new clause begins; null where nothing is left. */
function trimmed(phrase: string): string | null {
  const cut = phrase
    .replace(/\s+(?:that|which|who|while|and it|because|so|when|but|with its|in every|the image)\b.*$/iu, '')
    .replace(/\s+(?:alike|too|and|or|any|the|a)$/iu, '')
    .trim()
  return cut.length >= 2 && cut.length <= 70 ? cut : null
}

const distinct = <T extends { text: string }>(list: readonly T[]) => [
  ...new Map(list.map((one) => [one.text.toLowerCase(), one])).values(),
]

function questions(source: Source, phrases: RulePhrases): Required<Answer>['questions'] {
  const english = lexiconLanguage(source.language) === 'en'
  const listed = (values: readonly string[]) =>
    values.length < 2 ? (values[0] ?? '') : `${values.slice(0, -1).join(phrases.joiner)}${phrases.last}${values.at(-1)}`
  return stated(source)
    .flatMap((row) => {
      const kind = kindOfName(row.name)
      const value = listed(row.values.slice(0, 8))
      const asked = (question: string, answer: string) => [{ question, answer, quote: row.quote }]
      if (row.flag !== null)
        return asked(phrases.flagQuestion.replace('{}', lower(row.name)), row.flag ? phrases.yes : phrases.no)
      if (kind === 'material') return asked(phrases.materialQuestion, phrases.materialAnswer.replace('{}', value))
      if (kind === 'colour')
        return asked(phrases.colourQuestion, phrases.colourAnswer.replace('{}', english ? value.toLowerCase() : value))
      if (phrases.capacityName.test(row.name))
        return asked(phrases.capacityQuestion, english ? `It holds ${value}.` : value)
      if (phrases.originName.test(row.name))
        return asked(
          phrases.originQuestion,
          english ? `Made in ${value}.` : phrases.materialAnswer.replace('{}', value),
        )
      if (phrases.sizeName.test(row.name)) return asked(phrases.sizeQuestion, english ? `Sizes: ${value}.` : value)
      return []
    })
    .filter(
      (one, index, all) =>
        all.findIndex((other) => other.question === one.question) === index && one.answer.length <= 200,
    )
    .slice(0, 5)
}

/** The item's kind under its several names, alone and with what a shopper would add. */
function queries(source: Source, phrases: RulePhrases): string[] {
  const { facts } = source
  const cjk = source.language === 'ja' || source.language === 'zh'
  const kinds = kindsOf(facts)
  const nouns = categoryNouns(facts)
  const main = kinds[0]?.name.toLowerCase() ?? titleHead(facts.title).toLowerCase()
  const synonyms = kinds.flatMap((kind) => kind.synonyms).map((name) => name.toLowerCase())
  const rows = stated(source)
  const valuesOf = (...wanted: string[]) =>
    rows
      .filter((row) => wanted.includes(kindOfName(row.name) ?? ''))
      .flatMap((row) => row.values.slice(0, 2))
      .map((value) => value.toLowerCase())
  const mentioned = (kind: string) =>
    source.units.flatMap((unit) =>
      unit.language === source.language && unit.field !== 'attribute'
        ? unit.mentions
            .filter((one) => one.kind === kind && one.polarity === 1 && one.part === null && !one.other)
            .map((one) =>
              unit.reading.tokens
                .slice(one.from, one.to)
                .map((token) => token.folded)
                .join(cjk ? '' : ' '),
            )
        : [],
    )
  const materials = [...valuesOf('material'), ...mentioned('material')]
  const colours = [...valuesOf('colour'), ...mentioned('colour')]
  const plain = synonyms[0] ?? main
  const candidates = [
    main,
    ...(kinds.length > 0 ? [titleHead(facts.title).toLowerCase()] : []),
    ...synonyms.slice(0, 3),
    ...(materials[0] ? [`${materials[0]} ${main}`, `${materials[0]} ${plain}`] : []),
    ...(colours[0] ? [`${colours[0]} ${main}`] : []),
    ...valuesOf('occasion', 'season')
      .slice(0, 2)
      .map((value) => `${value} ${main}`),
    ...(facts.tags.some((tag) => /gift|geschenk|贈り物|禮/i.test(tag)) ? [phrases.giftQuery.replace('{}', main)] : []),
    ...valuesOf('style')
      .slice(0, 1)
      .map((value) => `${value} ${plain}`),
    ...kinds.slice(0, 1).flatMap((kind) => kind.wider),
    ...nouns,
  ]
  return [...new Set(candidates.map((query) => query.trim()))]
    .filter((query) => query.length >= 2 && query.length <= 80)
    .slice(0, 10)
}
