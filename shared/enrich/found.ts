import { segmentCjk } from '../base/text/tokenize.ts'
import type { EnrichDeps } from './deps.ts'
import { foundFields } from './item_fields.ts'

const ROWS_PER_ROUND = 200

/**
 * Brings the full text of what was understood up to date with the enrichments: rows that are missing or of another
 * enrichment are written, rows of deleted or reworded items removed. The vectors follow in the same way, by the ledger.
 * @param among the items to look at; absent: the whole shop
 * @returns how many rows were written or removed
 */
export async function indexFound(
  shop: string,
  deps: Pick<EnrichDeps, 'found'>,
  among?: readonly string[],
  keep: () => Promise<void> = async () => {},
): Promise<number> {
  let changed = 0
  for (;;) {
    const swept = await deps.found.sweep(shop, ROWS_PER_ROUND, among)
    const due = await deps.found.due(shop, ROWS_PER_ROUND, among)
    if (swept === 0 && due.length === 0) return changed
    await deps.found.put(
      shop,
      due.map((one) => {
        const text = foundFields(one)
          .map((field) => field.text)
          .join(' . ')
        return { item: one.item, hash: one.hash, found: text, segmented: segmentCjk(text) }
      }),
    )
    changed += swept + due.length
    await keep()
  }
}
