import type { D1Database } from '@cloudflare/workers-types'

/** Messages that no consumer could take, kept where a person can see them. */
export interface DeadLetterStore {
  add(letters: ReadonlyArray<{ queue: string; body: string; error: string }>, nowMs: number): Promise<void>
  count(): Promise<number>
}

export function createDeadLetterStore(db: D1Database): DeadLetterStore {
  return {
    async add(letters, nowMs) {
      await db
        .prepare(
          `INSERT INTO dead_letters (queue, body, error, created_at)
           SELECT json_extract(value, '$.queue'), json_extract(value, '$.body'), json_extract(value, '$.error'), ?2 FROM json_each(?1)`,
        )
        .bind(JSON.stringify(letters), nowMs)
        .run()
    },
    async count() {
      return (
        (await db.prepare('SELECT COUNT(*) AS letters FROM dead_letters').first<{ letters: number }>())?.letters ?? 0
      )
    },
  }
}
