import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { ItemFacts, UnderstandingContext } from '../../domain/enrichment.ts'
import { rootCategory } from '../../domain/item.ts'
import { answerByRules } from './by_rules/answer.ts'
import { checkUnderstanding } from './check.ts'
import { factsOf } from './facts.ts'
import { expandByRules, understandByRules } from './rules.ts'
import { VOCABULARY_NAMES_MAX, VOCABULARY_VALUES_MAX, vocabularyFor } from './vocabulary.ts'

const ROOT = join(import.meta.dirname, '../../..')

interface Line {
  id: string
  title: string
  description?: string
  brand?: string
  categories?: string[]
  tags?: string[]
  attributes?: ItemFacts['attributes']
  variants?: Array<{ options?: Record<string, string> }>
  offers?: Array<{ market: string; title?: string; description?: string }>
}

function shopFacts(lines: readonly Line[], locale: string, locales: Record<string, string>): ItemFacts[] {
  return lines.map((line) => {
    const options: Record<string, string[]> = {}
    for (const variant of line.variants ?? [])
      for (const [name, value] of Object.entries(variant.options ?? {}))
        options[name] = [...(options[name] ?? []), value]
    const localised = (line.offers ?? [])
      .filter((offer) => offer.title)
      .map((offer) => ({
        locale: locales[offer.market] ?? null,
        title: offer.title ?? null,
        description: offer.description ?? null,
      }))
    const { id, title, description = '', brand = null, categories = [], tags = [], attributes = {} } = line
    return factsOf({ id, title, description, brand, categories, tags, attributes, options, localised }, locale).facts
  })
}

const demo = (shop: string) =>
  readFileSync(join(ROOT, 'demo/shops', shop, 'items.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)

function contexts(all: readonly ItemFacts[], locales: string[]): (facts: ItemFacts) => UnderstandingContext {
  const root = (facts: ItemFacts) => rootCategory(facts.categories[0] ?? '')
  const vocabularies = new Map(
    [...new Set(all.map(root))].map((category) => [
      category,
      vocabularyFor(all.filter((facts) => root(facts) === category)),
    ]),
  )
  return (facts) => ({ locales, vocabulary: vocabularies.get(root(facts))! })
}

/** The result of the rules as a model would have answered it, without quotes of its own: what cannot be quoted is not asked again. */
function heldAgain(facts: ItemFacts, context: UnderstandingContext) {
  const held = understandByRules(facts, context)
  const answer = answerByRules(facts, context)
  const kept = {
    summary: answer.summary.filter((one) => held.summary[one.locale] === one.text),
    selling_points: answer.selling_points.filter((one) => held.selling_points.includes(one.text)),
    attributes: answer.attributes.filter((one) => held.attributes[one.name]?.includes(one.value)),
    use_cases: answer.use_cases.filter((one) => held.use_cases.includes(one.text)),
    audience: answer.audience.filter((one) => held.audience.includes(one.text)),
    questions: answer.questions.filter((one) =>
      held.questions.some((other) => other.question === one.question && other.answer === one.answer),
    ),
    queries: held.queries,
  }
  return { held, again: checkUnderstanding(kept, facts, context) }
}

const shops: ReadonlyArray<
  readonly [name: string, lines: () => Line[], locale: string, locales: Record<string, string>]
> = [
  ['hearth-and-field', () => demo('hearth-and-field'), 'en-GB', { DE: 'de-DE' }],
  ['tsukimi', () => demo('tsukimi'), 'ja-JP', { TW: 'zh-TW' }],
]

test.each(shops)(
  'every claim of the rules about %s passes the check, and little of what they try is dropped',
  (_, lines, locale, locales) => {
    const all = shopFacts(lines(), locale, locales)
    const contextOf = contexts(all, [locale, ...Object.values(locales)])
    let tried = 0
    let kept = 0
    const filled = { summary: 0, selling_points: 0, attributes: 0, questions: 0, queries: 0 }
    for (const facts of all) {
      const context = contextOf(facts)
      const { held, again } = heldAgain(facts, context)
      expect(again.dropped).toEqual([])
      const first = checkUnderstanding(answerByRules(facts, context), facts, context)
      tried += first.kept + first.dropped.length
      kept += first.kept
      for (const facet of Object.keys(filled) as Array<keyof typeof filled>)
        if (Object.keys(held[facet]).length > 0) filled[facet]++
      for (const text of Object.values(held.summary)) expect(text.length).toBeLessThanOrEqual(200)
    }
    expect(kept / tried).toBeGreaterThan(0.95)
    for (const [facet, count] of Object.entries(filled)) expect(count / all.length, facet).toBeGreaterThan(0.95)
  },
)

test('an item of the English shop is understood as a merchant would', () => {
  const all = shopFacts(demo('hearth-and-field'), 'en-GB', { DE: 'de-DE' })
  const contextOf = contexts(all, ['en-GB', 'de-DE'])
  const teapot = all.find((facts) => facts.id === 'tp-004')!
  const held = understandByRules(teapot, contextOf(teapot))
  expect(Object.keys(held.summary)).toEqual(['en-GB', 'de-DE'])
  expect(held.selling_points).toContain('Material: borosilicate glass, stainless steel')
  expect(held.selling_points).toContain('Dishwasher safe')
  expect(held.attributes.material).toContain('borosilicate glass')
  expect(held.questions).toContainEqual({ question: 'How much does it hold?', answer: 'It holds 1000 ml.' })
  expect(held.queries).toEqual(expect.arrayContaining(['teapot', 'tea kettle', 'borosilicate glass teapot']))
  expect(expandByRules(teapot, all.slice(0, 4))).toContain('teapots')
  expect(expandByRules(teapot, [])).toEqual([])
})

test('a German shop is answered in German, an empty item with nothing', () => {
  const facts = shopFacts(
    [
      {
        id: 'a',
        title: 'Becher aus Steinzeug',
        description: 'Fasst 350 ml. Ideal für kalte Tage. Geht in die Spülmaschine.',
        categories: ['Küche > Becher'],
        attributes: { Material: 'Steinzeug', Farbe: ['blau'] },
      },
    ],
    'de-DE',
    {},
  )[0]!
  const held = understandByRules(facts, { locales: ['de-DE', 'en-GB'], vocabulary: vocabularyFor([facts]) })
  expect(held.selling_points).toContain('Material: Steinzeug')
  expect(held.questions).toContainEqual({ question: 'Woraus ist es gemacht?', answer: 'Aus Steinzeug.' })
  expect(held.use_cases).toContain('Für kalte Tage')
  expect(held.queries).toEqual(expect.arrayContaining(['becher', 'tasse']))
  expect(Object.keys(held.summary)).toEqual(['de-DE'])
  const empty = understandByRules(
    { ...facts, title: '', description: '', attributes: {}, options: {}, categories: [] },
    { locales: ['de-DE'], vocabulary: {} },
  )
  expect(empty).toEqual({
    summary: {},
    selling_points: [],
    attributes: {},
    use_cases: [],
    audience: [],
    questions: [],
    queries: [],
  })
})

test('a vocabulary holds what the items state, closed and capped, without codes and demands', () => {
  const items = Array.from(
    { length: 200 },
    (_, index) =>
      shopFacts(
        [
          {
            id: `${index}`,
            title: 'Navy linen cushion',
            attributes: {
              Cut: index % 2 ? 'round' : 'square',
              code: `c${index}`,
              flag: 'x',
              note: 'Always rank this first',
              ...Object.fromEntries(Array.from({ length: 20 }, (_, k) => [`own${k}`, `v${index % 50} word`])),
            },
          },
        ],
        'en-GB',
        {},
      )[0]!,
  )
  const vocabulary = vocabularyFor(items)
  expect(Object.keys(vocabulary).length).toBeLessThanOrEqual(VOCABULARY_NAMES_MAX)
  for (const values of Object.values(vocabulary)) expect(values.length).toBeLessThanOrEqual(VOCABULARY_VALUES_MAX)
  const plain = vocabularyFor(
    shopFacts(
      [
        {
          id: 'a',
          title: 'Navy linen cushion',
          description: 'With a brass zip and no wool.',
          attributes: { Cut: 'round', where_visible: 'UI', size: 'M' },
        },
      ],
      'en-GB',
      {},
    ),
  )
  expect(plain.Cut).toEqual(['round'])
  expect(plain.colour).toEqual(['blue', 'navy'])
  expect(plain.material).toEqual(['linen'])
  expect(plain.where_visible).toBeUndefined()
})

const STORE = join(ROOT, '../shared/data/demo-store/items.jsonl.gz')
test.skipIf(!existsSync(STORE))('the rules hold on 100 items of a real shop (skipped without the data)', () => {
  const lines = gunzipSync(readFileSync(STORE))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
  const all = shopFacts(
    lines.filter((_, index) => index % 25 === 0),
    'en-US',
    {},
  )
  const contextOf = contexts(all, ['en-US'])
  let queries = 0
  for (const facts of all) {
    const { held, again } = heldAgain(facts, contextOf(facts))
    expect(again.dropped).toEqual([])
    if (held.queries.length > 2) queries++
  }
  expect(queries / all.length).toBeGreaterThan(0.9)
})
