/** A lie must be false and a truth true of the item they are told of: else a checker is judged by nothing. */
import { expect, test } from 'vitest'
import { seededRng } from '../../../shared/base/rng.ts'
import { ANSWER_SCHEMAS, FACETS, type ItemFacts } from '../../../shared/domain/enrichment.ts'
import { vocabularyOf } from '../../../tests/quality/items.ts'
import { contextFor, suiteItems } from '../../../tests/quality/lie_suite.ts'
import { everyWord } from './claims.ts'
import { liarContext } from './foreign.ts'
import { writeUnderstanding } from './honest.ts'
import { falsify } from './lies.ts'
import { baseOf, kindOf, quantitiesIn, sameAmount } from './measures.ts'
import { readTruths } from './reading.ts'
import { say } from './wording.ts'

const SEED = 20_261_122
const { items } = suiteItems(800, SEED)
const factsOf = (item: (typeof items)[number]): ItemFacts => item

test("a lie's own words stand nowhere in the facts", () => {
  let lies = 0
  for (const [index, item] of items.entries()) {
    const facts = factsOf(item)
    const truths = readTruths(facts)
    const context = liarContext(facts, truths, items)
    const rng = seededRng(SEED + index)
    for (const truth of truths) {
      const lie = falsify(truth, context, rng)
      if (lie?.needle === null || lie === null) continue
      lies += 1
      expect(everyWord(facts), `seed ${SEED} item ${item.id} ${lie.kind}`).not.toContain(lie.needle)
    }
  }
  expect(lies).toBeGreaterThan(2_000)
})

test('a lied quantity is none that the facts have of its kind, unless it is told of another side or bound', () => {
  let lies = 0
  for (const [index, item] of items.entries()) {
    const truths = readTruths(factsOf(item))
    const context = liarContext(factsOf(item), truths, items)
    for (const truth of truths) {
      if (truth.kind !== 'measure') continue
      const lie = falsify(truth, context, seededRng(SEED + index))
      const told = lie?.truth
      if (!lie || told?.kind !== 'measure' || ['role_swap', 'bound_turned'].includes(lie.kind)) continue
      lies += 1
      const base = baseOf(told.amount, told.unit)
      const named = quantitiesIn(context.all).filter((own) => own.kind === kindOf(told.unit))
      expect(
        named.some((own) => sameAmount(own.base, base)),
        `seed ${SEED} ${item.id} ${say(told, seededRng(1))}`,
      ).toBe(false)
    }
  }
  expect(lies).toBeGreaterThan(300)
})

test('what is read of a generated item is what it was made of', () => {
  let read = 0
  for (const item of items) {
    const all = everyWord(factsOf(item))
    for (const truth of readTruths(factsOf(item))) {
      if (truth.kind === 'material') expect(all, item.id).toContain(truth.value.toLowerCase())
      if (truth.kind === 'fits')
        for (const device of truth.devices) expect(all, item.id).toContain(device.toLowerCase())
      if (truth.kind === 'feature' || truth.kind === 'contains') read += 1
      // Every quote is a passage of the facts, but for the name beside a yes or no.
      if (!/: (true|false)$/.test(truth.quote))
        expect(all, `${item.id} ${truth.quote}`).toContain(truth.quote.normalize('NFKC').toLowerCase())
    }
  }
  expect(read).toBeGreaterThan(500)
})

test('no item is read to be both so and not so', () => {
  for (const item of items) {
    const held = new Map<string, boolean>()
    for (const truth of readTruths(factsOf(item))) {
      const name =
        truth.kind === 'feature' ? truth.id : truth.kind === 'contains' ? `${truth.lang} ${truth.what}` : null
      if (name === null || (truth.kind !== 'feature' && truth.kind !== 'contains')) continue
      expect(held.get(name) ?? truth.holds, `${item.id} ${name}: ${item.description}`).toBe(truth.holds)
      held.set(name, truth.holds)
    }
  }
})

test('honest and lying answers alike have the shape that was asked for', () => {
  const vocabulary = vocabularyOf(items)
  for (const [index, item] of items.entries()) {
    const context = contextFor(item, vocabulary)
    const request = { facts: factsOf(item), locales: context.locales, vocabulary: context.vocabulary, facets: FACETS }
    const { answer } = writeUnderstanding(request, seededRng(SEED + index), {
      lieRate: index % 2 === 0 ? 0 : 0.5,
      pool: items,
    })
    for (const facet of FACETS)
      expect(
        ANSWER_SCHEMAS[facet].safeParse(answer[facet]).error?.issues,
        `seed ${SEED} ${item.id} ${facet}`,
      ).toBeUndefined()
  }
})
