import type { D1Database } from '@cloudflare/workers-types'
import { beforeEach, describe, expect, test } from 'vitest'
import { manualClock } from '../../../shared/base/clock.ts'
import { laggingD1, laggingKv } from './lag.ts'
import { createMemoryKv } from './memory_kv.ts'
import { createSqliteD1 } from './sqlite_d1.ts'

describe('a lagging replica', () => {
  let clock: ReturnType<typeof manualClock>
  let lagMs: number
  let db: D1Database
  const names = (reader: Pick<D1Database, 'prepare'>) =>
    reader.prepare('SELECT name FROM item ORDER BY name').all<{ name: string }>()
  const read = async (reader: Pick<D1Database, 'prepare'>) => {
    const { results, meta } = await names(reader)
    return [results.map((row) => row.name).join(), meta.served_by_primary]
  }
  const insert = (reader: Pick<D1Database, 'prepare'>, name: string) =>
    reader.prepare('INSERT INTO item (name) VALUES (?)').bind(name).run()

  beforeEach(async () => {
    clock = manualClock(0)
    lagMs = 5_000
    const primary = createSqliteD1()
    await primary.exec("CREATE TABLE item (name TEXT) STRICT;\nINSERT INTO item VALUES ('old')")
    db = laggingD1({ primary, clock, lagMs: () => lagMs })
  })

  test('serves what was committed lagMs ago', async () => {
    await insert(db, 'new')
    expect(await read(db)).toEqual(['new,old', true])
    expect(await read(db.withSession('first-primary'))).toEqual(['new,old', true])
    expect(await read(db.withSession('first-unconstrained'))).toEqual(['old', false])
    expect(await read(db.withSession())).toEqual(['old', false])
    clock.advance(4_999)
    expect(await read(db.withSession())).toEqual(['old', false])
    clock.advance(1)
    expect(await read(db.withSession())).toEqual(['new,old', false])
  })

  test('a session reads its own writes', async () => {
    const session = db.withSession('first-unconstrained')
    expect(await read(session)).toEqual(['old', false])
    const { meta } = await insert(session, 'mine')
    expect(meta.served_by_primary).toBe(true)
    expect(await read(session)).toEqual(['mine,old', true])
    expect(await read(db.withSession('first-unconstrained'))).toEqual(['old', false])
    clock.advance(5_000)
    expect(await read(session)).toEqual(['mine,old', false])
  })

  test('a bookmark carries a session on', async () => {
    const first = db.withSession('first-primary')
    expect(first.getBookmark()).toBeNull()
    await insert(first, 'new')
    const second = db.withSession(first.getBookmark()!)
    expect(await read(second)).toEqual(['new,old', true])
    const third = db.withSession(db.withSession('first-unconstrained').getBookmark() ?? 'first-unconstrained')
    expect(await read(third)).toEqual(['old', false])
  })

  test('a failed batch never reaches the replica; a good one does, whole', async () => {
    const statement = (name: string) => db.prepare('INSERT INTO item (name) VALUES (?)').bind(name)
    await expect(db.batch([statement('a'), db.prepare('INSERT INTO nope VALUES (1)')])).rejects.toThrow('no such table')
    await db.batch([statement('b'), statement('c')])
    clock.advance(5_000)
    expect(await read(db.withSession())).toEqual(['b,c,old', false])
  })

  test('new tables arrive late too, and a shorter lag catches up', async () => {
    await db.prepare('CREATE TABLE late (x)').run()
    const count = () => db.withSession().prepare('SELECT count(*) AS n FROM late').first('n')
    await expect(count()).rejects.toThrow('no such table: late')
    lagMs = 0
    expect(await count()).toBe(0)
  })
})

describe('a lagging location', () => {
  const build = (locationMisses: boolean) => {
    const clock = manualClock(1_000_000)
    const inner = createMemoryKv({ clock })
    return { clock, inner, kv: laggingKv({ inner, clock, lagMs: () => 60_000, locationMisses }) }
  }

  test('reads the value as it was', async () => {
    const { clock, inner, kv } = build(true)
    await inner.put('a', 'before', { metadata: { v: 1 } })
    await kv.put('a', 'after', { metadata: { v: 2 } })
    expect(await inner.get('a')).toBe('after')
    expect(await kv.getWithMetadata('a')).toMatchObject({ value: 'before', metadata: { v: 1 } })
    clock.advance(59_999)
    expect(await kv.get('a')).toBe('before')
    clock.advance(1)
    expect(await kv.getWithMetadata('a')).toMatchObject({ value: 'after', metadata: { v: 2 } })
    await kv.delete('a')
    expect((await kv.get(['a', 'b'])).get('a')).toBe('after')
    clock.advance(60_000)
    expect(await kv.get('a')).toBeNull()
  })

  test.each([
    [true, null],
    [false, '{"n":1}'],
  ])('with locationMisses %s a new key reads as %s', async (locationMisses, expected) => {
    const { clock, kv } = build(locationMisses)
    await kv.put('new', '{"n":1}')
    expect(await kv.get('new')).toBe(expected)
    clock.advance(60_000)
    expect(await kv.get('new', 'json')).toEqual({ n: 1 })
  })

  test('each of several writes becomes visible in its turn', async () => {
    const { clock, kv } = build(true)
    for (const value of ['1', '2', '3', '4']) {
      await kv.put('a', value)
      clock.advance(20_000)
    }
    expect(await kv.get('a')).toBe('2')
    clock.advance(20_000)
    expect(await kv.get('a')).toBe('3')
  })

  test('expiry is not delayed', async () => {
    const { clock, kv } = build(true)
    await kv.put('a', 'x', { expirationTtl: 90 })
    clock.advance(60_000)
    expect(await kv.get('a')).toBe('x')
    clock.advance(30_000)
    expect(await kv.get('a')).toBeNull()
  })
})
