import { expect, test } from 'vitest'
import { measureEnrichmentCalls } from './enrichment_calls.ts'

const ITEMS = 120

test('a model is asked once a text, in the order of popularity, and never beyond the budget', async () => {
  const { failures } = await measureEnrichmentCalls(ITEMS)
  expect(failures).toEqual([])
}, 120_000)
