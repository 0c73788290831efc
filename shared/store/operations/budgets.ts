import type { D1Database } from '@cloudflare/workers-types'
import { dayOf } from '../keys.ts'

/** Money and tokens of one purpose. Money is in millionths of the budget's currency unit. */
export interface Spend {
  purpose: string
  calls: number
  inputTokens: number
  outputTokens: number
  spentMicro: number
  reservedMicro: number
}

export interface SpendOfShop {
  /** The shop's own daily budget; null where the worker's default holds. */
  dailyMicro: number | null
  today: Spend[]
  total: Spend[]
}

/** What a shop may spend on models a day, and what it did. */
export interface BudgetStore {
  put(shop: string, dailyMicro: number): Promise<void>
  spend(shop: string, nowMs: number): Promise<SpendOfShop>
}

interface Row {
  purpose: string
  calls: number
  input_tokens: number
  output_tokens: number
  spent_micro: number
  reserved_micro: number
}

const SUMS = ['calls', 'input_tokens', 'output_tokens', 'spent_micro', 'reserved_micro']
  .map((name) => `SUM(${name}) AS ${name}`)
  .join(', ')

export function createBudgetStore(db: D1Database): BudgetStore {
  return {
    async put(shop, dailyMicro) {
      await db
        .prepare(
          'INSERT INTO budgets (shop, daily_micro) VALUES (?1, ?2) ON CONFLICT (shop) DO UPDATE SET daily_micro = ?2',
        )
        .bind(shop, dailyMicro)
        .run()
    },
    async spend(shop, nowMs) {
      const [budget, today, total] = await db.batch([
        db.prepare('SELECT daily_micro FROM budgets WHERE shop = ?1').bind(shop),
        db
          .prepare(`SELECT purpose, ${SUMS} FROM spend WHERE shop = ?1 AND day = ?2 GROUP BY purpose`)
          .bind(shop, dayOf(nowMs)),
        db.prepare(`SELECT purpose, ${SUMS} FROM spend WHERE shop = ?1 GROUP BY purpose`).bind(shop),
      ])
      return {
        dailyMicro: (budget!.results[0] as { daily_micro: number } | undefined)?.daily_micro ?? null,
        today: (today!.results as unknown as Row[]).map(toSpend),
        total: (total!.results as unknown as Row[]).map(toSpend),
      }
    },
  }
}

const toSpend = (row: Row): Spend => ({
  purpose: row.purpose,
  calls: row.calls,
  inputTokens: row.input_tokens,
  outputTokens: row.output_tokens,
  spentMicro: row.spent_micro,
  reservedMicro: row.reserved_micro,
})
