import type { MessageBatch } from '@cloudflare/workers-types'
import { expect, test } from 'vitest'
import { createDeadLetterStore } from '../../shared/store/operations/dead_letters.ts'
import { createIngestWorker } from '../../tests/support/ingest_worker.ts'
import { OTHER_SHOP, SHOP } from '../../tests/support/unit_catalogue.ts'
import { depsOf, scriptedModel, setUp } from '../../tests/support/unit_enrich.ts'
import type { WorkerDeps } from './deps.ts'
import { consume, QUEUES } from './queues.ts'

async function bury(bodies: unknown[]) {
  const worker = await createIngestWorker()
  const deps = { clock: worker.clock, deadLetters: createDeadLetterStore(worker.operations) } as unknown as WorkerDeps
  const messages = bodies.map((body, index) => ({ id: `m-${index}`, body }))
  const batch = { queue: QUEUES.dead, messages } as unknown as MessageBatch<unknown>
  // A batch of the dead letter queue itself may be delivered twice.
  await consume(batch, deps)
  await consume(batch, deps)
  const letters = await deps.deadLetters.list({ shop: null, origin: null, beforeSeq: null, limit: 100 })
  return { worker, letters: letters.reverse() }
}
const record = (shop: string, n: number) => ({ v: 1, shop, at: 0, recommendation_id: `r${n}` })

test('a dead message knows its queue and its shop, and is kept once', async () => {
  const { letters } = await bury([
    { kind: 'outbox', shop: SHOP },
    { kind: 'events', shop: SHOP },
    { kind: 'inbox', shop: SHOP },
    { shop: SHOP },
    'nonsense',
    null,
  ])
  expect(letters.map((letter) => [letter.origin, letter.shop, letter.kind])).toEqual([
    ['queue:shelfwise-outbox', SHOP, 'message'],
    ['queue:shelfwise-events', SHOP, 'message'],
    ['queue:shelfwise-inbox', SHOP, 'message'],
    ['queue:unknown', SHOP, 'message'],
    ['queue:unknown', '', 'message'],
    ['queue:unknown', '', 'message'],
  ])
})

test('records of several shops in one message become one letter a shop', async () => {
  const { worker, letters } = await bury([[record(SHOP, 1), record(OTHER_SHOP, 2), record(SHOP, 3)]])
  expect(letters.map((letter) => [letter.origin, letter.shop])).toEqual([
    ['queue:shelfwise-impressions', SHOP],
    ['queue:shelfwise-impressions', OTHER_SHOP],
  ])
  const seen = await worker.call('GET', `/v1/dead-letters/${letters[0]!.seq}`)
  expect((seen.body as { body: string }).body).toBe(JSON.stringify([record(SHOP, 1), record(SHOP, 3)]))
  expect((await worker.call('GET', `/v1/dead-letters/${letters[1]!.seq}`)).status).toBe(404)
})

test('a dead message is sent to its queue again, and then its letter is gone', async () => {
  const { worker, letters } = await bury([{ kind: 'events', shop: SHOP }, [record(SHOP, 1)], { shop: SHOP }])
  const replay = (index: number) => worker.call('POST', `/v1/dead-letters/${letters[index]!.seq}/replay`)
  expect((await replay(0)).body).toMatchObject({ replayed: true })
  expect(worker.queues.events.waiting().map((message) => message.body)).toEqual([{ kind: 'events', shop: SHOP }])
  expect((await replay(1)).body).toMatchObject({ replayed: true })
  expect(worker.queues.impressions.waiting().map((message) => message.body)).toEqual([[record(SHOP, 1)]])
  expect((await replay(2)).status).toBe(409)
  expect((await worker.call('GET', '/v1/dead-letters')).body).toMatchObject({
    dead_letters: [{ origin: 'queue:unknown' }],
  })
})

test('slow shops keep the signals of others waiting for a bounded time; what is left is due for the cron', async () => {
  const world = await setUp()
  const deps = depsOf(world, scriptedModel([]))
  const visited: string[] = []
  const config = async (shop: string) => {
    visited.push(shop)
    world.clock.advance(15_000)
    return null
  }
  const slow = { ...deps, fencing: null, shops: { ...deps.shops, config } } as unknown as WorkerDeps
  const messages = Array.from({ length: 20 }, (_, index) => ({
    id: `${index}`,
    body: { kind: 'enrich', shop: `s${index}` },
  }))
  await consume({ queue: QUEUES.enrich, messages } as unknown as MessageBatch<unknown>, slow)
  expect(visited).toEqual(['s0', 's1', 's2'])
})
