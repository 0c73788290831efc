import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { objectNames } from '../../../shared/store/keys.ts'

/** Tables with what learning writes to them; stamps are of the clock and not of the events. */
const LEARNED = [
  'SELECT item, bought FROM neighbours ORDER BY item',
  'SELECT id, popularity FROM items ORDER BY id',
  `SELECT list, market, entries FROM lists WHERE list <> 'new' ORDER BY list, market`,
]

/** A digest of all that a learning left for a shop on disk: rows in D1, artefacts in the bucket. */
export function fingerprint(folder: string, shop: string): string {
  const digest = createHash('sha256')
  const catalogue = new DatabaseSync(join(folder, 'catalogue.sqlite'))
  for (const sql of LEARNED) for (const row of catalogue.prepare(sql).all()) digest.update(JSON.stringify(row))
  catalogue.close()
  const root = join(folder, 'bucket', objectNames.learningOfShop(shop))
  const names = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  if (names.length === 0) throw new Error('the learning left no artefacts')
  for (const name of names) {
    digest.update(name.slice(root.length))
    digest.update(readFileSync(name))
  }
  return digest.digest('hex')
}
