import type { RepeatableRun } from '../domain/bulk_request.ts'
import type { ItemWriter } from '../store/catalogue/item_writes.ts'

/** Writes for a run: parts that were written before are found as they were then, and tell the same outcomes. */
export function repeatableWriter(items: Pick<ItemWriter, 'apply'>, run: RepeatableRun): Pick<ItemWriter, 'apply'> {
  let parts = 0
  return { apply: (shop, writes, nowMs) => items.apply(shop, writes, nowMs, undefined, { run, number: parts++ }) }
}
