import { expect, test } from 'vitest'
import { createOperations, NOW, OTHER_SHOP, SHOP } from '../../../tests/support/unit_catalogue.ts'
import { createJobStore } from './jobs.ts'

const setUp = async () => createJobStore(await createOperations())

test('a job goes from due to running to idle, and keeps its cursor', async () => {
  const store = await setUp()
  expect(await store.get(SHOP, 'learn')).toBeNull()
  await store.due(SHOP, 'learn')
  expect(await store.get(SHOP, 'learn')).toMatchObject({ state: 'idle', due: true, finishedAtMs: null })
  await store.started(SHOP, 'learn', 10, NOW)
  await store.progressed(SHOP, 'learn', 4, 12, 'at-4')
  expect(await store.get(SHOP, 'learn')).toMatchObject({
    state: 'running',
    due: false,
    done: 4,
    total: 12,
    cursor: 'at-4',
  })
  await store.finished(SHOP, 'learn', NOW + 5, 'end')
  expect(await store.get(SHOP, 'learn')).toMatchObject({
    state: 'idle',
    done: 12,
    finishedAtMs: NOW + 5,
    cursor: 'end',
  })
})

test('what happens during a run is due after it', async () => {
  const store = await setUp()
  await store.started(SHOP, 'learn', 1, NOW)
  await store.due(SHOP, 'learn')
  await store.finished(SHOP, 'learn', NOW, null)
  expect((await store.get(SHOP, 'learn'))!.due).toBe(true)
})

test('a failure is kept, cut to a readable length, until the next start', async () => {
  const store = await setUp()
  await store.failed(SHOP, 'embed', 'x'.repeat(2_000), NOW)
  expect(await store.get(SHOP, 'embed')).toMatchObject({ state: 'failed', error: 'x'.repeat(500) })
  await store.started(SHOP, 'embed', 1, NOW)
  expect(await store.get(SHOP, 'embed')).toMatchObject({ state: 'running', error: null })
})

test('shops see their own jobs only, by name', async () => {
  const store = await setUp()
  for (const job of ['similar', 'embed']) await store.due(SHOP, job)
  await store.due(OTHER_SHOP, 'learn')
  expect((await store.list(SHOP)).map((row) => row.job)).toEqual(['embed', 'similar'])
})
