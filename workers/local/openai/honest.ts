import type { Rng } from '../../../shared/base/rng.ts'
import type { Answer, Facet, ItemFacts } from '../../../shared/domain/enrichment.ts'
import { type Claim, type Lang, langOf, type Truth } from './claims.ts'
import {
  absent,
  foreignBrand,
  foreignColour,
  foreignMaterial,
  type LiarContext,
  type Lie,
  liarContext,
} from './foreign.ts'
import { COLOUR_KIN, KIN, NUMBER_WORDS } from './lexicon.ts'
import { falsify } from './lies.ts'
import { presupposing } from './lies_of_wording.ts'
import { converted } from './measures.ts'
import { readTruths } from './reading.ts'
import { questionOf, say } from './wording.ts'
import { capital } from './words.ts'

/** The user message of an understanding question. */
export interface UnderstandingRequest {
  facts: Omit<ItemFacts, 'id'>
  locales: readonly string[]
  vocabulary: Readonly<Record<string, readonly string[]>>
  facets: readonly Facet[]
}
export interface Written {
  answer: Answer
  /** What was meant by each claim: for whoever judges a checker. */
  claims: Claim[]
}
export interface WriterOptions {
  /** Share of claims told falsely. */
  lieRate: number
  pool: LiarContext['pool']
}

interface Desk extends WriterOptions {
  request: UnderstandingRequest
  context: LiarContext
  truths: readonly Truth[]
  lang: Lang
  rng: Rng
  claims: Claim[]
}

/** An answer as a decent model writes it: short, in the facts' own words, each claim with its quote; false at the given rate. */
export function writeUnderstanding(request: UnderstandingRequest, rng: Rng, options: WriterOptions): Written {
  const facts = { id: '', ...request.facts } as ItemFacts
  const truths = readTruths(facts)
  const desk: Desk = {
    ...options,
    request,
    context: liarContext(facts, truths, options.pool),
    truths,
    lang: langOf(facts.locale),
    rng,
    claims: [],
  }
  const writers: Record<Facet, () => unknown> = {
    summary: () => summaries(desk),
    selling_points: () => points(desk),
    attributes: () => attributes(desk),
    use_cases: () => phrases(desk, 'use_cases', 'use', 5),
    audience: () => phrases(desk, 'audience', 'audience', 3),
    questions: () => questions(desk),
    queries: () => queries(desk),
  }
  const answer = Object.fromEntries(request.facets.map((facet) => [facet, writers[facet]()]))
  return { answer: answer as Answer, claims: desk.claims }
}

interface Told {
  truth: Truth
  text: string
  quote: string
  lie: Lie | null
}

/** One statement: true as it stands, or false at the desk's rate. */
function tell(truth: Truth, desk: Desk): Told {
  const { rng } = desk
  const lie = rng.next() < desk.lieRate ? falsify(truth, desk.context, rng) : null
  // Now and then a quantity is told in another unit of equal amount.
  const equal = lie === null && truth.kind === 'measure' && rng.next() < 0.12 ? converted(truth) : null
  const meant = lie?.truth ?? equal ?? truth
  const text = lie?.text ?? say(meant, rng)
  const invented = lie !== null && rng.next() < 0.2
  const quote = invented ? capital(say(meant, rng)) : quoted(truth, rng)
  return { truth: meant, text: capital(text), quote: quote.slice(0, 300), lie }
}

/** The passage, now and then without its full stop. */
const quoted = (truth: Truth, rng: Rng) => (rng.next() < 0.3 ? truth.quote.replace(/[.。]$/u, '') : truth.quote)

function note(
  desk: Desk,
  facet: string,
  told: Pick<Told, 'text' | 'quote' | 'lie' | 'truth'>,
  more: Partial<Claim> = {},
): void {
  desk.claims.push({
    facet,
    locale: null,
    name: null,
    question: null,
    text: told.text,
    quote: told.quote,
    truth: told.lie === null,
    kind: told.lie?.kind ?? told.truth.kind,
    needle: told.lie?.needle ?? null,
    ...more,
  })
}

const short = (truth: Truth, max: number) => !('text' in truth) || truth.text.length <= max
const pick = (desk: Desk, wanted: number, fits: (truth: Truth) => boolean): Truth[] =>
  desk.rng.shuffle(desk.truths.filter(fits)).slice(0, wanted)
const isStatement = (truth: Truth) => truth.kind !== 'use' && truth.kind !== 'audience'

function summaries(desk: Desk): NonNullable<Answer['summary']> {
  const seen = new Set<string>()
  return desk.request.locales.slice(0, 8).flatMap((locale) => {
    const lang = langOf(locale)
    const own = desk.truths.some((truth) => truth.lang === lang && truth.quote.length > 3)
    if (seen.has(locale)) return []
    seen.add(locale)
    if (!own) return foreignSummary(locale, desk)
    const chosen = pick(
      desk,
      1 + desk.rng.int(2),
      (truth) => truth.lang === lang && isStatement(truth) && short(truth, 130),
    )
    if (chosen.length === 0) return []
    // The first is told as it is: a lie hides best behind a truth.
    const told = chosen.map((truth, index) =>
      index + 1 === chosen.length ? tell(truth, desk) : tell(truth, { ...desk, lieRate: 0 }),
    )
    const text = summaryText(told, lang, desk)
    if (text.length > 400) return []
    const lie = told.find((one) => one.lie !== null) ?? null
    const quote = told[0]!.quote
    const parts = { text, quote, truth: told.at(-1)!.truth, lie: lie?.lie ?? null }
    note(desk, 'summary', parts, { locale, name: lie?.text ?? null, kind: lie ? lie.lie!.kind : `summary ${lang}` })
    return [{ locale, text, quotes: told.map((one) => one.quote).slice(0, 6) }]
  })
}

/** In a language that the facts do not have: now and then a lie that only its readers would notice. */
function foreignSummary(locale: string, desk: Desk): NonNullable<Answer['summary']> {
  const lang = langOf(locale)
  const truth =
    desk.rng.next() < desk.lieRate
      ? pick(desk, 1, (own) => own.kind === 'material' || own.kind === 'colour')[0]
      : undefined
  const foreign =
    truth === undefined
      ? null
      : truth.kind === 'material'
        ? foreignMaterial(desk.context, desk.rng)
        : foreignColour(desk.context, desk.rng)
  if (truth === undefined || foreign === null) return []
  const meant = (
    truth.kind === 'material'
      ? { ...truth, lang, part: null, value: foreign[lang] }
      : { ...truth, lang, values: [foreign[lang]] }
  ) as Truth
  const text = `${say(meant, desk.rng)}${lang === 'ja' || lang === 'zh' ? '。' : '.'}`
  const needle = foreign[lang].toLowerCase()
  note(
    desk,
    'summary',
    { text, quote: truth.quote, truth: meant, lie: { kind: 'untold_language', truth: meant, text: null, needle } },
    { locale },
  )
  return [{ locale, text, quotes: [truth.quote] }]
}

function summaryText(told: readonly Told[], lang: Lang, desk: Desk): string {
  const texts = told.map((one) => one.text)
  if (lang === 'ja' || lang === 'zh') return `${texts.join('。')}。`
  const { title } = desk.request.facts
  const joined = `${texts.join('. ')}.`
  if (lang !== 'en' || desk.lang !== 'en') return joined
  return desk.rng.pick([joined, `${title}. ${joined}`, `${title}: ${texts.join('. ')}.`])
}

function points(desk: Desk): NonNullable<Answer['selling_points']> {
  const seen = new Set<string>()
  return pick(
    desk,
    3 + desk.rng.int(4),
    (truth) => truth.lang === desk.lang && isStatement(truth) && short(truth, 110),
  ).flatMap((truth) => {
    const told = tell(truth, desk)
    const full = desk.rng.next() < 0.4 && desk.lang === 'en' ? `${told.text}.` : told.text
    if (full.length > 160 || seen.has(full)) return []
    seen.add(full)
    note(desk, 'selling_points', { ...told, text: full })
    return [{ text: full, quote: told.quote }]
  })
}

const NAMES: Readonly<Record<string, Truth['kind']>> = {
  material: 'material',
  colour: 'colour',
  color: 'colour',
  made_in: 'origin',
  origin: 'origin',
  材質: 'material',
  色: 'colour',
  産地: 'origin',
}

function attributes(desk: Desk): NonNullable<Answer['attributes']> {
  const out: NonNullable<Answer['attributes']> = []
  for (const [name, values] of Object.entries(desk.request.vocabulary)) {
    const said = valuesOf(desk, name)
    if (said.length === 0 && desk.truths.length > 0 && desk.rng.next() < desk.lieRate * 0.5) {
      const invented = foreignValue(desk, name, values)
      const { quote } = desk.rng.pick(desk.truths)
      if (invented !== null) {
        out.push({ name, value: invented, quote })
        noteAttribute(desk, name, invented, quote, 'attribute_invented')
      }
    }
    for (const [value, quote] of said) {
      if (!values.includes(value) || out.some((own) => own.name === name && own.value === value)) continue
      const foreign = desk.rng.next() < desk.lieRate ? foreignValue(desk, name, values) : null
      const told = foreign ?? value
      out.push({ name, value: told, quote })
      noteAttribute(desk, name, told, quote, foreign === null ? null : 'attribute_value')
    }
  }
  return out.slice(0, 20)
}

function noteAttribute(desk: Desk, name: string, text: string, quote: string, lie: string | null): void {
  desk.claims.push({
    facet: 'attributes',
    locale: null,
    name,
    question: null,
    text,
    quote,
    truth: lie === null,
    kind: lie ?? 'attribute',
    needle: lie === null ? null : text.toLowerCase(),
  })
}

/** Values of a name with the passages that state them of the item itself. */
function valuesOf(desk: Desk, name: string): Array<[value: string, quote: string]> {
  const value = desk.request.facts.attributes[name]
  if (value !== undefined && typeof value !== 'boolean')
    return (Array.isArray(value) ? value : [value]).map((one) => [String(one), String(one)])
  const kind = NAMES[name.toLowerCase()]
  return desk.truths.flatMap((truth): Array<[string, string]> => {
    if (truth.kind !== kind || truth.lang !== desk.lang) return []
    if (truth.kind === 'material' && truth.part === null) return [[truth.value.toLowerCase(), truth.quote]]
    if (truth.kind === 'colour') return truth.values.map((one) => [one.toLowerCase(), truth.quote])
    return truth.kind === 'origin' ? [[truth.place, truth.quote]] : []
  })
}

function foreignValue(desk: Desk, name: string, values: readonly string[]): string | null {
  const kin = (value: string) => [...(KIN[value] ?? []), ...(COLOUR_KIN[value] ?? [])]
  const taken = new Set(valuesOf(desk, name).map(([value]) => value))
  const free = values.filter((value) => !taken.has(value) && absent(desk.context, value, ...kin(value)))
  return free.length === 0 ? null : desk.rng.pick(free)
}

function phrases(
  desk: Desk,
  facet: 'use_cases' | 'audience',
  kind: 'use' | 'audience',
  max: number,
): Array<{ text: string; quote: string }> {
  return pick(desk, max, (truth) => truth.kind === kind && truth.lang === desk.lang && short(truth, 90)).map(
    (truth) => {
      const told = tell(truth, desk)
      const text =
        desk.rng.next() < 0.4 ? told.text.replace(/^For ([a-z])/, (_, first: string) => first.toUpperCase()) : told.text
      note(desk, facet, { ...told, text })
      return { text, quote: told.quote }
    },
  )
}

function questions(desk: Desk): NonNullable<Answer['questions']> {
  const asked = new Set<string>()
  return pick(
    desk,
    5,
    (truth) => truth.lang === desk.lang && truth.lang === 'en' && isStatement(truth) && truth.kind !== 'sentence',
  ).flatMap((truth) => {
    let lie = desk.rng.next() < desk.lieRate ? falsify(truth, desk.context, desk.rng) : null
    const meant = lie === null ? truth : lie.truth
    let pair = meant === null ? null : questionOf(meant, desk.rng)
    if (pair !== null && lie !== null && desk.rng.next() < 0.15) {
      const honest = questionOf(truth, desk.rng)
      const loaded = honest === null ? null : presupposing(honest.question, desk.context, desk.rng)
      if (honest !== null && loaded !== null) {
        pair = { ...honest, question: loaded.question }
        lie = { kind: 'presupposition', truth: null, text: null, needle: loaded.needle }
      }
    }
    if (pair === null || asked.has(pair.question)) return []
    asked.add(pair.question)
    const quote = quoted(truth, desk.rng)
    note(desk, 'questions', { text: pair.answer, quote, lie, truth }, { question: pair.question })
    return [{ ...pair, quote }]
  })
}

function queries(desk: Desk): string[] {
  const { title, categories } = desk.request.facts
  const kind = (
    desk.lang === 'en' ? (/([a-z]+)(?:[ ,]+[\d(].*)?$/i.exec(title.split(/[,(]/)[0]!.trim())?.[1] ?? title) : title
  ).toLowerCase()
  const out: string[] = []
  const add = (text: string, lie: string | null, needle: string | null) => {
    if (text.length > 80 || out.includes(text) || text === '') return
    out.push(text)
    desk.claims.push({
      facet: 'queries',
      locale: null,
      name: null,
      question: null,
      text,
      quote: null,
      truth: lie === null,
      kind: lie ?? 'query',
      needle,
    })
  }
  add(title.toLowerCase(), null, null)
  const leaf = categories[0]?.split(' > ').at(-1)?.toLowerCase()
  // Shop categories are English here: a query in another language is not.
  if (leaf !== undefined && desk.lang === 'en') add(leaf, null, null)
  for (const truth of pick(desk, 5, (own) => own.lang === desk.lang)) {
    const lying = desk.rng.next() < desk.lieRate
    const word = lying ? foreignWord(truth, desk) : queryWord(truth)
    if (word !== null)
      add(
        desk.lang === 'ja' || desk.lang === 'zh' ? `${word} ${kind}` : `${word.toLowerCase()} ${kind}`,
        lying ? `query_${truth.kind}` : null,
        lying ? word.toLowerCase() : null,
      )
  }
  return out.slice(0, 10)
}

function queryWord(truth: Truth): string | null {
  if (truth.kind === 'material' && truth.part === null) return truth.value
  if (truth.kind === 'colour') return truth.values[0]!
  if (truth.kind === 'brand') return truth.name
  if (truth.kind === 'measure' && ['capacity', 'weight'].includes(truth.role)) return `${truth.amount} ${truth.unit}`
  return null
}

function foreignWord(truth: Truth, desk: Desk): string | null {
  if (truth.kind === 'material') return foreignMaterial(desk.context, desk.rng)?.[truth.lang] ?? null
  if (truth.kind === 'colour') return foreignColour(desk.context, desk.rng)?.[truth.lang] ?? null
  if (truth.kind === 'brand') return foreignBrand(desk.context, desk.rng)
  if (truth.kind !== 'measure') return null
  const amount = truth.amount * 3 + 7
  return absent(desk.context, String(amount)) && NUMBER_WORDS[amount] === undefined ? `${amount} ${truth.unit}` : null
}
