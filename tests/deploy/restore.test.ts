/** The step of docs/operations.md that keeps events of after a restore apart from those that the bucket has already. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { coveredObjects } from '../../shared/store/event_objects.ts'
import { objectNames } from '../../shared/store/keys.ts'
import { migrated } from '../support/migrated.ts'

const DAY = '2026-11-22'
const guide = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8')
const [, step] = /### Restore[^#]*?```sql\n([^`]+)```/.exec(guide)!

async function numbers() {
  const db = await migrated('operations')
  const run = (sql: string) => db.execute([{ sql, params: [] }])[0]!.rows.map(([one]) => Number(one))
  const accept = () =>
    run(`INSERT INTO event_batches (shop, received_at, events, body) VALUES ('unit', 0, 1, '[]') RETURNING seq`)[0]!
  return { run, accept }
}

/** @returns the objects of a day of which another is believed to hold all, when 20 batches were folded before a restore to the tenth */
async function afterRestore(sql: string): Promise<string[]> {
  const { run, accept } = await numbers()
  for (let batch = 1; batch <= 10; batch++) accept()
  for (const statement of sql.split(';')) if (statement.trim() !== '') run(statement)
  const first = accept()
  const last = accept()
  const before = objectNames.joinedEvents('unit', DAY, { from: 20, to: 20, first: 20 }, 1)
  const after = objectNames.events('unit', DAY, first, last)
  return [...coveredObjects([before, after].sort())]
}

test('events that come after a restore are not taken for those that the bucket has', async () => {
  expect(await afterRestore(step!)).toEqual([])
})

test('nor after a second restore, to a moment before the first', async () => {
  const { run, accept } = await numbers()
  const statements = step!.split(';').filter((statement) => statement.trim() !== '')
  for (const statement of statements) run(statement)
  // A hundred batches a second, for ever, are outrun by the clock.
  const [first, last] = [accept(), accept()]
  const again = await numbers()
  for (const statement of statements) again.run(statement.replace('unixepoch()', '(unixepoch() + 1)'))
  const later = again.accept()
  expect(later).toBeGreaterThan(last)
  const names = [objectNames.events('unit', DAY, first, last), objectNames.events('unit', DAY, later, later)]
  expect([...coveredObjects(names.sort())]).toEqual([])
})

test('control: without the step they are', async () => {
  expect(await afterRestore('')).toHaveLength(1)
})

test('what waited at that moment is not folded once more', async () => {
  const { run, accept } = await numbers()
  for (let batch = 1; batch <= 3; batch++) accept()
  for (const statement of step!.split(';')) if (statement.trim() !== '') run(statement)
  expect(run('SELECT COUNT(*) FROM event_batches')).toEqual([0])
  expect(accept()).toBeGreaterThan(Date.now() / 10 - 6_000)
})
