import type { D1Database } from '@cloudflare/workers-types'
import type { DroppedClaim, Understanding } from '../../domain/enrichment.ts'

/** Why the rules' form stands where a model was asked. */
export type EnrichmentError = 'refused' | 'malformed' | 'too_long' | 'in_doubt' | 'failed'

/** What is understood of one item, and what it was made with. */
export interface Enrichment {
  item: string
  /** Of the text that it was made from. */
  textHash: string
  recipe: string
  /** Facet -> prompt version and model. */
  facets: Readonly<Record<string, string>>
  understanding: Understanding
  /** Of item and neighbours that the expansion was made from; empty where none was made. */
  neighboursHash: string
  expansion: readonly string[]
  /** Of understanding and expansion: what was made of another one is stale. */
  hash: string
  dropped: Readonly<Partial<Record<DroppedClaim['reason'], number>>>
  kept: number
  flagged: boolean
  state: 'done' | 'in_doubt' | 'quarantined'
  /** Tries that ended in nothing while others got answers. */
  attempts: number
  error: EnrichmentError | null
  enrichedAtMs: number
}

export interface EnrichmentCounts {
  live: number
  /** Live items whose text is understood with the wanted recipe, or that wait for an operator. */
  done: number
  /** Of those done, what rules made. */
  by_rules: number
  /** Live items with nothing made of their present text, not even by rules. */
  missing: number
  in_doubt: number
  quarantined: number
  /** Answers of a model that were of no use. */
  rejected: number
  flagged: number
  kept: number
  dropped: Record<string, number>
}

export interface EnrichmentsStore {
  read(shop: string, ids: readonly string[]): Promise<Map<string, Enrichment>>
  /** Keeps what was made of a live item's present text; what was made of an older one is dropped. @returns rows kept */
  put(shop: string, rows: readonly Enrichment[]): Promise<number>
  /** Live items with nothing made of their present text, newest first. */
  missing(shop: string, limit: number): Promise<string[]>
  /** Of the named items those. */
  missingAmong(shop: string, ids: readonly string[]): Promise<string[]>
  /**
   * Live items whose row was made with another recipe, by popularity; those that are quarantined are not.
   * @param byRules only rows that rules made: without a model, what one has made stands
   */
  outdated(shop: string, recipe: string, byRules: boolean, limit: number): Promise<string[]>
  countOutdated(shop: string, recipe: string, byRules: boolean): Promise<number>
  /** Understood items with co-bought neighbours, most popular first, after the given place in that order. */
  withNeighbours(shop: string, after: PopularityPlace | null, limit: number): Promise<NeighbourPage>
  counts(shop: string, recipe: string | null): Promise<EnrichmentCounts>
  /** Makes everything due again that waits for an operator. @returns how many */
  retry(shop: string): Promise<number>
}

export interface PopularityPlace {
  popularity: number
  seq: number
}
/** Enough to tell whether an expansion is of its present neighbours, without reading a word of anybody. */
export interface BoughtWith {
  id: string
  textHash: string
  /** Of the expansion that stands. */
  neighboursHash: string
  /** Live neighbours, in the order of their ids: how often they were bought together changes daily and says nothing. */
  bought: Array<{ id: string; textHash: string }>
}
export interface NeighbourPage {
  items: BoughtWith[]
  last: PopularityPlace | null
}

interface Row {
  item: string
  text_hash: string
  recipe: string
  facets: string
  understanding: string
  neighbours_hash: string
  expansion: string
  hash: string
  dropped: string
  kept: number
  flagged: number
  state: Enrichment['state']
  attempts: number
  error: EnrichmentError | null
  enriched_at: number
}

const COLUMNS = `item, text_hash, recipe, facets, understanding, neighbours_hash, expansion, hash, dropped, kept, flagged,
  state, attempts, error, enriched_at`
const OWN = 'enrichments e WHERE e.shop = i.shop AND e.item = i.id AND e.text_hash = i.text_hash'
const HELD = `EXISTS (SELECT 1 FROM quarantine q WHERE q.shop = i.shop AND q.item = i.id AND q.stage = 'enrich' AND q.held = 1)`
const MISSING = `NOT EXISTS (SELECT 1 FROM ${OWN}) AND NOT ${HELD}`
const OUTDATED = `EXISTS (SELECT 1 FROM ${OWN} AND e.recipe <> ?2 AND (?3 = 0 OR e.facets = '{}')) AND NOT ${HELD}`
/** Rows a statement: an understanding of a few kilobytes each stays far below the 2 MB of one parameter. */
const ROWS_PER_STATEMENT = 100
/** Co-bought neighbours that say what an item is used with. */
const NEIGHBOURS_KEPT = 5
/** Somebody bought both, and neither speaks against the other. An item may be its own neighbour, whom nobody buys beside it. */
const BOUGHT_WITH = `json_extract(value, '$[4]') > 0 AND json_extract(value, '$[1]') + json_extract(value, '$[2]') > 0`

export function createEnrichmentsStore(db: D1Database): EnrichmentsStore {
  return {
    async read(shop, ids) {
      if (ids.length === 0) return new Map()
      const { results } = await db
        .prepare(`SELECT ${COLUMNS} FROM enrichments WHERE shop = ?1 AND item IN (SELECT value FROM json_each(?2))`)
        .bind(shop, JSON.stringify(ids))
        .all<Row>()
      return new Map(results.map((row) => [row.item, toEnrichment(row)]))
    },
    async put(shop, rows) {
      let kept = 0
      for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
        const part = rows.slice(start, start + ROWS_PER_STATEMENT)
        kept += (await putStatement(db, shop, part).run()).meta.changes
      }
      return kept
    },
    async missing(shop, limit) {
      const { results } = await db
        .prepare(
          `SELECT i.id FROM items i WHERE i.shop = ?1 AND i.deleted_at IS NULL AND ${MISSING} ORDER BY i.created_at DESC, i.seq DESC LIMIT ?2`,
        )
        .bind(shop, limit)
        .all<{ id: string }>()
      return results.map((row) => row.id)
    },
    async missingAmong(shop, ids) {
      const { results } = await db
        .prepare(
          `SELECT i.id FROM items i WHERE i.shop = ?1 AND i.id IN (SELECT value FROM json_each(?2)) AND i.deleted_at IS NULL AND ${MISSING}`,
        )
        .bind(shop, JSON.stringify(ids))
        .all<{ id: string }>()
      return results.map((row) => row.id)
    },
    async outdated(shop, recipe, byRules, limit) {
      const { results } = await db
        .prepare(
          `SELECT i.id FROM items i WHERE i.shop = ?1 AND i.deleted_at IS NULL AND ${OUTDATED} ORDER BY i.popularity DESC, i.seq LIMIT ?4`,
        )
        .bind(shop, recipe, byRules ? 1 : 0, limit)
        .all<{ id: string }>()
      return results.map((row) => row.id)
    },
    async countOutdated(shop, recipe, byRules) {
      const row = await db
        .prepare(`SELECT COUNT(*) AS due FROM items i WHERE i.shop = ?1 AND i.deleted_at IS NULL AND ${OUTDATED}`)
        .bind(shop, recipe, byRules ? 1 : 0)
        .first<{ due: number }>()
      return row?.due ?? 0
    },
    withNeighbours: (shop, after, limit) => readWithNeighbours(db, shop, after, limit),
    counts: (shop, recipe) => readCounts(db, shop, recipe),
    async retry(shop) {
      // Another recipe than any: due, while what stands goes on serving.
      const { meta } = await db
        .prepare(
          `UPDATE enrichments SET recipe = '', state = 'done', attempts = 0, error = NULL WHERE shop = ?1 AND (state <> 'done' OR error IS NOT NULL)`,
        )
        .bind(shop)
        .run()
      return meta.changes
    },
  }
}

function putStatement(db: D1Database, shop: string, rows: readonly Enrichment[]) {
  const names = COLUMNS.split(',').map((name) => name.trim())
  const fields = names.map((name) => `json_extract(value, '$.${name}')`).join(', ')
  const updates = names
    .filter((name) => name !== 'item')
    .map((name) => `${name} = excluded.${name}`)
    .join(', ')
  // Only of the text that is there now: an answer may be older than the item's last change, or the item gone.
  return db
    .prepare(
      `INSERT INTO enrichments (shop, ${COLUMNS})
       SELECT ?1, ${fields} FROM json_each(?2)
       WHERE EXISTS (SELECT 1 FROM items i WHERE i.shop = ?1 AND i.id = json_extract(value, '$.item')
         AND i.text_hash = json_extract(value, '$.text_hash') AND i.deleted_at IS NULL)
       ON CONFLICT (shop, item) DO UPDATE SET ${updates}`,
    )
    .bind(shop, JSON.stringify(rows.map(toRow)))
}

async function readWithNeighbours(
  db: D1Database,
  shop: string,
  after: PopularityPlace | null,
  limit: number,
): Promise<NeighbourPage> {
  const { results } = await db
    .prepare(
      `SELECT i.id, i.seq, i.popularity, i.text_hash, e.neighbours_hash,
         (SELECT json_group_array(json_array(o.id, o.text_hash))
          FROM (SELECT value FROM json_each(n.bought) WHERE ${BOUGHT_WITH} ORDER BY key LIMIT ${NEIGHBOURS_KEPT}) b
            CROSS JOIN items o ON o.shop = i.shop AND o.id = json_extract(b.value, '$[0]') AND o.deleted_at IS NULL
         ) AS bought
       FROM items i JOIN neighbours n ON n.shop = i.shop AND n.item = i.id AND n.bought <> '[]'
         JOIN enrichments e ON e.shop = i.shop AND e.item = i.id AND e.text_hash = i.text_hash AND e.state <> 'quarantined'
       WHERE i.shop = ?1 AND i.deleted_at IS NULL AND i.popularity <= ?2 AND (i.popularity < ?2 OR i.seq > ?3)
       ORDER BY i.popularity DESC, i.seq LIMIT ?4`,
    )
    .bind(shop, after?.popularity ?? Number.MAX_SAFE_INTEGER, after?.seq ?? 0, limit)
    .all<{ id: string; seq: number; popularity: number; text_hash: string; neighbours_hash: string; bought: string }>()
  const last = results.at(-1)
  return {
    items: results.map((row) => ({
      id: row.id,
      textHash: row.text_hash,
      neighboursHash: row.neighbours_hash,
      bought: (JSON.parse(row.bought) as Array<[string, string]>)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([id, textHash]) => ({ id, textHash })),
    })),
    last: last === undefined ? null : { popularity: last.popularity, seq: last.seq },
  }
}

async function readCounts(db: D1Database, shop: string, recipe: string | null): Promise<EnrichmentCounts> {
  const [totals, reasons] = await db.batch([
    db
      .prepare(
        `SELECT COUNT(*) AS live, COALESCE(SUM(e.item IS NULL), 0) AS missing,
           COALESCE(SUM(e.recipe = ?2 OR (?2 IS NULL AND e.item IS NOT NULL) OR e.state <> 'done'), 0) AS done,
           COALESCE(SUM(e.facets = '{}'), 0) AS by_rules, COALESCE(SUM(e.state = 'in_doubt'), 0) AS in_doubt,
           (SELECT COUNT(*) FROM quarantine WHERE shop = ?1 AND held = 1) AS quarantined,
           COALESCE(SUM(e.error IN ('refused', 'malformed', 'too_long')), 0) AS rejected,
           COALESCE(SUM(e.flagged), 0) AS flagged, COALESCE(SUM(e.kept), 0) AS kept
         FROM items i LEFT JOIN enrichments e ON e.shop = i.shop AND e.item = i.id AND e.text_hash = i.text_hash
         WHERE i.shop = ?1 AND i.deleted_at IS NULL`,
      )
      .bind(shop, recipe),
    db
      .prepare(
        `SELECT d.key AS reason, SUM(d.value) AS claims FROM enrichments e, json_each(e.dropped) d
         WHERE e.shop = ?1 AND e.dropped <> '{}' GROUP BY d.key ORDER BY d.key`,
      )
      .bind(shop),
  ])
  const dropped = (reasons!.results as Array<{ reason: string; claims: number }>).map(
    (row) => [row.reason, row.claims] as const,
  )
  return { ...(totals!.results[0] as Omit<EnrichmentCounts, 'dropped'>), dropped: Object.fromEntries(dropped) }
}

const toRow = (one: Enrichment) => ({
  item: one.item,
  text_hash: one.textHash,
  recipe: one.recipe,
  facets: JSON.stringify(one.facets),
  understanding: JSON.stringify(one.understanding),
  neighbours_hash: one.neighboursHash,
  expansion: JSON.stringify(one.expansion),
  hash: one.hash,
  dropped: JSON.stringify(one.dropped),
  kept: one.kept,
  flagged: one.flagged ? 1 : 0,
  state: one.state,
  attempts: one.attempts,
  error: one.error,
  enriched_at: one.enrichedAtMs,
})

const toEnrichment = (row: Row): Enrichment => ({
  item: row.item,
  textHash: row.text_hash,
  recipe: row.recipe,
  facets: JSON.parse(row.facets) as Record<string, string>,
  understanding: JSON.parse(row.understanding) as Understanding,
  neighboursHash: row.neighbours_hash,
  expansion: JSON.parse(row.expansion) as string[],
  hash: row.hash,
  dropped: JSON.parse(row.dropped) as Enrichment['dropped'],
  kept: row.kept,
  flagged: row.flagged === 1,
  state: row.state,
  attempts: row.attempts,
  error: row.error,
  enrichedAtMs: row.enriched_at,
})
