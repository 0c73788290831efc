/**
 * FTS5 leaves last_insert_rowid() beyond 2^53, where the in-process D1 reads it as a plain number and node:sqlite throws:
 * every update or delete of a full text row could fail. Real D1 rounds it. Imported for its effect, until the stand-in
 * rounds too.
 */
import { DatabaseSync } from 'node:sqlite'

const { prepare } = DatabaseSync.prototype

DatabaseSync.prototype.prepare = function (this: DatabaseSync, ...args: Parameters<typeof prepare>) {
  const statement = prepare.apply(this, args)
  if (!args[0].includes('last_insert_rowid()')) return statement
  statement.setReadBigInts(true)
  const get = statement.get.bind(statement) as () => Record<string, unknown>
  statement.get = (() =>
    Object.fromEntries(Object.entries(get()).map(([name, value]) => [name, Number(value)]))) as typeof statement.get
  return statement
}
