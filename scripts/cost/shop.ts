/** A shop under count: set up, with its past, and its doors. */
import { MINUTE_MS } from '../../shared/base/clock.ts'
import { hashKey, makeKey } from '../../shared/domain/key.ts'
import { LIMITS } from '../../shared/domain/limits.ts'
import type { ShopData } from '../../tests/support/shops.ts'
import { CRONS, onCron } from '../../workers/enrich/crons.ts'
import { consume as consumeEnrich } from '../../workers/enrich/queues.ts'
import { CALLER_HEADER, writeCaller } from '../../workers/http/caller.ts'
import { consume as consumeIngest, INBOX_QUEUE } from '../../workers/ingest/queue.ts'
import type { Platform } from './platform.ts'
import { createWorkers, type Workers } from './workers.ts'

export const PLACEMENTS = ['home', 'product', 'cart'] as const
/** An order of a language model is wanted for every shelf, whatever the history: the dearest that a shop can ask for. */
const CROSSING = 1_000_000
/** The minute's cron does not do these. */
const OF_THE_SLOW_CRON: ReadonlySet<string> = new Set(['reconcile', 'warm'])
/** Work that a shop of this size is not done with by then waits for something that a replay does not have. */
const MINUTES_MAX = 120

export interface CountedShop extends Workers {
  platform: Platform
  data: ShopData
  /** Sends to the public door of one isolate with the shop's secret key. @throws Error where it is refused */
  ask(isolate: number, path: string, json: unknown): Promise<unknown>
  /** What the minute's work cron and the consumers do, until nothing is due. @returns minutes that it took */
  catchUp(account: string): Promise<number>
  /** Delivers what waits in queues. */
  deliver(account: string): Promise<void>
}

const SECRET = 'x'.repeat(32)

/** The shop with its gates open and its events folded; its items are not there yet. */
export async function openCountedShop(data: ShopData, platform: Platform, isolates: number): Promise<CountedShop> {
  const { meter, timers } = platform
  const workers = createWorkers(platform, isolates)
  const key = makeKey('sk', data.shop, SECRET)
  const shop: CountedShop = {
    ...workers,
    platform,
    data,
    async ask(isolate, path, json) {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
      const request = new Request(`http://api${path}`, { method: 'POST', headers, body: JSON.stringify(json) })
      meter.add('workers.requests', 1)
      return answerOf(await workers.isolates[isolate]!(request), path)
    },
    deliver: (account) =>
      meter.during(account, () =>
        platform.deliver((batch) =>
          batch.queue === INBOX_QUEUE
            ? consumeIngest(batch, workers.ingestDeps, () => {})
            : consumeEnrich(batch, workers.enrich),
        ),
      ),
    async catchUp(account) {
      for (let minute = 1; minute <= MINUTES_MAX; minute++) {
        await shop.deliver(account)
        await meter.during(account, async () => {
          meter.add('workers.requests', 1)
          await onCron(CRONS.work, workers.enrich)
        })
        await timers.advance(MINUTE_MS)
        await shop.deliver(account)
        if (await meter.during('looking', () => isQuiet(shop))) return minute
      }
      throw new Error(`the shop's work was not done after ${MINUTES_MAX} minutes`)
    },
  }
  await meter.during('set up', () => setUp(shop, key))
  return shop
}

async function setUp({ platform, data, ingestDeps, ingest, deliver }: CountedShop, key: string): Promise<void> {
  const { shops, gates } = ingestDeps
  const nowMs = platform.timers.clock.now()
  await shops.put(data.shop, data.body, nowMs)
  const stored = { hash: await hashKey(key), kind: 'sk' as const, label: 'replay', origins: [], expiresAtMs: null }
  await shops.addKey(data.shop, stored, nowMs)
  for (const placement of PLACEMENTS) await gates.fix(data.shop, placement, 'live', CROSSING, nowMs)
  for (let start = 0; start < data.events.length; start += LIMITS.eventsPerRequest) {
    const events = data.events.slice(start, start + LIMITS.eventsPerRequest)
    await answerOf(
      await ingest(toIngest(data.shop, '/v1/events', 'application/json', JSON.stringify({ events }))),
      'events',
    )
  }
  await deliver('set up')
}

/** Sends items as a shop does, in bulk. */
export async function sendItems({ data, ingest, platform }: CountedShop): Promise<void> {
  for (let start = 0; start < data.items.length; start += LIMITS.bulkItemLines) {
    const lines = data.items.slice(start, start + LIMITS.bulkItemLines).map((line) => JSON.stringify(line))
    // The door that proves the caller, in front of the one that writes.
    platform.meter.add('workers.requests', 1)
    const request = toIngest(data.shop, '/v1/items:bulk', 'application/x-ndjson', lines.join('\n'))
    await answerOf(await ingest(request), 'items')
  }
}

function toIngest(shop: string, path: string, type: string, body: string): Request {
  const headers = { [CALLER_HEADER]: writeCaller({ role: 'shop', shop, kind: 'sk' }), 'content-type': type }
  return new Request(`http://ingest${path}`, { method: 'POST', headers, body })
}

async function answerOf(response: Response, what: string): Promise<unknown> {
  const answer: unknown = await response.json()
  if (!response.ok) throw new Error(`${what} answered ${response.status}: ${JSON.stringify(answer).slice(0, 300)}`)
  return answer
}

/** Nothing waits in the outbox, and no job has anything to do now. */
async function isQuiet({ enrich, data, platform }: CountedShop): Promise<boolean> {
  if ((await enrich.catalogue.outbox(1)).length > 0) return false
  // The vectors of the embedder before the last go some minutes after it.
  if ((await enrich.spaces.all(data.shop)).length > 1) return false
  const nowMs = platform.timers.clock.now()
  const jobs = (await enrich.jobs.list(data.shop)).filter(({ job }) => !OF_THE_SLOW_CRON.has(job))
  return jobs.every(({ state, due, nextRunAtMs }) => (state === 'idle' && !due) || (nextRunAtMs ?? 0) > nowMs)
}
