/** Everything that is stored, looked at where it lies: each row, value, object and vector is one shop's alone. */
import { hash64 } from '../../shared/base/hash.ts'
import { DATABASES } from '../support/migrated.ts'
import type { City } from './isolation_city.ts'
import type { Judge } from './isolation_judge.ts'
import { type Mask, maskOfShop, maskOfText, namesIn } from './isolation_marks.ts'
import { givenTo } from './isolation_model.ts'
import { PLAIN_ITEMS } from './isolation_shops.ts'
import { shopTables } from './isolation_taps.ts'

/**
 * The full text: one index of all shops' words, in which a word's list names the rows that have it, and every row has the
 * token of its shop. What a question finds there is looked at where it is asked.
 */
const WORDS_OF_ALL = /^(?:item_text|found_text)(?:_|$)/
const TABLES = `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`

/** Values, objects and vectors that were looked at: they are replaced, never changed. */
const seen = new WeakSet<object>()
/** Rows that were looked at, and found to be one shop's. */
const clean = new Set<string>()
const CLEAN_MAX = 200_000

export function lookAtStores(city: City): void {
  for (const name of DATABASES) lookAtRows(name, city)
  for (const [name, entry] of city.stores.entries) {
    if (seen.has(entry)) continue
    seen.add(entry)
    const owner = maskOfText(name)
    city.judge.holds(`KV ${name.split(':')[0]}`, { name, ...asText(entry.bytes), metadata: entry.metadata }, owner)
  }
  for (const [name, object] of city.stores.objects) {
    if (seen.has(object)) continue
    seen.add(object)
    const owner = maskOfText(name)
    const { text } = asText(object.bytes)
    city.judge.holds(`R2 ${name.split('/')[0]}`, { name, text, metadata: object.customMetadata }, owner)
    if (name.startsWith('calls/'))
      ofOwner('R2 calls', (JSON.parse(text) as { answer: string | null }).answer, owner, city.judge)
  }
  for (const index of ['a', 'b'] as const) lookAtVectors(index, city)
}

const asText = (bytes: Uint8Array) => ({ text: Buffer.from(bytes).toString('latin1') })

function ofOwner(where: string, answer: unknown, owner: Mask, judge: Judge): void {
  if (typeof answer !== 'string' || (givenTo(answer) & ~owner) === 0) return
  judge.found(where, `an answer for ${namesIn(givenTo(answer))} is kept for ${namesIn(owner)}`, answer)
}

function lookAtRows(database: (typeof DATABASES)[number], { stores, written, judge }: City): void {
  const db = stores.databases[database]
  const read = (sql: string) => db.execute([{ sql, params: [] }])[0]!
  const owned = new Set(shopTables(db))
  for (const [name] of read(TABLES).rows as string[][]) {
    if (WORDS_OF_ALL.test(name!) || (owned.has(name!) && !written[database].has(name!))) continue
    const { columns, rows } = read(`SELECT * FROM "${name}"`)
    const shop = columns.indexOf('shop')
    const where = `D1 ${database}.${name}`
    for (const row of rows) {
      const text = `${where} ${JSON.stringify(row)}`
      if (clean.has(text)) continue
      const found = judge.findings.length
      const value: Record<string, unknown> = Object.fromEntries(columns.map((column, at) => [column, read1(row[at])]))
      const owner = shop === -1 ? 0 : maskOfShop(String(row[shop]))
      if (shop === -1) judge.ones(where, value)
      else judge.holds(where, value, owner)
      if (name === 'model_calls') ofOwner(where, value.answer, owner, judge)
      if (clean.size >= CLEAN_MAX) clean.clear()
      if (judge.findings.length === found) clean.add(text)
    }
  }
}

/** A blob comes as its bytes. */
const read1 = (value: unknown): unknown =>
  Array.isArray(value) ? Buffer.from(value as number[]).toString('latin1') : value

/** Whose a vector is that was met, by its values: no two shops' different words make the same one. */
const owners = new Map<string, Mask>()

function lookAtVectors(index: 'a' | 'b', { vectors, judge }: City): void {
  for (const { id, namespace, metadata, values } of vectors[index].state().vectors) {
    const owner = maskOfText(namespace ?? '')
    judge.holds(`vectors ${index}`, { id, namespace, metadata }, owner)
    if (PLAIN_ITEMS.includes(String(metadata?.item))) continue
    const print = hash64(Buffer.from(values.slice().buffer).toString('latin1'))
    const before = owners.get(print) ?? owner
    if (before !== owner)
      judge.found(`vectors ${index}`, `a vector of ${namesIn(before)} is kept for ${namesIn(owner)}`, id)
    owners.set(print, before)
  }
}
