/** A shop's databases with workers that come and go before them. */
import { manualClock } from '../../../shared/base/clock.ts'
import { type Rng, seededRng } from '../../../shared/base/rng.ts'
import type { IngestDeps } from '../../../workers/ingest/deps.ts'
import type { SqliteD1 } from '../../../workers/local/node/sqlite_d1.ts'
import { openIngestDoor } from '../../support/ingest_door.ts'
import { type DatabaseName, migrated } from '../../support/migrated.ts'
import { NOW } from '../../support/unit_catalogue.ts'
import { createLife } from './mortal.ts'

/** How a worker differs from the one that ships. */
export type Adapt = (deps: IngestDeps) => IngestDeps
export const asShipped: Adapt = (deps) => deps

export interface BulkRequest {
  path: string
  type: string
  text: string
  key: string | null
}

export interface BulkAnswer {
  status: number
  replayed: boolean
  retryAfter: string | null
  body: Record<string, unknown>
}

export interface BulkWorld {
  clock: ReturnType<typeof manualClock>
  /** A request to a worker of its own, which may die after so many commits: then there is no answer. */
  send(request: BulkRequest, dieAfter?: number | null): Promise<BulkAnswer | 'died'>
  /** The same where an answer is sure. */
  answer(request: BulkRequest, shop?: string): Promise<BulkAnswer>
  /** Commits of the last request. */
  commits(): number
  /** So many keys, all of this moment, each with so many items. */
  fillKeys(shop: string, keys: number, items?: number): Promise<void>
  /** Removes accepted events and shoppers' recent ones, as an erasure of everybody does. */
  forget(): Promise<void>
  /** Shoppers whose recent events are kept. */
  recents(): Promise<unknown[]>
  /** What lies in the databases, without what names a run or a moment of writing. */
  state(): Promise<unknown>
}

export const SHOPS = ['one', 'two']
const SETTINGS = {
  name: 'Shop',
  locale: 'en',
  market: 'DE',
  markets: [{ market: 'DE', currency: 'EUR', locale: 'de' }],
}

/**
 * @param database where each one lies; fresh ones in memory unless told otherwise
 * @param before workers that wrote to them before: no two have names in common
 */
export async function createWorld(
  adapt: Adapt = asShipped,
  database: (name: DatabaseName) => Promise<SqliteD1> = migrated,
  before = 0,
): Promise<BulkWorld> {
  const clock = manualClock(NOW)
  const databases = new Map<DatabaseName, SqliteD1>()
  for (const name of ['catalogue', 'operations', 'live'] as const) databases.set(name, await database(name))
  let [workers, commits] = [0, 0]
  const open = async (dieAfter: number | null) => {
    const life = createLife(dieAfter)
    let names = 0
    workers += 1
    const unique = () => `w${workers}-${++names}`
    const door = await openIngestDoor(
      clock,
      (deps) => adapt({ ...deps, unique }),
      async (name) => life.mortal(databases.get(name)!),
    )
    return { door, life }
  }
  const { door } = await open(null)
  for (const shop of SHOPS) await door.makeShop(shop, SETTINGS)
  workers = before

  const send = async ({ path, type, text, key }: BulkRequest, dieAfter: number | null, shop: string) => {
    const { door, life } = await open(dieAfter)
    const headers: Record<string, string> = key === null ? {} : { 'idempotency-key': key }
    const sent = door.send(shop, 'POST', path, { type, text }, headers)
    const outcome = await Promise.race([sent, life.died])
    commits = life.commits()
    if (outcome === 'died') return outcome
    return {
      status: outcome.status,
      replayed: outcome.headers.get('idempotency-replayed') === 'true',
      retryAfter: outcome.headers.get('retry-after'),
      body: (await outcome.json()) as Record<string, unknown>,
    }
  }
  return {
    clock,
    send: (request, dieAfter = null) => send(request, dieAfter, 'one'),
    async answer(request, shop = 'one') {
      const answer = await send(request, null, shop)
      if (answer === 'died') throw new Error('the worker was killed')
      return answer
    },
    commits: () => commits,
    async fillKeys(shop, keys, items = 0) {
      await databases
        .get('operations')!
        .prepare(
          `WITH RECURSIVE n(at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM n WHERE at < ?2)
           INSERT INTO bulk_requests (shop, key, fingerprint, request, started_at, holder, held_until, items)
           SELECT ?1, 'k' || at, 'f', 'r' || at, ?3, 'h', 0, ?4 FROM n`,
        )
        .bind(shop, keys, clock.now(), items)
        .run()
    },
    async forget() {
      await databases.get('operations')!.prepare('DELETE FROM event_batches').run()
      await databases.get('live')!.prepare('DELETE FROM recents').run()
    },
    recents: async () => (await databases.get('live')!.prepare('SELECT shop, shopper FROM recents').all()).results,
    async state() {
      const rows = async (name: DatabaseName, sql: string) => (await databases.get(name)!.prepare(sql).all()).results
      const batches = await rows('operations', 'SELECT shop, events, body FROM event_batches')
      const events = (batches as Array<{ shop: string; body: string }>).flatMap(({ shop, body }) =>
        (JSON.parse(body) as Array<string | unknown>).map(
          (one) => `${shop} ${typeof one === 'string' ? one : JSON.stringify(one)}`,
        ),
      )
      return {
        items: await rows(
          'catalogue',
          // A tombstone may keep the title of what it buried.
          'SELECT shop, id, CASE WHEN deleted_at IS NULL THEN title END AS title, content_hash, source_at, deleted_at IS NULL AS alive FROM items ORDER BY shop, id',
        ),
        prices: await rows('catalogue', 'SELECT shop, item, market, price, stock FROM prices ORDER BY 1, 2, 3, 4'),
        events: events.sort(),
        counted: (batches as Array<{ events: number }>).reduce((sum, { events }) => sum + events, 0),
      }
    },
  }
}

const NDJSON = 'application/x-ndjson'

/** A request of several parts, with lines that are refused, repeated, without ids and without clocks. */
export function randomRequest(seed: number, key: string | null): BulkRequest {
  const rng = seededRng(seed)
  return rng.next() < 0.5 ? itemsRequest(rng, key) : eventsRequest(rng, key)
}

/** Items of it are told again by other writes. */
export const ITEMS = 12

function itemsRequest(rng: Rng, key: string | null): BulkRequest {
  const lines = Array.from({ length: 3 + rng.int(9) }, (_, index) => {
    // Long enough that a few lines fill a part; a repeated id begins another one.
    const description = rng.next() < 0.4 ? 'word '.repeat(3_900) : 'short'
    const id = `i${rng.int(ITEMS)}`
    const kind = rng.next()
    if (kind < 0.1) return '{"id": broken'
    if (kind < 0.2) return JSON.stringify({ id, title: '' })
    if (kind < 0.3) return JSON.stringify({ id, deleted: true })
    const offers = [{ market: '*', currency: 'EUR', price: 100 + rng.int(900), stock: rng.int(5) }]
    return JSON.stringify({ id, title: `Item ${id} ${index}`, description, offers })
  })
  return { path: '/v1/items:bulk', type: NDJSON, text: `${lines.join('\n')}\n`, key }
}

function eventsRequest(rng: Rng, key: string | null): BulkRequest {
  const many = rng.next() < 0.3 ? 1_100 : 3 + rng.int(9)
  const lines = Array.from({ length: many }, () => {
    const event = { type: 'view', item_id: `i${rng.int(ITEMS)}`, user_id: `u${rng.int(4)}` }
    const kind = rng.next()
    if (kind < 0.05) return '[]'
    if (kind < 0.1) return JSON.stringify({ ...event, type: 'stare' })
    if (kind < 0.4) return JSON.stringify({ ...event, event_id: `e${rng.int(many)}` })
    return JSON.stringify(event)
  })
  return { path: '/v1/events:bulk', type: NDJSON, text: `${lines.join('\n')}\n`, key }
}
