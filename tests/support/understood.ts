/** Enrichments as the catalogue keeps them, written without asking any model. */
import type { Understanding } from '../../shared/domain/enrichment.ts'
import type { SqliteD1 } from '../../workers/local/node/sqlite_d1.ts'

export interface Understood {
  item: string
  understanding: Partial<Understanding>
  themes?: readonly string[]
  /** Of what stands here; another one says that it changed. */
  hash: string
}

/** Writes what was understood of live items, as of their present text. */
export async function understand(db: SqliteD1, shop: string, rows: readonly Understood[]): Promise<void> {
  const packed = JSON.stringify(
    rows.map(({ item, understanding, themes = [], hash }) => ({
      item,
      understanding: JSON.stringify(understanding),
      expansion: JSON.stringify(themes),
      hash,
    })),
  )
  await db
    .prepare(
      `INSERT OR REPLACE INTO enrichments (shop, item, text_hash, recipe, understanding, expansion, hash, state, enriched_at)
       SELECT i.shop, i.id, i.text_hash, 'test', json_extract(value, '$.understanding'), json_extract(value, '$.expansion'),
         json_extract(value, '$.hash'), 'done', 0
       FROM json_each(?2) JOIN items i ON i.shop = ?1 AND i.id = json_extract(value, '$.item') AND i.deleted_at IS NULL`,
    )
    .bind(shop, packed)
    .run()
}
