import type { D1Database, D1PreparedStatement } from '@cloudflare/workers-types'
import { DAY_MS } from '../../base/clock.ts'
import { type PackedBody, packBody, unpackBody } from './letter_body.ts'

/** What nobody looked at for a quarter of a year is not going to be sent again. */
export const LETTERS_KEPT_MS = 90 * DAY_MS
const DETAIL_CHARS = 2_000

/**
 * `delivery`: a webhook that could not be read or applied. `effect`: what a taken delivery still owed. `message`: of a
 * queue. `notice`: nothing failed, a person has to act.
 */
export const LETTER_KINDS = ['delivery', 'effect', 'message', 'notice'] as const
export type LetterKind = (typeof LETTER_KINDS)[number]

export interface NewLetter {
  /** `webhook:<source>` or `queue:<name>`. */
  origin: string
  /** Empty when the message names none. */
  shop: string
  kind: LetterKind
  topic: string
  /** The same over retries: a failure is kept once and counted. */
  ref: string
  code: string
  detail: string
  /** What it takes to read the body again; never a signature. */
  headers: Readonly<Record<string, string>>
  body: Uint8Array<ArrayBuffer>
}

/** A letter as a list shows it. */
export interface LetterView extends Omit<NewLetter, 'headers' | 'body'> {
  seq: number
  bytes: number
  attempts: number
  createdAtMs: number
  lastAtMs: number
}
export type Letter = LetterView & Pick<NewLetter, 'headers' | 'body'>

export interface LetterQuery {
  /** Null: every shop's. */
  shop: string | null
  origin: string | null
  /** Letters before this one, newest first; null: from the newest. */
  beforeSeq: number | null
  limit: number
}

/** What could not be taken, kept whole until a person sends it again or drops it. */
export interface DeadLetterStore {
  /** Keeps a letter; one that is there already counts one more attempt, and tells of the newer error and the newer body. */
  put(letter: NewLetter, nowMs: number): Promise<void>
  list(query: LetterQuery): Promise<LetterView[]>
  /** @param shop null: any shop's */
  get(seq: number, shop: string | null): Promise<Letter | null>
  /** Those of the letters that are a shop's; their bodies stand in memory together. */
  getAll(seqs: readonly number[], shop: string): Promise<Letter[]>
  /** @returns how many there were */
  removeAll(seqs: readonly number[], shop: string): Promise<number>
  /** @param attempts null: however many; else the letter stays when another attempt failed meanwhile */
  remove(seq: number, shop: string | null, attempts?: number | null): Promise<boolean>
  /** What a letter tells of was taken meanwhile. */
  settle(origin: string, shop: string, ref: string): Promise<void>
  /** Another attempt failed. */
  failed(seq: number, code: string, detail: string, nowMs: number): Promise<void>
  /** Drops letters that nobody touched for LETTERS_KEPT_MS; the number dropped, at most `limit`. */
  forget(nowMs: number, limit: number): Promise<number>
  count(): Promise<number>
}

const COLUMNS = 'seq, origin, shop, kind, topic, ref, code, detail, bytes, attempts, created_at, last_at'

export function createDeadLetterStore(db: D1Database): DeadLetterStore {
  const remove = (where: string, ...values: Array<string | number | null>) =>
    db.batch([
      db
        .prepare(
          `DELETE FROM dead_letter_parts WHERE (origin, shop, ref) IN (SELECT origin, shop, ref FROM dead_letters WHERE ${where})`,
        )
        .bind(...values),
      db.prepare(`DELETE FROM dead_letters WHERE ${where}`).bind(...values),
    ])
  return {
    async put(letter, nowMs) {
      await db.batch(putStatements(db, letter, await packBody(letter.body), nowMs))
    },
    async list({ shop, origin, beforeSeq, limit }) {
      const { results } = await db
        .prepare(
          // Spelled out where a shop is named: behind an OR no index is used, and every shop's letters are walked.
          `SELECT ${COLUMNS} FROM dead_letters WHERE ${shop === null ? '?1 IS NULL' : 'shop = ?1'}
             AND (?2 IS NULL OR origin = ?2) AND (?3 IS NULL OR seq < ?3) ORDER BY seq DESC LIMIT ?4`,
        )
        .bind(shop, origin, beforeSeq, limit)
        .all<Row>()
      return results.map(toView)
    },
    async get(seq, shop) {
      const row = await db
        .prepare(
          `SELECT ${COLUMNS}, headers, encoding, body, parts FROM dead_letters WHERE seq = ?1 AND (?2 IS NULL OR shop = ?2)`,
        )
        .bind(seq, shop)
        .first<FullRow>()
      if (row === null) return null
      return toLetter(row, row.parts === 0 ? [] : await partsOf(db, row))
    },
    async getAll(seqs, shop) {
      const { results } = await db
        .prepare(
          `SELECT ${COLUMNS}, headers, encoding, body, parts FROM dead_letters
           WHERE shop = ?2 AND seq IN (SELECT value FROM json_each(?1))`,
        )
        .bind(JSON.stringify(seqs), shop)
        .all<FullRow>()
      const letters: Letter[] = []
      for (const row of results) letters.push(await toLetter(row, row.parts === 0 ? [] : await partsOf(db, row)))
      return letters
    },
    async removeAll(seqs, shop) {
      const [, letters] = await remove(
        'shop = ?2 AND seq IN (SELECT value FROM json_each(?1))',
        JSON.stringify(seqs),
        shop,
      )
      return letters!.meta.changes
    },
    async remove(seq, shop, attempts = null) {
      const [, letters] = await remove(
        'seq = ?1 AND (?2 IS NULL OR shop = ?2) AND (?3 IS NULL OR attempts = ?3)',
        seq,
        shop,
        attempts,
      )
      return letters!.meta.changes > 0
    },
    async settle(origin, shop, ref) {
      await remove('origin = ?1 AND shop = ?2 AND ref = ?3', origin, shop, ref)
    },
    async failed(seq, code, detail, nowMs) {
      await db
        .prepare('UPDATE dead_letters SET attempts = attempts + 1, code = ?2, detail = ?3, last_at = ?4 WHERE seq = ?1')
        .bind(seq, code, detail.slice(0, DETAIL_CHARS), nowMs)
        .run()
    },
    async forget(nowMs, limit) {
      const [, letters] = await remove(
        'seq IN (SELECT seq FROM dead_letters WHERE last_at < ?1 ORDER BY last_at LIMIT ?2)',
        nowMs - LETTERS_KEPT_MS,
        limit,
      )
      return letters!.meta.changes
    },
    async count() {
      const row = await db.prepare('SELECT COUNT(*) AS letters FROM dead_letters').first<{ letters: number }>()
      return row?.letters ?? 0
    },
  }
}

/** The letter and the further pieces of its body, for one batch. What is owed under one ref may change: the newest is kept. */
function putStatements(
  db: D1Database,
  letter: NewLetter,
  { encoding, pieces }: PackedBody,
  nowMs: number,
): D1PreparedStatement[] {
  const { origin, shop, kind, topic, ref, code } = letter
  const [first = '', ...rest] = pieces
  const head = [origin, shop, kind, topic, ref, code, letter.detail.slice(0, DETAIL_CHARS)]
  return [
    db
      .prepare(
        `INSERT INTO dead_letters (origin, shop, kind, topic, ref, code, detail, headers, encoding, body, bytes, parts, created_at, last_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13)
         ON CONFLICT (origin, shop, ref) DO UPDATE SET attempts = attempts + 1, code = excluded.code, detail = excluded.detail,
           headers = excluded.headers, encoding = excluded.encoding, body = excluded.body, bytes = excluded.bytes,
           parts = excluded.parts, last_at = excluded.last_at`,
      )
      .bind(...head, JSON.stringify(letter.headers), encoding, first, letter.body.length, rest.length, nowMs),
    db.prepare('DELETE FROM dead_letter_parts WHERE origin = ?1 AND shop = ?2 AND ref = ?3').bind(origin, shop, ref),
    ...rest.map((piece, index) =>
      db
        .prepare('INSERT INTO dead_letter_parts (origin, shop, ref, part, body) VALUES (?1, ?2, ?3, ?4, ?5)')
        .bind(origin, shop, ref, index + 1, piece),
    ),
  ]
}

async function partsOf(db: D1Database, row: Pick<Row, 'origin' | 'shop' | 'ref'>): Promise<string[]> {
  const { results } = await db
    .prepare('SELECT body FROM dead_letter_parts WHERE origin = ?1 AND shop = ?2 AND ref = ?3 ORDER BY part')
    .bind(row.origin, row.shop, row.ref)
    .all<{ body: string }>()
  return results.map((part) => part.body)
}

interface Row {
  seq: number
  origin: string
  shop: string
  kind: LetterKind
  topic: string
  ref: string
  code: string
  detail: string
  bytes: number
  attempts: number
  created_at: number
  last_at: number
}
interface FullRow extends Row {
  headers: string
  encoding: PackedBody['encoding']
  body: string
  parts: number
}

async function toLetter(row: FullRow, more: readonly string[]): Promise<Letter> {
  const body = await unpackBody({ encoding: row.encoding, pieces: [row.body, ...more] })
  return { ...toView(row), headers: JSON.parse(row.headers) as Record<string, string>, body }
}

const toView = ({ created_at, last_at, ...row }: Row): LetterView => ({
  seq: row.seq,
  origin: row.origin,
  shop: row.shop,
  kind: row.kind,
  topic: row.topic,
  ref: row.ref,
  code: row.code,
  detail: row.detail,
  bytes: row.bytes,
  attempts: row.attempts,
  createdAtMs: created_at,
  lastAtMs: last_at,
})
