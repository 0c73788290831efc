import type { D1Database, D1DatabaseSession, D1PreparedStatement, D1Result } from '@cloudflare/workers-types'
import { Problem } from '../../base/problem.ts'
import { type ActiveRules, NO_RULES, RULE_LIMITS, type Rule } from '../../domain/rule.ts'
import { isSameRules } from '../../domain/rule_changes.ts'

/** One publication, as it stays. */
export interface RuleVersion extends ActiveRules {
  restoredFrom: number | null
  label: string
  note: string
  publishedAtMs: number
}

/** What a publication is made of. */
export interface RulePublication {
  rules: readonly Rule[]
  restoredFrom: number | null
  label: string
  note: string
  /** The version that must be active; null for whichever is. */
  expect: number | null
}

/** What a publication came to. `before`: the rules that were active. */
export interface Published {
  version: RuleVersion
  before: readonly Rule[]
  created: boolean
}

/** The history of a shop's rules. Read by configuration, written by people. */
export interface RuleStore {
  /** Null when the shop never had that version, or no longer has it. */
  version(shop: string, version: number): Promise<RuleVersion | null>
  /** Null when nothing was ever published. */
  active(shop: string): Promise<RuleVersion | null>
  /** Newest first, one more than `limit` where there is one. @param below versions before this one */
  list(shop: string, limit: number, below: number | null): Promise<RuleVersion[]>
  /**
   * Makes rules active as a new version; equal rules are not published twice, so that a repeated request changes nothing.
   * @throws Problem `conflict` when another version than the expected one is active
   */
  publish(shop: string, publication: RulePublication, nowMs: number): Promise<Published>
}

interface Row {
  version: number
  rules: string
  restored_from: number | null
  label: string
  note: string
  published_at: number
}

const COLUMNS = 'version, rules, restored_from, label, note, published_at'

/** The active set, for the batch that reads a shop's configuration. */
export const activeRulesStatement = (session: D1DatabaseSession, shop: string): D1PreparedStatement =>
  session.prepare('SELECT version, rules FROM rule_versions WHERE shop = ?1 ORDER BY version DESC LIMIT 1').bind(shop)

export function readActiveRules(result: D1Result): ActiveRules {
  const row = result.results[0] as { version: number; rules: string } | undefined
  return row === undefined ? NO_RULES : { version: row.version, rules: JSON.parse(row.rules) as Rule[] }
}

export function createRuleStore(db: D1Database): RuleStore {
  // What was written a moment ago is asked of the primary: replicas may not have it yet.
  const rows = async (sql: string, ...values: unknown[]): Promise<RuleVersion[]> => {
    const { results } = await db
      .withSession('first-primary')
      .prepare(`SELECT ${COLUMNS} FROM rule_versions WHERE shop = ?1 ${sql}`)
      .bind(...values)
      .all<Row>()
    return results.map(toVersion)
  }
  const active = async (shop: string) => (await rows('ORDER BY version DESC LIMIT 1', shop))[0] ?? null
  return {
    active,
    version: async (shop, version) => (await rows('AND version = ?2', shop, version))[0] ?? null,
    list: (shop, limit, below) =>
      rows('AND (?3 IS NULL OR version < ?3) ORDER BY version DESC LIMIT ?2', shop, limit + 1, below),
    async publish(shop, publication, nowMs) {
      const held = await active(shop)
      const before = held?.rules ?? []
      if (held !== null && isSameRules(before, publication.rules)) return { version: held, before, created: false }
      const [inserted] = await db.batch([
        insertStatement(db, shop, publication, nowMs),
        db
          .prepare(
            'DELETE FROM rule_versions WHERE shop = ?1 AND version <= (SELECT MAX(version) FROM rule_versions WHERE shop = ?1) - ?2',
          )
          .bind(shop, RULE_LIMITS.versions),
      ])
      const row = inserted!.results[0] as unknown as Row | undefined
      if (row !== undefined) return { version: toVersion(row), before, created: true }
      const now = (await active(shop))?.version ?? 0
      throw new Problem('conflict', { detail: `Version ${now} of the rules is active, not ${publication.expect}` })
    },
  }
}

/** Writes nothing when another version than the expected one is active. */
const insertStatement = (
  db: D1Database,
  shop: string,
  { rules, restoredFrom, label, note, expect }: RulePublication,
  nowMs: number,
): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO rule_versions (shop, version, rules, restored_from, label, note, published_at)
       SELECT ?1, now.version + 1, ?2, ?3, ?4, ?5, ?6
       FROM (SELECT COALESCE(MAX(version), 0) AS version FROM rule_versions WHERE shop = ?1) now
       WHERE ?7 IS NULL OR now.version = ?7 RETURNING ${COLUMNS}`,
    )
    .bind(shop, JSON.stringify(rules), restoredFrom, label, note, nowMs, expect)

const toVersion = (row: Row): RuleVersion => ({
  version: row.version,
  rules: JSON.parse(row.rules) as Rule[],
  restoredFrom: row.restored_from,
  label: row.label,
  note: row.note,
  publishedAtMs: row.published_at,
})
