import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createOperations, interaction, NOW, OTHER_SHOP, SHOP } from '../../../tests/support/unit_catalogue.ts'
import { faulty } from '../../../workers/local/node/faulty.ts'
import type { SqliteD1 } from '../../../workers/local/node/sqlite_d1.ts'
import { seededRng } from '../../base/rng.ts'
import { type AcceptedEvent, createEventInbox } from './event_inbox.ts'

const SEED = 20_261_125

const event = (eventId: string, items: readonly string[] = ['item-1']): AcceptedEvent => ({
  eventId,
  interactions: items.map((item) => interaction({ eventId, item })),
})

let batches = 0
const unique = () => `batch-${++batches}`

async function setUp() {
  const db = await createOperations()
  return { db, inbox: createEventInbox(db) }
}

async function stored(db: SqliteD1): Promise<string[]> {
  const inbox = createEventInbox(db)
  const all = await inbox.batches(0, Number.MAX_SAFE_INTEGER)
  return all.flatMap((batch) => batch.interactions.map((one) => `${batch.shop}/${one.eventId}/${one.item}`))
}

test('an event counts once however often it is sent', async () => {
  const { db, inbox } = await setUp()
  const events = [event('a', ['x', 'y']), event('b')]
  expect((await inbox.accept(SHOP, events, unique(), NOW, null)).kept).toEqual(new Set(['a', 'b']))
  expect((await inbox.accept(SHOP, events, unique(), NOW, null)).kept).toEqual(new Set())
  expect(await stored(db)).toEqual([`${SHOP}/a/x`, `${SHOP}/a/y`, `${SHOP}/b/item-1`])
  expect(await inbox.waiting()).toBe(1)
})

test('of a request that is partly known only the rest is taken', async () => {
  const { db, inbox } = await setUp()
  await inbox.accept(SHOP, [event('a')], unique(), NOW, null)
  const { kept } = await inbox.accept(SHOP, [event('a'), event('b'), event('茶')], unique(), NOW, null)
  expect(kept).toEqual(new Set(['b', '茶']))
  expect(await stored(db)).toEqual([`${SHOP}/a/item-1`, `${SHOP}/b/item-1`, `${SHOP}/茶/item-1`])
})

test('equal ids of two shops are two events', async () => {
  const { db, inbox } = await setUp()
  await inbox.accept(SHOP, [event('a')], unique(), NOW, null)
  expect((await inbox.accept(OTHER_SHOP, [event('a')], unique(), NOW, null)).kept).toEqual(new Set(['a']))
  expect(await stored(db)).toHaveLength(2)
})

test('interactions come back as they were', async () => {
  const { inbox } = await setUp()
  const one = interaction({
    eventId: 'a',
    item: '"茶"\n',
    market: 'DE',
    quantity: 3,
    price: 7,
    value: -0.5,
    recommendationId: 'r',
  })
  await inbox.accept(SHOP, [{ eventId: 'a', interactions: [one] }], unique(), NOW, null)
  const [batch] = await inbox.batches(0, 10)
  expect(batch).toMatchObject({ shop: SHOP, events: 1 })
  expect(batch!.interactions).toEqual([one])
})

test('ids with an end are forgotten after it, the others never', async () => {
  const { inbox } = await setUp()
  await inbox.accept(SHOP, [event('short')], unique(), NOW, NOW + 1_000)
  await inbox.accept(SHOP, [event('ever')], unique(), NOW, null)
  expect(await inbox.forgetIds(NOW + 1_000, 10)).toBe(0)
  expect(await inbox.forgetIds(NOW + 1_001, 10)).toBe(1)
  expect((await inbox.accept(SHOP, [event('short'), event('ever')], unique(), NOW, null)).kept).toEqual(
    new Set(['short']),
  )
})

test('forgetting goes in bites', async () => {
  const { inbox } = await setUp()
  await inbox.accept(
    SHOP,
    Array.from({ length: 25 }, (_, index) => event(`e${index}`)),
    unique(),
    NOW,
    NOW,
  )
  expect([
    await inbox.forgetIds(NOW + 1, 10),
    await inbox.forgetIds(NOW + 1, 10),
    await inbox.forgetIds(NOW + 1, 10),
  ]).toEqual([10, 10, 5])
})

test('a batch whose last statement fails leaves no id behind, so that the sender may come again', async () => {
  const { db, inbox } = await setUp()
  await db.prepare('ALTER TABLE event_batches RENAME TO elsewhere').run()
  await expect(inbox.accept(SHOP, [event('a')], unique(), NOW, null)).rejects.toThrow(/no such table/)
  await db.prepare('ALTER TABLE elsewhere RENAME TO event_batches').run()
  expect((await inbox.accept(SHOP, [event('a')], unique(), NOW, null)).kept).toEqual(new Set(['a']))
  expect(await stored(db)).toEqual([`${SHOP}/a/item-1`])
})

/** Sends every event until it is acknowledged, over a database that fails before or after the work. */
async function sendAll(
  seed: number,
  db: SqliteD1,
  accept: (db: SqliteD1, events: AcceptedEvent[]) => Promise<unknown>,
) {
  const rng = seededRng(seed)
  const fault = (after: boolean) => ({ fault: { mode: 'error' as const, message: 'cut', after }, probability: 0.3 })
  const shaky = faulty(db, { rng, rules: [fault(false), fault(true)] })
  for (let call = 0; call < 12; call++) {
    const events = Array.from({ length: 1 + rng.int(4) }, (_, index) => event(`${call}-${index}`))
    for (let attempt = 0; attempt < 200; attempt++) {
      const done = await accept(shaky, events).then(
        () => true,
        () => false,
      )
      if (done) break
    }
  }
}

const exactlyOnce = (accept: (db: SqliteD1, events: AcceptedEvent[]) => Promise<unknown>) =>
  fc.asyncProperty(fc.integer({ min: 0, max: 1_000_000 }), async (seed) => {
    const db = await createOperations()
    await sendAll(seed, db, accept)
    const rows = await stored(db)
    const ids = (await db.prepare('SELECT COUNT(*) AS n FROM event_ids').first<number>('n'))!
    expect(new Set(rows).size, `fault seed ${seed}`).toBe(rows.length)
    expect(rows.length, `fault seed ${seed}`).toBe(ids)
    for (let call = 0; call < 12; call++) expect(rows, `fault seed ${seed}`).toContain(`${SHOP}/${call}-0/item-1`)
  })

test('whatever fails before or after the commit, every event is stored exactly once', async () => {
  await fc.assert(
    exactlyOnce((db, events) => createEventInbox(db).accept(SHOP, events, unique(), NOW, null)),
    { seed: SEED, numRuns: 30 },
  )
})

test('control: ids and events in two transactions lose events', async () => {
  const details = await fc.check(
    exactlyOnce(async (db, events) => {
      const ids = events.map((one) => one.eventId)
      const { meta } = await db
        .prepare('INSERT OR IGNORE INTO event_ids (shop, event_id, batch) SELECT ?1, value, ?2 FROM json_each(?3)')
        .bind(SHOP, unique(), JSON.stringify(ids))
        .run()
      if (meta.changes === 0) return
      const body = JSON.stringify(
        events.map((one) => one.interactions.map((own) => [own.eventId, own.shopper, own.item])),
      )
      await db
        .prepare('INSERT INTO event_batches (shop, received_at, events, body) VALUES (?1, ?2, ?3, ?4)')
        .bind(SHOP, NOW, events.length, body)
        .run()
    }),
    { seed: SEED, numRuns: 30, endOnFailure: true },
  )
  expect(details.failed, `seed ${SEED}`).toBe(true)
  expect(String(details.errorInstance)).toContain('fault seed')
})

test('a plan holds its range until it is finished, whatever comes in meanwhile', async () => {
  const { inbox } = await setUp()
  expect(await inbox.plan(10)).toBeNull()
  for (const id of ['a', 'b', 'c']) await inbox.accept(SHOP, [event(id)], unique(), NOW, null)
  const plan = await inbox.plan(2)
  expect(plan).toEqual({ fromSeq: 1, toSeq: 2 })
  await inbox.accept(SHOP, [event('d')], unique(), NOW, null)
  expect(await inbox.plan(10)).toEqual(plan)
  await inbox.finish(plan!, [])
  expect(await inbox.plan(10)).toEqual({ fromSeq: 3, toSeq: 4 })
})

test('counts add up by day and leave out what learning does not read', async () => {
  const { inbox, db } = await setUp()
  const planned = async (counts: Parameters<typeof inbox.finish>[1]) => {
    await db.prepare('INSERT INTO fold_plans (plan, from_seq, to_seq) VALUES (1, 0, 0)').run()
    await inbox.finish({ fromSeq: 0, toSeq: 0 }, counts)
  }
  const count = (type: string, events: number) => ({ shop: SHOP, day: '2026-01-01', market: '', type, events })
  await planned([count('view', 3), count('impression', 50), count('refund', 1)])
  await planned([count('view', 4)])
  // A holder that comes late finds its plan gone and adds nothing.
  await inbox.finish({ fromSeq: 0, toSeq: 0 }, [count('view', 100)])
  expect([await inbox.total(SHOP), await inbox.total(OTHER_SHOP)]).toEqual([7, 0])
})

test('more counts than one parameter holds are added all the same', async () => {
  const { inbox, db } = await setUp()
  await db.prepare('INSERT INTO fold_plans (plan, from_seq, to_seq) VALUES (1, 0, 0)').run()
  const counts = Array.from({ length: 10_000 }, (_, index) => ({
    shop: SHOP,
    day: '2026-01-01',
    market: `${'茶'.repeat(40)}${index}`,
    type: 'view',
    events: 1,
  }))
  await inbox.finish({ fromSeq: 0, toSeq: 0 }, counts)
  expect(await inbox.total(SHOP)).toBe(10_000)
})
