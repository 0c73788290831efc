/** The check itself, on a small catalogue: what it may not let pass, and what the product has to reach. */
import { expect, test } from 'vitest'
import { seededRng } from '../../shared/base/rng.ts'
import { tokenize } from '../../shared/base/text/tokenize.ts'
import { generatedCatalogue } from './catalogue.ts'
import { foundByMeaning, SEED } from './check_found.ts'
import { liftOf } from './measure.ts'
import { splitTable, tokensOf } from './split.ts'
import { SYNONYMS } from './synonyms.ts'

const items = generatedCatalogue(seededRng(SEED))

test('the table is large, and no word of it is asked for where it stands', () => {
  expect(SYNONYMS.length).toBeGreaterThanOrEqual(200)
  const tokens = new Map(items.map((item) => [item.id, tokensOf(item)]))
  for (const reading of ['pairs', 'members'] as const) {
    const { enrichment, queries } = splitTable(items, reading, seededRng(SEED))
    expect(queries.length).toBeGreaterThan(50)
    for (const { query, relevant } of queries) {
      const words = tokenize(query)
      for (const id of relevant) {
        const said = new Set(tokenize((enrichment.get(id) ?? []).join(' ')))
        expect(
          words.every((word) => tokens.get(id)!.has(word) || said.has(word)),
          `${query} in ${id}`,
        ).toBe(false)
      }
    }
    // Under `members` nothing that is asked for is ever said, of any item.
    if (reading === 'members') {
      const said = new Set([...enrichment.values()].flat())
      expect(queries.filter(({ query }) => said.has(query))).toEqual([])
    }
  }
})

test(`enrichment lifts recall, and another item's does not (seed ${SEED})`, { timeout: 120_000 }, async () => {
  const { enriched, shuffled } = await foundByMeaning(items, 'pairs', SEED)
  expect(enriched.lower, JSON.stringify(enriched)).toBeGreaterThan(0)
  expect(shuffled.lower, JSON.stringify(shuffled)).toBeLessThanOrEqual(0)
})

test('the interval covers nothing where there is nothing', () => {
  const queries = Array.from({ length: 60 }, (_, group) => ({
    query: `q${group}`,
    group,
    relevant: new Set<string>(),
    neutral: new Set<string>(),
  }))
  const rng = seededRng(SEED)
  const noise = () => queries.map(() => rng.next())
  const none = liftOf(queries, noise(), noise(), seededRng(1))
  expect(none.lower).toBeLessThan(0)
  expect(none.upper).toBeGreaterThan(0)
  const zero = queries.map(() => 0)
  expect(
    liftOf(
      queries,
      zero,
      queries.map(() => 0.1),
      seededRng(1),
    ).lower,
  ).toBeCloseTo(0.1)
})
