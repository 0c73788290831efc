import type { D1Database } from '@cloudflare/workers-types'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createOperations, DAY, interaction, NOW, OTHER_SHOP, SHOP } from '../../tests/support/unit_catalogue.ts'
import { faulty } from '../../workers/local/node/faulty.ts'
import { createMemoryR2 } from '../../workers/local/node/memory_r2.ts'
import { manualClock } from '../base/clock.ts'
import { type Rng, seededRng } from '../base/rng.ts'
import type { Interaction } from '../domain/event.ts'
import { createArchive } from '../store/archive.ts'
import { dayOf } from '../store/keys.ts'
import { createEventInbox, type EventInbox } from '../store/operations/event_inbox.ts'
import { foldEvents } from './fold_events.ts'

const SEED = 20_261_126
const SHOPS = [SHOP, OTHER_SHOP]
const TYPES = ['view', 'purchase', 'impression'] as const

/** Batches that arrive while the fold is running and failing. */
async function arrive(rng: Rng, inbox: EventInbox, sent: Array<{ shop: string; one: Interaction }>) {
  const shop = rng.pick(SHOPS)
  const events = Array.from({ length: 1 + rng.int(3) }, () => {
    const eventId = `e${sent.length}-${rng.int(1_000_000)}`
    const base = { eventId, type: rng.pick(TYPES), atMs: NOW - rng.int(3) * DAY, market: rng.pick([null, 'DE']) }
    const interactions = Array.from({ length: 1 + rng.int(2) }, (_, index) =>
      interaction({ ...base, item: `i${index}` }),
    )
    for (const one of interactions) sent.push({ shop, one })
    return { eventId, interactions }
  })
  await inbox.accept(shop, events, `b${sent.length}`, NOW, null)
}

/** The same inbox without a remembered range: what it would do if folding had no plan row. */
function withoutPlan(db: D1Database): EventInbox {
  const inbox = createEventInbox(db)
  return {
    ...inbox,
    async plan(limit) {
      await db.prepare('DELETE FROM fold_plans').run()
      return inbox.plan(limit)
    },
  }
}

async function run(seed: number, inboxOf: (db: D1Database) => EventInbox) {
  const rng = seededRng(seed)
  const db = await createOperations()
  const bucket = createMemoryR2({ clock: manualClock(NOW) })
  const cut = (after: boolean) => ({ fault: { mode: 'error' as const, message: 'cut', after }, probability: 0.12 })
  const rules = [cut(false), cut(true)]
  const shakyInbox = inboxOf(faulty(db, { rng, rules }))
  const shakyArchive = createArchive(faulty(bucket, { rng, rules }))
  const sent: Array<{ shop: string; one: Interaction }> = []
  for (let round = 0; round < 30; round++) {
    if (rng.next() < 0.6) await arrive(rng, createEventInbox(db), sent)
    await foldEvents(shakyInbox, shakyArchive, unheard).catch(() => null)
  }
  while ((await foldEvents(inboxOf(db), createArchive(bucket), unheard)) !== null);
  return { db, bucket, sent }
}

const key = (shop: string, one: Interaction) => `${shop} ${dayOf(one.atMs)} ${one.eventId} ${one.item}`

async function archived(bucket: ReturnType<typeof createMemoryR2>) {
  const archive = createArchive(bucket)
  const rows: string[] = []
  for (const shop of SHOPS) {
    for (const name of await archive.eventObjects(shop, null)) {
      const day = name.split('/').at(-2)
      for (const one of await archive.readEvents(name)) {
        expect(dayOf(one.atMs)).toBe(day)
        rows.push(key(shop, one))
      }
    }
  }
  return rows.sort()
}

const exact = (inboxOf: (db: D1Database) => EventInbox) =>
  fc.asyncProperty(fc.integer({ min: 0, max: 1_000_000 }), async (seed) => {
    const { db, bucket, sent } = await run(seed, inboxOf)
    expect(await archived(bucket), `fault seed ${seed}`).toEqual(sent.map(({ shop, one }) => key(shop, one)).sort())
    const counted = new Map<string, number>()
    for (const { shop, one } of sent) {
      const name = `${shop} ${dayOf(one.atMs)} ${one.market ?? ''} ${one.type}`
      counted.set(name, (counted.get(name) ?? 0) + 1)
    }
    const { results } = await db.prepare('SELECT * FROM daily_counts').all<Record<string, unknown>>()
    const rows = results.map((row) => [`${row.shop} ${row.day} ${row.market} ${row.type}`, row.events])
    expect(Object.fromEntries(rows), `fault seed ${seed}`).toEqual(Object.fromEntries(counted))
    expect(await createEventInbox(db).waiting()).toBe(0)
  })

const unheard = async () => {}

test('a fold that dies anywhere neither loses nor doubles an interaction, and the counts are exact', async () => {
  await fc.assert(exact(createEventInbox), { seed: SEED, numRuns: 60 })
}, 60_000)

test('control: without the plan row a fold that died is stored twice', async () => {
  const details = await fc.check(exact(withoutPlan), { seed: SEED, numRuns: 60, endOnFailure: true })
  expect(details.failed, `seed ${SEED}`).toBe(true)
  expect(String(details.errorInstance)).toContain('fault seed')
}, 60_000)

test('says what it folded, with the newest event of each shop', async () => {
  const db = await createOperations()
  const inbox = createEventInbox(db)
  const archive = createArchive(createMemoryR2({ clock: manualClock(NOW) }))
  expect(await foldEvents(inbox, archive, unheard)).toBeNull()
  const at = (eventId: string, atMs: number) => ({ eventId, interactions: [interaction({ eventId, atMs })] })
  await inbox.accept(SHOP, [at('a', NOW), at('b', NOW - DAY)], 'b1', NOW, null)
  await inbox.accept(OTHER_SHOP, [at('a', NOW - 2 * DAY)], 'b2', NOW, null)
  expect(await foldEvents(inbox, archive, unheard)).toEqual({
    batches: 2,
    interactions: 3,
    newest: new Map([
      [SHOP, NOW],
      [OTHER_SHOP, NOW - 2 * DAY],
    ]),
  })
})
