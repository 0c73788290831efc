import { splitScripts } from '../base/text/cjk.ts'
import { hasCjk, segmentCjk } from '../base/text/tokenize.ts'

/** Words of a query that are looked up; the rest of a very long query adds cost, not meaning. */
const WORDS_MAX = 24

/**
 * An FTS5 expression for a shopper's words, or null when there is nothing to look for.
 * Every word is quoted, so that nothing of the query is read as syntax. Words are joined by OR: bm25 ranks the
 * items that hold more of them first, and one unknown word does not empty the shelf.
 */
export function textQuery(query: string): string | null {
  const text = query.normalize('NFKC').toLowerCase()
  const latin: string[] = []
  splitScripts(
    text,
    () => {},
    (between) => latin.push(...(between.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [])),
  )
  const cjk = hasCjk(text)
    ? segmentCjk(text)
        .split(' ')
        .filter((word) => word !== '')
    : []
  const terms = [...new Set([...latin, ...cjk])].slice(0, WORDS_MAX)
  return terms.length === 0 ? null : terms.map((term) => `"${term}"`).join(' OR ')
}
