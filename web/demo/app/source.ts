import { kept } from './kept.ts'

/** The shelf that an item was reached from; later events name it, so that the shelf gets its due. */
export interface ShelfSource {
  recommendationId: string
  position: number
}

const slot = (shop: string, itemId: string) =>
  kept<ShelfSource | null>(`shelfwise.source.${shop}.${itemId}`, () => sessionStorage)

export const readSource = (shop: string, itemId: string): ShelfSource | null => slot(shop, itemId).read()
export const keepSource = (shop: string, itemId: string, source: ShelfSource): void => slot(shop, itemId).write(source)
