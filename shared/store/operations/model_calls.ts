import type { D1Database } from '@cloudflare/workers-types'
import { chunk } from '../../base/batch.ts'
import { DAY_MS } from '../../base/clock.ts'
import { dayOf } from '../keys.ts'

/** Why a provider's answer is of no use; asking the same again would give the same. */
export type UselessAnswer = 'refused' | 'malformed' | 'too_long'

/** A call that may cost money: reserved before it is made, settled after. */
export interface Reservation {
  key: string
  shop: string
  purpose: string
  model: string
  /** The most that it can cost. */
  maxMicro: number
}

/** What became of the wish to call. */
export type Reserved =
  /** Go on: the money is set aside under this claim, which alone may settle it. */
  | { state: 'granted'; claim: string }
  | { state: 'answered'; answer: StoredAnswer }
  /** Begun by somebody, now or long ago; nobody pays twice. `batch`: it waits in one and will be answered. */
  | { state: 'reserved'; batch: string | null }
  | { state: 'budget' }

export interface StoredAnswer {
  text: string | null
  reason: UselessAnswer | null
  inputTokens: number
  outputTokens: number
  microCost: number
}

/** The ledger of calls: at most one a key, and reserved plus spent never above a shop's day. */
export interface ModelCallStore {
  /** Sets money aside for each call whose key is new or was not taken before, as one transaction, in the given order. */
  reserve(
    calls: readonly Reservation[],
    claim: string,
    batch: string | null,
    dailyMicro: number,
    nowMs: number,
  ): Promise<Map<string, Reserved>>
  /** The provider answered: what is set aside becomes what was spent. A claim that was forgotten settles nothing. */
  settle(
    answers: ReadonlyArray<readonly [key: string, answer: StoredAnswer]>,
    claim: string,
    nowMs: number,
  ): Promise<void>
  /** The provider did not take these calls: the money is free again, and they may be tried later. */
  release(keys: readonly string[], claim: string): Promise<void>
  /** Of the keys those that wait in a batch. */
  inBatch(keys: readonly string[]): Promise<Set<string>>
  /** What a batch's calls came to so far; null where one is not settled. */
  ofBatch(batch: string): Promise<Map<string, { maxMicro: number; answer: StoredAnswer | null }>>
  /** Takes what is not settled out of its batch: nobody will ever know, so it is in doubt. */
  abandon(batch: string): Promise<void>
  /** Reservations of a shop whose end nobody knows, older than a call may take. */
  countInDoubt(shop: string, beforeMs: number): Promise<number>
  /**
   * Forgets them and the answers of no use, so that both may be paid for again: what was set aside or spent stays
   * counted. @returns how many
   */
  forgetInDoubt(shop: string, beforeMs: number): Promise<number>
  /**
   * Forgets a shop's calls that told a model of shoppers: what it answered may repeat it. What was set aside or spent
   * stays counted; a call under way settles nothing. At most `limit`. @returns how many
   */
  forgetPersonal(shop: string, limit: number): Promise<number>
  /** Removes old answers and refusals, a bite at a time. @returns how many */
  tidy(nowMs: number, limit: number): Promise<number>
}

/** How long an answer is kept: a re-import within a month costs nothing. */
export const ANSWERS_KEPT_MS = 30 * DAY_MS
/** Calls of one reserving transaction: parameters below 2 MB, and the single writer held for milliseconds. */
export const CALLS_PER_RESERVATION = 500

/** Purposes that tell a model of the catalogue alone; of any other it may be told what somebody did or typed. */
const CATALOGUE_PURPOSES = JSON.stringify(['understand', 'expand'])

/** Answers of a few kilobytes each: one parameter below 2 MB. */
const ANSWERS_PER_STATEMENT = 50

const field = (name: string) => `json_extract(json_each.value, '$.${name}')`

interface CallRow {
  key: string
  state: 'reserved' | 'answered' | 'failed'
  claim: string
  batch: string | null
  answer: string | null
  reason: UselessAnswer | null
  input_tokens: number
  output_tokens: number
  micro_cost: number
}

const CALL_COLUMNS = 'key, state, claim, batch, answer, reason, input_tokens, output_tokens, micro_cost'

export function createModelCallStore(db: D1Database): ModelCallStore {
  return {
    async reserve(calls, claim, batch, dailyMicro, nowMs) {
      if (calls.length > CALLS_PER_RESERVATION) throw new RangeError(`at most ${CALLS_PER_RESERVATION} calls`)
      const answers = new Map<string, Reserved>()
      // Every shop has a budget of its own.
      for (const shop of new Set(calls.map((call) => call.shop))) {
        const own = calls.filter((call) => call.shop === shop)
        const rows = await reserveOf(db, shop, own, claim, batch, dailyMicro, nowMs)
        for (const { key } of own) answers.set(key, toReserved(rows.get(key), claim))
      }
      return answers
    },
    async settle(answers, claim, nowMs) {
      for (const part of chunk(answers, ANSWERS_PER_STATEMENT)) {
        const list = JSON.stringify(part.map(([key, answer]) => ({ key, ...answer })))
        const mine = `JOIN model_calls c ON c.key = ${field('key')} AND c.claim = ?2 AND c.state = 'reserved'`
        await db.batch([
          // The money first, while the rows still say that it is set aside: a settlement that comes twice counts once.
          db
            .prepare(
              `UPDATE spend SET reserved_micro = reserved_micro - done.max_micro, spent_micro = spent_micro + done.micro,
                 calls = spend.calls + done.calls, input_tokens = spend.input_tokens + done.input, output_tokens = spend.output_tokens + done.output
               FROM (SELECT c.shop, c.day, c.purpose, SUM(c.max_micro) AS max_micro, SUM(${field('microCost')}) AS micro, COUNT(*) AS calls,
                   SUM(${field('inputTokens')}) AS input, SUM(${field('outputTokens')}) AS output
                 FROM json_each(?1) ${mine} GROUP BY c.shop, c.day, c.purpose) AS done
               WHERE spend.shop = done.shop AND spend.day = done.day AND spend.purpose = done.purpose`,
            )
            .bind(list, claim),
          db
            .prepare(
              `UPDATE model_calls SET state = 'answered', answer = ${field('text')}, reason = ${field('reason')},
                 input_tokens = ${field('inputTokens')}, output_tokens = ${field('outputTokens')}, micro_cost = ${field('microCost')}, answered_at = ?3
               FROM json_each(?1) WHERE model_calls.key = ${field('key')} AND model_calls.claim = ?2 AND model_calls.state = 'reserved'`,
            )
            .bind(list, claim, nowMs),
        ])
      }
    },
    async release(keys, claim) {
      const mine = `claim = ?2 AND state = 'reserved' AND key IN (SELECT value FROM json_each(?1))`
      const bound = [JSON.stringify(keys), claim]
      await db.batch([
        db
          .prepare(
            `UPDATE spend SET reserved_micro = reserved_micro - freed.micro FROM
               (SELECT shop, day, purpose, SUM(max_micro) AS micro FROM model_calls WHERE ${mine} GROUP BY shop, day, purpose) AS freed
             WHERE spend.shop = freed.shop AND spend.day = freed.day AND spend.purpose = freed.purpose`,
          )
          .bind(...bound),
        db.prepare(`UPDATE model_calls SET state = 'failed', batch = NULL WHERE ${mine}`).bind(...bound),
      ])
    },
    async inBatch(keys) {
      const { results } = await db
        .prepare(
          `SELECT key FROM model_calls WHERE state = 'reserved' AND batch IS NOT NULL AND key IN (SELECT value FROM json_each(?1))`,
        )
        .bind(JSON.stringify(keys))
        .all<{ key: string }>()
      return new Set(results.map((row) => row.key))
    },
    async ofBatch(batch) {
      const { results } = await db
        .prepare(`SELECT ${CALL_COLUMNS}, max_micro FROM model_calls WHERE batch = ?1`)
        .bind(batch)
        .all<CallRow & { max_micro: number }>()
      return new Map(
        results.map((row) => [
          row.key,
          { maxMicro: row.max_micro, answer: row.state === 'answered' ? toAnswer(row) : null },
        ]),
      )
    },
    async abandon(batch) {
      await db.prepare(`UPDATE model_calls SET batch = NULL WHERE batch = ?1 AND state = 'reserved'`).bind(batch).run()
    },
    async countInDoubt(shop, beforeMs) {
      const row = await db
        .prepare(`SELECT COUNT(*) AS calls FROM model_calls WHERE ${IN_DOUBT}`)
        .bind(shop, beforeMs)
        .first<{ calls: number }>()
      return row?.calls ?? 0
    },
    async forgetInDoubt(shop, beforeMs) {
      const { meta } = await db
        .prepare(`DELETE FROM model_calls WHERE (${IN_DOUBT}) OR (${USELESS})`)
        .bind(shop, beforeMs)
        .run()
      return meta.changes
    },
    async forgetPersonal(shop, limit) {
      const { meta } = await db
        .prepare(
          `DELETE FROM model_calls WHERE key IN (SELECT key FROM model_calls
             WHERE shop = ?1 AND purpose NOT IN (SELECT value FROM json_each(?2)) LIMIT ?3)`,
        )
        .bind(shop, CATALOGUE_PURPOSES, limit)
        .run()
      return meta.changes
    },
    async tidy(nowMs, limit) {
      // A reservation whose end is unknown is never forgotten by itself.
      const { meta } = await db
        .prepare(
          `DELETE FROM model_calls WHERE key IN
             (SELECT key FROM model_calls WHERE created_at < ?1 AND state <> 'reserved' LIMIT ?2)`,
        )
        .bind(nowMs - ANSWERS_KEPT_MS, limit)
        .run()
      return meta.changes
    },
  }
}

const USELESS = `shop = ?1 AND state = 'answered' AND reason IS NOT NULL`
const IN_DOUBT = `shop = ?1 AND state = 'reserved' AND batch IS NULL AND created_at < ?2`

/** The reserving transaction of one shop. @returns the rows as they stand after it */
async function reserveOf(
  db: D1Database,
  shop: string,
  calls: readonly Reservation[],
  claim: string,
  batch: string | null,
  dailyMicro: number,
  nowMs: number,
): Promise<Map<string, CallRow>> {
  const day = dayOf(nowMs)
  const list = JSON.stringify(calls)
  const fresh = `FROM model_calls WHERE claim = ?2 AND state = 'reserved' AND key IN (SELECT ${field('key')} FROM json_each(?1))`
  const [, , , rows] = await db.batch<CallRow>([
    db
      .prepare(
        `INSERT OR IGNORE INTO spend (shop, day, purpose) SELECT DISTINCT ?1, ?2, ${field('purpose')} FROM json_each(?3)`,
      )
      .bind(shop, day, list),
    // Of the calls that are news, as many as the day's budget holds, in their order: the running sum is of those alone.
    db
      .prepare(
        `INSERT INTO model_calls (key, shop, purpose, model, state, claim, day, max_micro, batch, created_at)
         SELECT key, ?1, purpose, model, 'reserved', ?4, ?2, max_micro, ?5, ?6 FROM (
           SELECT ${field('key')} AS key, ${field('purpose')} AS purpose, ${field('model')} AS model, ${field('maxMicro')} AS max_micro,
             SUM(${field('maxMicro')}) OVER (ORDER BY json_each.key) AS running
           FROM json_each(?3)
           WHERE NOT EXISTS (SELECT 1 FROM model_calls c WHERE c.key = ${field('key')} AND c.state <> 'failed'))
         WHERE running <= COALESCE((SELECT daily_micro FROM budgets WHERE shop = ?1), ?7)
           - (SELECT SUM(reserved_micro + spent_micro) FROM spend WHERE shop = ?1 AND day = ?2)
         ON CONFLICT (key) DO UPDATE SET state = 'reserved', model = excluded.model, claim = excluded.claim, day = excluded.day, shop = excluded.shop,
           max_micro = excluded.max_micro, batch = excluded.batch, created_at = excluded.created_at, attempts = model_calls.attempts + 1
         WHERE model_calls.state = 'failed'`,
      )
      .bind(shop, day, list, claim, batch, nowMs, dailyMicro),
    db
      .prepare(
        `UPDATE spend SET reserved_micro = reserved_micro + taken.micro FROM
           (SELECT purpose, SUM(max_micro) AS micro ${fresh} GROUP BY purpose) AS taken
         WHERE spend.shop = ?3 AND spend.day = ?4 AND spend.purpose = taken.purpose`,
      )
      .bind(list, claim, shop, day),
    db
      .prepare(
        `SELECT ${CALL_COLUMNS} FROM model_calls
         WHERE key IN (SELECT ${field('key')} FROM json_each(?1))`,
      )
      .bind(list),
  ])
  return new Map(rows!.results.map((row) => [row.key, row]))
}

function toReserved(row: CallRow | undefined, claim: string): Reserved {
  if (row === undefined || row.state === 'failed') return { state: 'budget' }
  if (row.state === 'reserved')
    return row.claim === claim ? { state: 'granted', claim } : { state: 'reserved', batch: row.batch }
  return { state: 'answered', answer: toAnswer(row) }
}

const toAnswer = (row: CallRow): StoredAnswer => ({
  text: row.answer,
  reason: row.reason,
  inputTokens: row.input_tokens,
  outputTokens: row.output_tokens,
  microCost: row.micro_cost,
})
