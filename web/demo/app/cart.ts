import { kept } from './kept.ts'
import { readSource, type ShelfSource } from './source.ts'

export interface CartLine {
  itemId: string
  choiceId: string
  quantity: number
  /** The shelf that brought the item, for the purchase event. */
  source: ShelfSource | null
}

const slot = (shop: string) => kept<CartLine[]>(`shelfwise.cart.${shop}`)

export const readCart = (shop: string): CartLine[] => {
  const lines = slot(shop).read()
  return Array.isArray(lines) ? lines : []
}

const MOST = 99

export function addLine(lines: readonly CartLine[], shop: string, itemId: string, choiceId: string): CartLine[] {
  const known = lines.find((line) => line.choiceId === choiceId && line.itemId === itemId)
  if (known) return setQuantity(lines, choiceId, known.quantity + 1)
  return [...lines, { itemId, choiceId, quantity: 1, source: readSource(shop, itemId) }]
}

export const setQuantity = (lines: readonly CartLine[], choiceId: string, quantity: number): CartLine[] =>
  lines
    .map((line) => (line.choiceId === choiceId ? { ...line, quantity: Math.min(quantity, MOST) } : line))
    .filter((line) => line.quantity > 0)

export const keepCart = (shop: string, lines: CartLine[]): void => slot(shop).write(lines)
