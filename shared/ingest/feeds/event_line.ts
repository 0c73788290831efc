import { hash64 } from '../../base/hash.ts'
import type { Interaction } from '../../domain/event.ts'
import { LIMITS } from '../../domain/limits.ts'

/** The events of stored interactions, each as the line that would send it again. Those of one event stand side by side. */
export function eventLines(interactions: readonly Interaction[]): Array<Record<string, unknown>> {
  const lines: Array<Record<string, unknown>> = []
  for (let from = 0; from < interactions.length; ) {
    let to = from + 1
    while (to < interactions.length && interactions[to]!.eventId === interactions[from]!.eventId) to += 1
    lines.push(eventLine(interactions.slice(from, to)))
    from = to
  }
  return lines
}

function eventLine(parts: readonly Interaction[]): Record<string, unknown> {
  const [first] = parts as [Interaction, ...Interaction[]]
  return {
    event_id: sentId(first.eventId),
    type: first.type,
    ...shopperOf(first.shopper),
    occurred_at: new Date(first.atMs).toISOString(),
    ...(first.market === null ? {} : { market: first.market }),
    ...(first.recommendationId === null ? {} : { recommendation_id: first.recommendationId }),
    ...contentOf(parts),
  }
}

/** Secret keys' events keep the id that they were sent with; those of browser keys stay apart from them. */
function sentId(eventId: string): string {
  if (eventId.startsWith('sk:')) return eventId.slice(3)
  return eventId.length <= LIMITS.idChars ? eventId : `pk:#${hash64(eventId)}`
}

function shopperOf(key: string): Record<string, string> {
  const name = key.slice(2)
  if (key.startsWith('u:')) return { user_id: name }
  return key.startsWith('a:') ? { anonymous_id: name } : { session_id: name }
}

function contentOf(parts: readonly Interaction[]): Record<string, unknown> {
  const [first] = parts as [Interaction, ...Interaction[]]
  switch (first.type) {
    case 'impression':
      return { item_ids: parts.map((part) => part.item) }
    case 'click':
    case 'view':
      return { item_id: first.item }
    case 'add_to_cart':
      return { item_id: first.item, quantity: first.quantity }
    case 'feedback':
      return { item_id: first.item, value: feedbackOf(first.value ?? 0) }
    case 'purchase':
    case 'refund':
      return parts.length === 1 ? bought(first) : { items: parts.map(bought) }
  }
}

const bought = (part: Interaction) => ({
  item_id: part.item,
  quantity: part.quantity,
  ...(part.price === null ? {} : { price: part.price }),
})

/** The inverse of what an event's feedback is stored as: from -1 to 1, or a rating from 0 to 5 around 3.5. */
function feedbackOf(value: number): 'like' | 'dislike' | number {
  if (value >= 1) return 'like'
  if (value <= -1) return 'dislike'
  return Math.round((value * 1.5 + 3.5) * 1e6) / 1e6
}
