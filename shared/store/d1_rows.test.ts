import type { D1Database, D1DatabaseSession, D1PreparedStatement } from '@cloudflare/workers-types'
import { expect, test } from 'vitest'
import { createLive } from '../../tests/support/unit_catalogue.ts'
import { readRow } from './d1_rows.ts'

const counted = async () => {
  const live = await createLive()
  const calls: number[] = []
  const nearness: Array<string | undefined> = []
  const db = {
    withSession: (constraint?: string) => {
      nearness.push(constraint)
      const near = live.withSession(constraint)
      const batch = (statements: D1PreparedStatement[]) => {
        calls.push(statements.length)
        return near.batch(statements)
      }
      return { ...near, batch }
    },
  } as unknown as D1Database
  return { db, calls, nearness, read: (value: number | null) => readRow<{ x: number }>(db, one(value)) }
}
const one = (value: number | null) => (near: D1DatabaseSession) =>
  value === null ? near.prepare('SELECT 1 AS x WHERE 0') : near.prepare('SELECT ?1 AS x').bind(value)

test('reads that are begun together are one call, and each has its own row', async () => {
  const { read, calls, nearness } = await counted()
  expect(await Promise.all([read(1), read(null), read(3)])).toEqual([{ x: 1 }, null, { x: 3 }])
  expect([calls, nearness]).toEqual([[3], ['first-unconstrained']])
})

test('a read that begins after others have been sent is a call of its own', async () => {
  const { read, calls } = await counted()
  const first = read(1)
  await Promise.resolve()
  await Promise.resolve()
  expect(await Promise.all([first, read(2)])).toEqual([{ x: 1 }, { x: 2 }])
  expect(calls).toEqual([1, 1])
})

test('a call that fails fails for all who share it, and for nobody after', async () => {
  const { db, read } = await counted()
  const broken = readRow(db, (near) => near.prepare('SELECT x FROM nowhere'))
  const [one, other] = await Promise.allSettled([broken, read(1)])
  expect([one.status, other.status]).toEqual(['rejected', 'rejected'])
  expect(await read(2)).toEqual({ x: 2 })
})
