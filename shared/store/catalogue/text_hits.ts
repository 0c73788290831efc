import type { D1DatabaseSession, D1PreparedStatement } from '@cloudflare/workers-types'
import { tenantToken } from '../keys.ts'

/** A full text index, and what a word counts by the column that it stands in. */
interface TextIndex {
  table: 'item_text' | 'found_text'
  weights: Readonly<Record<string, number>>
  /** What a hit counts beside one in own words. */
  share: number
}

/** Own words: `segmented` holds Chinese and Japanese cut into words, title and body alike, and nothing in ASCII. */
const OWN: TextIndex = { table: 'item_text', weights: { title: 6, body: 1, segmented: 3 }, share: 1 }
/** What was understood of items: it brings up what own words miss, and does not overtake them. */
const FOUND: TextIndex = { table: 'found_text', weights: { found: 1, segmented: 1 }, share: 0.3 }

/** How soon a column's weight saturates: k1 of BM25 (Robertson and Zaragoza 2009), at its usual value. */
const K1 = 1.2

/**
 * The items of a shop that hold words of a query, best first: the score of an item sums over the words, in own text and in
 * what was understood,
 *
 *   share x ln(1 + (N - n + 1/2) / (n + 1/2)) x w (k1 + 1) / (w + k1)
 *
 * with N the shop's live items, n those of them that hold the word in either, w the weights of the columns that it stands
 * in: BM25 over fields, blind to how often a word is repeated and how long a text is. FTS5's own bm25() is not asked, since it
 * knows how rare a word is in all shops and not in this one: a shop's order would hang on what others sell, and each
 * question on the size of all of them.
 *
 * @param words FTS5 expressions, each of which is one word
 * @param found whether the shop has full text of what was understood of its items
 */
export function textStatement(
  session: D1DatabaseSession,
  shop: string,
  words: readonly string[],
  limit: number,
  found: boolean,
): D1PreparedStatement {
  const hits = (found ? [OWN, FOUND] : [OWN]).map(hitsIn).join(' UNION ALL ')
  // Rows of the index are those of live items; the join is for those whose removal is under way.
  return session
    .prepare(
      `WITH word AS (SELECT key, value FROM json_each(?2)),
       hit AS MATERIALIZED (${hits}),
       held AS (SELECT word, COUNT(${found ? 'DISTINCT seq' : '*'}) AS n FROM hit GROUP BY word),
       rare AS (SELECT word, ln(1 + (MAX(live, n) - n + 0.5) / (n + 0.5)) AS idf FROM held, shops WHERE shop = ?1)
       SELECT i.id, best.score FROM (
         SELECT hit.seq, SUM(hit.share * rare.idf * hit.weight * ${K1 + 1} / (hit.weight + ${K1})) AS score
         FROM hit JOIN rare USING (word) GROUP BY hit.seq ORDER BY score DESC, hit.seq LIMIT ?3
       ) best CROSS JOIN items i ON i.seq = best.seq WHERE i.deleted_at IS NULL ORDER BY best.score DESC, i.seq`,
    )
    .bind(shop, JSON.stringify(words), limit, `tenant : ${tenantToken(shop)} AND `)
}

/** Rows (share, word, seq, weight) of one index: the columns' weights of each word in each item. */
function hitsIn({ table, weights, share }: TextIndex): string {
  const columns = Object.entries(weights).map(([name, weight]) => `('${name}', ${weight}.0)`)
  return `SELECT ${share} AS share, word.key AS word, ${table}.rowid AS seq, SUM(field.weight) AS weight
    FROM word CROSS JOIN (SELECT column1 AS name, column2 AS weight FROM (VALUES ${columns.join(', ')})) field CROSS JOIN ${table}
    WHERE (field.name <> 'segmented' OR word.value GLOB '*[^ -~]*') AND ${table} MATCH ?4 || field.name || ' : ' || word.value GROUP BY word.key, ${table}.rowid`
}
