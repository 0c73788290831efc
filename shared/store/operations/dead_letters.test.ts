import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createOperations, NOW, OTHER_SHOP, rewritingD1, SHOP } from '../../../tests/support/unit_catalogue.ts'
import { applyMigrations } from '../../../workers/local/node/migrations.ts'
import { createSqliteD1 } from '../../../workers/local/node/sqlite_d1.ts'
import { seededRng } from '../../base/rng.ts'
import { createDeadLetterStore, LETTERS_KEPT_MS, type NewLetter } from './dead_letters.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const letter = (over: Partial<NewLetter> = {}): NewLetter => ({
  ...{ origin: 'webhook:shopify', shop: SHOP, kind: 'delivery', topic: 'products/update', ref: 'd-1' },
  ...{
    code: 'rejected',
    detail: 'no title',
    headers: { 'content-type': 'application/json' },
    body: bytes('{"a":"茶"}'),
  },
  ...over,
})
const all = { shop: null, origin: null, beforeSeq: null, limit: 100 }

test('a letter is kept whole and once, however often it fails', async () => {
  const store = createDeadLetterStore(await createOperations())
  await store.put(letter(), NOW)
  await store.put(letter({ code: 'unreadable', detail: 'still' }), NOW + 5)
  const [view] = await store.list(all)
  expect(view).toMatchObject({ attempts: 2, code: 'unreadable', detail: 'still', createdAtMs: NOW, lastAtMs: NOW + 5 })
  const whole = await store.get(view!.seq, SHOP)
  expect(new TextDecoder().decode(whole!.body)).toBe('{"a":"茶"}')
  expect(whole!.headers).toEqual({ 'content-type': 'application/json' })
})

test('letters of one ref in different shops are different letters, and nobody reads the other’s', async () => {
  const store = createDeadLetterStore(await createOperations())
  await store.put(letter(), NOW)
  await store.put(letter({ shop: OTHER_SHOP }), NOW)
  const [own] = await store.list({ ...all, shop: SHOP })
  expect(await store.list({ ...all, shop: SHOP })).toHaveLength(1)
  expect(await store.get(own!.seq, OTHER_SHOP)).toBeNull()
  expect(await store.remove(own!.seq, OTHER_SHOP)).toBe(false)
  expect(await store.remove(own!.seq, SHOP)).toBe(true)
  expect(await store.count()).toBe(1)
})

test.each([
  ['empty', 0, 'text'],
  ['binary', 1_000, 'noise'],
  ['large text', 3_000_000, 'text'],
  ['large noise, beyond one row', 5_000_000, 'noise'],
])('a body comes back byte for byte, whatever it is: %s', async (_name, size, kind) => {
  const db = await createOperations()
  const store = createDeadLetterStore(db)
  const rng = seededRng(7)
  const body = new Uint8Array(size).map((_, index) => (kind === 'text' ? 97 + (index % 20) : rng.int(256)))
  await store.put(letter({ body }), NOW)
  const [view] = await store.list(all)
  expect(view!.bytes).toBe(size)
  const whole = await store.get(view!.seq, SHOP)
  expect(Buffer.compare(whole!.body, body)).toBe(0)
  const { results } = await db
    .prepare('SELECT LENGTH(body) AS chars FROM dead_letters UNION ALL SELECT LENGTH(body) FROM dead_letter_parts')
    .all<{ chars: number }>()
  expect(Math.max(...results.map((row) => row.chars))).toBeLessThan(1_900_000)
  await store.remove(view!.seq, SHOP)
  expect((await db.prepare('SELECT 1 FROM dead_letter_parts').all()).results).toEqual([])
})

test('what failed last is what is kept: of a smaller body no piece of the larger one is left', async () => {
  const db = await createOperations()
  const store = createDeadLetterStore(db)
  const rng = seededRng(11)
  await store.put(letter({ body: new Uint8Array(3_000_000).map(() => rng.int(256)) }), NOW)
  expect((await db.prepare('SELECT 1 FROM dead_letter_parts').all()).results.length).toBeGreaterThan(0)
  await store.put(letter({ body: bytes('newer'), headers: { 'webhook-id': 'x' } }), NOW + 1)
  const [view] = await store.list(all)
  const whole = await store.get(view!.seq, SHOP)
  expect([new TextDecoder().decode(whole!.body), whole!.bytes, whole!.headers]).toEqual([
    'newer',
    5,
    { 'webhook-id': 'x' },
  ])
  expect((await db.prepare('SELECT 1 FROM dead_letter_parts').all()).results).toEqual([])
})

test('a letter that failed once more is not removed by who read it before', async () => {
  const store = createDeadLetterStore(await createOperations())
  await store.put(letter(), NOW)
  const [before] = await store.list(all)
  await store.put(letter(), NOW + 1)
  expect(await store.remove(before!.seq, SHOP, before!.attempts)).toBe(false)
  expect(await store.remove(before!.seq, SHOP, before!.attempts + 1)).toBe(true)
})

test('a shop’s letters are found by its name, however many others have', async () => {
  const db = await createOperations()
  const asked: string[] = []
  const spied = rewritingD1(db, (sql) => {
    asked.push(sql)
    return sql
  })
  await createDeadLetterStore(spied).list({ ...all, shop: SHOP })
  const plan = await db.prepare(`EXPLAIN QUERY PLAN ${asked[0]}`).bind(SHOP, null, null, 5).all<{ detail: string }>()
  expect(plan.results.map((row) => row.detail).join()).toContain('dead_letters_of_shop (shop=?')
})

test('pages follow one another, newest first', async () => {
  const store = createDeadLetterStore(await createOperations())
  for (let n = 0; n < 7; n++)
    await store.put(letter({ ref: `d-${n}`, origin: n % 2 ? 'queue:x' : 'webhook:shopify' }), NOW)
  const refs: string[] = []
  let beforeSeq: number | null = null
  for (;;) {
    const page = await store.list({ ...all, beforeSeq, limit: 3 })
    if (page.length === 0) break
    refs.push(...page.map((one) => one.ref))
    beforeSeq = page.at(-1)!.seq
  }
  expect(refs).toEqual(['d-6', 'd-5', 'd-4', 'd-3', 'd-2', 'd-1', 'd-0'])
  expect(await store.list({ ...all, origin: 'queue:x' })).toHaveLength(3)
})

test('letters that nobody touched for a quarter of a year go', async () => {
  const store = createDeadLetterStore(await createOperations())
  await store.put(letter(), NOW)
  await store.put(letter({ ref: 'd-2' }), NOW + 10)
  expect(await store.forget(NOW + LETTERS_KEPT_MS + 5, 100)).toBe(1)
  expect((await store.list(all)).map((one) => one.ref)).toEqual(['d-2'])
})

test('letters of before the rebuilt table are kept, with the shop that they name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'shelfwise-migrations-'))
  const migrations = join(import.meta.dirname, '../../../migrations/operations')
  const db = createSqliteD1()
  await cp(join(migrations, '0001_initial.sql'), join(folder, '0001_initial.sql'))
  await applyMigrations(db, folder)
  const add = db.prepare('INSERT INTO dead_letters (queue, body, error, created_at) VALUES (?1, ?2, ?3, ?4)')
  await add.bind('shelfwise-dead', '{"shop":"shop-a"}', 'retries exhausted', NOW).run()
  await add.bind('shelfwise-dead', '[{"shop":"shop-b"}]', 'retries exhausted', NOW).run()
  await add.bind('shelfwise-dead', '[{"shop":"cut off', 'retries exhausted', NOW).run()
  await rm(join(folder, '0001_initial.sql'))
  await cp(join(migrations, '0002_webhooks.sql'), join(folder, '0002_webhooks.sql'))
  await applyMigrations(db, folder)
  await rm(folder, { recursive: true })
  const letters = await createDeadLetterStore(db).list(all)
  expect(letters.map((one) => [one.origin, one.shop, one.ref])).toEqual([
    ['queue:shelfwise-impressions', '', 'seq-3'],
    ['queue:shelfwise-impressions', 'shop-b', 'seq-2'],
    ['queue:unknown', 'shop-a', 'seq-1'],
  ])
})
