import type { D1DatabaseSession, D1PreparedStatement } from '@cloudflare/workers-types'
import { tenantToken } from '../keys.ts'

/** What a word counts where it stands in an item's own words, and what more in the title. */
const [OWN, TITLE] = [1, 1.5]
/** In what was understood of an item: it brings up what own words miss, and does not overtake them. */
const FOUND = 0.3
/**
 * Hits that are scored, the rarest words' first; the rarest is always looked up. A sentence whose every word stands in most
 * items must not hold up the database, and says little by those words.
 */
const HITS_MAX = 60_000

export interface TextOptions {
  /** Items at most. */
  limit: number
  /** Whether the shop has full text of what was understood of its items. */
  found: boolean
  hitsMax?: number
}

/**
 * The items of a shop that hold words of a query, best first. A word counts by where it stands in an item, times
 *
 *   ln(1 + (N - n + 1/2) / (n + 1/2))
 *
 * with N the shop's live items and n those that hold it in own words or in what was understood, whichever are more: the
 * inverse document frequency of BM25 (Robertson and Zaragoza 2009). How often a word is repeated and how long a text is
 * count nothing; of equal items those come first that more shoppers want. FTS5's own bm25() is not asked, since it knows how
 * rare a word is in all shops and not in this one: a shop's order would hang on what others sell, and each question on the
 * size of all of them.
 *
 * @param words FTS5 expressions, each of which is one word
 */
export function textStatement(
  session: D1DatabaseSession,
  shop: string,
  words: readonly string[],
  { limit, found, hitsMax = HITS_MAX }: TextOptions,
): D1PreparedStatement {
  const own = matches('item_text', '{title body segmented}')
  const title = matches('item_text', 'title')
  const understood = matches('found_text', '{found segmented}')
  const counts = found
    ? `MAX((SELECT COUNT(*) FROM ${own}), (SELECT COUNT(*) FROM ${understood}))`
    : `(SELECT COUNT(*) FROM ${own})`
  const hits = (from: string, share: number) =>
    `SELECT rowid AS seq, idf * ${share} AS score FROM word CROSS JOIN ${from}`
  // What is deleted may stand in what was understood for a while: twice as many are looked at as are wanted.
  return session
    .prepare(
      `WITH counted AS MATERIALIZED (SELECT word.key, word.value, ${counts} AS n FROM json_each(?2) word),
       word AS MATERIALIZED (
         SELECT value, ln(1 + (MAX(live, n) - n + 0.5) / (n + 0.5)) AS idf
         FROM (SELECT *, SUM(n) OVER (ORDER BY n, key) AS so_far FROM counted WHERE n > 0), shops
         WHERE shop = ?1 AND (so_far = n OR so_far <= ${hitsMax})
       ),
       best AS MATERIALIZED (
         SELECT seq, ROUND(SUM(score), 12) AS score FROM (
           ${[hits(own, OWN), hits(title, TITLE), ...(found ? [hits(understood, FOUND)] : [])].join(' UNION ALL ')}
         ) GROUP BY seq
       ),
       last AS (SELECT score FROM best ORDER BY score DESC LIMIT 1 OFFSET 2 * ?3 - 1)
       SELECT i.id, best.score FROM best CROSS JOIN items i ON i.seq = best.seq
       WHERE best.score >= COALESCE((SELECT score FROM last), 0) AND i.deleted_at IS NULL
       ORDER BY best.score DESC, i.popularity DESC, i.id LIMIT ?3`,
    )
    .bind(shop, JSON.stringify(words), limit, `tenant : ${tenantToken(shop)} AND `)
}

/** The rows of a shop that hold `word.value` in columns. */
const matches = (table: string, columns: string): string =>
  `${table} WHERE ${table} MATCH ?4 || '${columns} : ' || word.value`
