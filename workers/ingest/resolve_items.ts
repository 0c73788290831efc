import type { ItemReads } from '../../shared/store/catalogue/item_reads.ts'

type Line = { item_id?: unknown; variant_id?: unknown }

/**
 * Events whose items are named by a SKU or a variant's id, with the item in its place. Names that are unknown stay: an
 * item may come later.
 */
export async function resolveItems(
  shop: string,
  events: readonly unknown[],
  reads: Pick<ItemReads, 'byVariant'>,
): Promise<unknown[]> {
  const names = new Set(events.flatMap((event) => linesOf(event).flatMap(({ item_id }) => nameOf(item_id))))
  if (names.size === 0) return [...events]
  const found = await reads.byVariant(shop, [...names])
  if (found.size === 0) return [...events]
  const renamed = <T>(line: T): T => {
    const place = found.get(String((line as Line).item_id))
    return place === undefined ? line : { ...line, item_id: place.item }
  }
  return events.map((event) => {
    if (typeof event !== 'object' || event === null) return event
    const { items } = event as { items?: unknown }
    const own = renamed(event)
    return Array.isArray(items) ? { ...own, items: items.map(renamed) } : own
  })
}

const nameOf = (value: unknown): string[] => (typeof value === 'string' ? [value] : [])

function linesOf(event: unknown): Line[] {
  if (typeof event !== 'object' || event === null) return []
  const { items } = event as { items?: unknown }
  const lines = Array.isArray(items) ? items.filter((one) => typeof one === 'object' && one !== null) : []
  return [event as Line, ...(lines as Line[])]
}
