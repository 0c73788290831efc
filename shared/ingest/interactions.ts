import { type Interaction, type ShopEvent, shopperKey } from '../domain/event.ts'

/** Ratings run from 0 to 5; 4 and above is liking, so the zero of the scale lies between 3 and 4. */
const RATING_ZERO = 3.5

/** Feedback on one scale: 1 likes, -1 dislikes or hides. */
function feedbackValue(value: 'like' | 'dislike' | 'hide' | number): number {
  if (value === 'like') return 1
  if (typeof value === 'string') return -1
  return Math.max(-1, Math.min(1, (value - RATING_ZERO) / 1.5))
}

/** An event as the interactions that it consists of: one per item. */
export function toInteractions(event: ShopEvent, eventId: string, nowMs: number): Interaction[] {
  const base = {
    eventId,
    shopper: shopperKey(event)!,
    type: event.type,
    atMs: event.occurred_at === undefined ? nowMs : Date.parse(event.occurred_at),
    market: event.market ?? null,
    quantity: 1,
    price: null,
    value: null,
    recommendationId: event.recommendation_id ?? null,
  }
  switch (event.type) {
    case 'impression':
      return event.item_ids.map((item) => ({ ...base, item }))
    case 'click':
    case 'view':
      return [{ ...base, item: event.item_id }]
    case 'add_to_cart':
      return [{ ...base, item: event.item_id, quantity: event.quantity ?? 1 }]
    case 'feedback':
      return [{ ...base, item: event.item_id, value: feedbackValue(event.value) }]
    case 'purchase':
    case 'refund': {
      const lines = event.items ?? [{ item_id: event.item_id!, quantity: event.quantity, price: event.price }]
      return lines.map((line) => ({
        ...base,
        item: line.item_id,
        quantity: line.quantity ?? 1,
        price: line.price ?? null,
      }))
    }
  }
}
