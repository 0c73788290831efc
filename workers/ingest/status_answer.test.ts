import { expect, test } from 'vitest'
import { jobsAnswerSchema } from '../../shared/domain/api_answers.ts'
import { createItemWriter } from '../../shared/store/catalogue/item_writes.ts'
import { createQuarantineStore } from '../../shared/store/catalogue/quarantine.ts'
import { createEnrichmentAdmin } from '../../shared/store/enrichment_admin.ts'
import { createJobStore } from '../../shared/store/operations/jobs.ts'
import { createModelCallStore } from '../../shared/store/operations/model_calls.ts'
import { createStatusReader } from '../../shared/store/status.ts'
import {
  createCatalogue,
  createOperations,
  itemWrite,
  NOW,
  OTHER_SHOP,
  SHOP,
} from '../../tests/support/unit_catalogue.ts'
import { statusAnswer } from './status_answer.ts'

async function setUp() {
  const catalogue = await createCatalogue()
  const operations = await createOperations()
  const answer = async () => statusAnswer(SHOP, await createStatusReader(catalogue, operations).of(SHOP, NOW), NOW)
  return { catalogue, operations, answer, jobs: createJobStore(operations) }
}

test('a shop that has done nothing yet is told in the documented form', async () => {
  const { answer } = await setUp()
  expect(jobsAnswerSchema.parse(await answer())).toMatchObject({ jobs: [], enrichment: { done: 0, quarantine: [] } })
})

test('jobs tell cost, errors and when they go on', async () => {
  const { catalogue, operations, answer, jobs } = await setUp()
  await createItemWriter(catalogue).apply(SHOP, [itemWrite({ id: 'a' })], NOW)
  // Before the wait: a budget that is raised ends it.
  await createEnrichmentAdmin(catalogue, operations).setBudget(SHOP, 7_000_000)
  await jobs.waits(SHOP, 'enrich', 'budget', NOW + 3_600_000, null)
  await jobs.due(SHOP, 'learn')
  await jobs.started(SHOP, 'similar', 1, NOW)
  await jobs.finished(SHOP, 'similar', NOW, null)
  const calls = createModelCallStore(operations)
  const wanted = (key: string) => ({ key, shop: SHOP, purpose: 'understand', model: 'm', maxMicro: 3_000_000 })
  await calls.reserve([wanted('a'), wanted('b')], 'claim', null, 1e9, NOW)
  await calls.settle(
    [['a', { text: '{}', reason: null, inputTokens: 10, outputTokens: 2, microCost: 1_500_000 }]],
    'claim',
    NOW,
  )
  await createQuarantineStore(catalogue).put(SHOP, 'enrich', 'a', 'TypeError', NOW)
  const told = jobsAnswerSchema.parse(await answer())
  const job = (name: string) => told.jobs.find((one) => one.job === name)!
  expect(job('enrich')).toMatchObject({
    error: 'budget',
    next_run_at: new Date(NOW + 3_600_000).toISOString(),
    cost: { today: { calls: 1, input_tokens: 10, output_tokens: 2, money: 1.5 }, total: { money: 1.5 } },
    errors: { quarantined: 1, in_doubt: 0 },
  })
  expect(job('learn').next_run_at).toBe(new Date(NOW + 60_000).toISOString())
  expect(job('similar').next_run_at).toBeNull()
  expect(told.enrichment).toMatchObject({
    missing: 1,
    budget: { daily: 7, spent_today: 1.5, reserved_today: 3 },
    quarantine: [{ item: 'a', stage: 'enrich', error: 'TypeError' }],
  })
})

test('trying again wakes the job and touches no other shop', async () => {
  const { catalogue, operations, jobs } = await setUp()
  const admin = createEnrichmentAdmin(catalogue, operations)
  for (const shop of [SHOP, OTHER_SHOP]) {
    await jobs.waits(shop, 'enrich', 'unavailable', NOW + 1e9, null)
    const wanted = { key: shop, shop, purpose: 'understand', model: 'm', maxMicro: 5 }
    await createModelCallStore(operations).reserve([wanted], shop, null, 1e9, NOW)
    await createQuarantineStore(catalogue).put(shop, 'cards', 'x', 'Error', NOW)
  }
  expect(await admin.retry(SHOP, NOW + 1_000_000)).toEqual({ forgottenCalls: 1, items: 0, quarantined: 1 })
  expect([(await jobs.get(SHOP, 'enrich'))!.nextRunAtMs, (await jobs.get(OTHER_SHOP, 'enrich'))!.nextRunAtMs]).toEqual([
    null,
    NOW + 1e9,
  ])
  expect(await admin.retry(OTHER_SHOP, NOW + 1_000_000)).toMatchObject({ forgottenCalls: 1, quarantined: 1 })
})

test('shops are told a page at a time', async () => {
  const { catalogue, operations } = await setUp()
  const status = createStatusReader(catalogue, operations)
  expect([await status.shops('', 1), await status.shops(SHOP, 5), await status.shops(OTHER_SHOP, 5)]).toEqual([
    [SHOP],
    [OTHER_SHOP],
    [],
  ])
})
