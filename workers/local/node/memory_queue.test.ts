import { expect, test } from 'vitest'
import { manualClock } from '../../../shared/base/clock.ts'
import { createMemoryQueue } from './memory_queue.ts'

test('delivers in batches and forgets what was handled', async () => {
  const queue = createMemoryQueue<number>({ clock: manualClock(0), batchSize: 2, name: 'events' })
  await queue.send(1)
  await queue.sendBatch([{ body: 2 }, { body: 3 }])
  const seen: number[][] = []
  const report = await queue.pump((batch) => {
    expect(batch.queue).toBe('events')
    seen.push(batch.messages.map((message) => message.body))
  })
  expect(seen).toEqual([[1, 2], [3]])
  expect(report).toEqual({ batches: 2, acknowledged: 3, retried: 0, dead: 0 })
  expect(await queue.pump(() => {})).toMatchObject({ batches: 0 })
})

test('a throw retries what was not acknowledged before it', async () => {
  const queue = createMemoryQueue<string>({ clock: manualClock(0) })
  await queue.sendBatch([{ body: 'done' }, { body: 'again' }])
  await queue.pump((batch) => {
    batch.messages[0]!.ack()
    throw new Error('broken')
  })
  expect(queue.waiting().map(({ body, attempts }) => [body, attempts])).toEqual([['again', 1]])
})

test('the first verdict on a message stands', async () => {
  const queue = createMemoryQueue<string>({ clock: manualClock(0) })
  await queue.send('a')
  await queue.pump((batch) => {
    batch.messages[0]!.retry()
    batch.ackAll()
  })
  expect(queue.waiting()).toHaveLength(1)
})

test('delays hold messages back, when sent and when retried', async () => {
  const clock = manualClock(0)
  const queue = createMemoryQueue<string>({ clock })
  await queue.send('a', { delaySeconds: 10 })
  expect((await queue.pump(() => {})).batches).toBe(0)
  clock.advance(10_000)
  const attempts: number[] = []
  const retry = () =>
    queue.pump((batch) => {
      attempts.push(batch.messages[0]!.attempts)
      batch.retryAll({ delaySeconds: 5 })
    })
  await retry()
  await retry()
  clock.advance(5_000)
  await retry()
  expect(attempts).toEqual([1, 2])
})

test('after its retries a message goes to the dead letter queue', async () => {
  const clock = manualClock(0)
  const deadLetter = createMemoryQueue({ clock })
  const queue = createMemoryQueue({ clock, maxRetries: 2, deadLetter })
  await queue.send({ id: 1 })
  const fail = () => queue.pump((batch) => batch.retryAll())
  expect(await fail()).toMatchObject({ retried: 1, dead: 0 })
  expect(await fail()).toMatchObject({ retried: 1, dead: 0 })
  expect(await fail()).toMatchObject({ retried: 0, dead: 1 })
  expect(queue.waiting()).toEqual([])
  expect(deadLetter.waiting()).toMatchObject([{ body: { id: 1 }, attempts: 0 }])
})

test('limits', async () => {
  const queue = createMemoryQueue({ clock: manualClock(0) })
  await expect(queue.send(undefined)).rejects.toThrow('Message body cannot be undefined')
  await expect(queue.send('x'.repeat(128_000))).rejects.toThrow('exceeds limit of 128000')
  await expect(queue.send('x', { delaySeconds: 86_401 })).rejects.toThrow('delaySeconds')
  await expect(queue.sendBatch([])).rejects.toThrow('sendBatch() requires at least one message')
  await expect(queue.sendBatch(Array(101).fill({ body: 1 }))).rejects.toThrow('exceeds limit of 100')
  await expect(queue.sendBatch(Array(3).fill({ body: 'x'.repeat(100_000) }))).rejects.toThrow('exceeds 256000')
  expect(queue.waiting()).toEqual([])
  await queue.send('x'.repeat(127_998))
  await queue.sendBatch(Array(100).fill({ body: 1 }))
  expect(await queue.metrics()).toMatchObject({ backlogCount: 101 })
})

test('bodies are copies', async () => {
  const queue = createMemoryQueue<{ n: number }>({ clock: manualClock(0) })
  const body = { n: 1 }
  await queue.send(body)
  body.n = 2
  await queue.pump((batch) => expect(batch.messages[0]!.body).toEqual({ n: 1 }))
})
