import type { D1Database } from '@cloudflare/workers-types'

/** Attribute names, each with its values. */
export type Words = Readonly<Record<string, readonly string[]>>

/** The closed lists of attribute values, by general category. */
export interface VocabularyStore {
  /** When and of how many items they were read; null: never. */
  reading(shop: string): Promise<{ items: number; readAtMs: number } | null>
  all(shop: string): Promise<Map<string, Words>>
  /** Replaces all of a shop's. */
  put(shop: string, words: ReadonlyMap<string, Words>, items: number, nowMs: number): Promise<void>
}

export function createVocabularyStore(db: D1Database): VocabularyStore {
  return {
    async reading(shop) {
      const row = await db
        .prepare('SELECT items, read_at FROM vocabulary_readings WHERE shop = ?1')
        .bind(shop)
        .first<{ items: number; read_at: number }>()
      return row ? { items: row.items, readAtMs: row.read_at } : null
    },
    async all(shop) {
      const { results } = await db
        .prepare('SELECT category, words FROM vocabularies WHERE shop = ?1')
        .bind(shop)
        .all<{ category: string; words: string }>()
      return new Map(results.map((row) => [row.category, JSON.parse(row.words) as Words]))
    },
    async put(shop, words, items, nowMs) {
      const rows = JSON.stringify([...words].map(([category, own]) => [category, JSON.stringify(own)]))
      await db.batch([
        db.prepare('DELETE FROM vocabularies WHERE shop = ?1').bind(shop),
        db
          .prepare(
            `INSERT INTO vocabularies (shop, category, words)
             SELECT ?1, json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?2)`,
          )
          .bind(shop, rows),
        db
          .prepare(
            'INSERT INTO vocabulary_readings (shop, items, read_at) VALUES (?1, ?2, ?3) ON CONFLICT (shop) DO UPDATE SET items = ?2, read_at = ?3',
          )
          .bind(shop, items, nowMs),
      ])
    },
  }
}
