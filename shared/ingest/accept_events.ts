import type { FieldError } from '../base/problem.ts'
import type { RepeatableRun } from '../domain/bulk_request.ts'
import { fieldErrors } from '../domain/decode.ts'
import { eventSchema, type Interaction, type ShopEvent } from '../domain/event.ts'
import { LIMITS } from '../domain/limits.ts'
import type { KeyKind } from '../domain/shop.ts'
import { verifyRecommendationId } from '../recommend/recommendation_id.ts'
import type { LiveStore, RecentEvent } from '../store/live/live.ts'
import type { AcceptedEvent, EventInbox } from '../store/operations/event_inbox.ts'
import { toInteractions } from './interactions.ts'

export interface Reject {
  /** Position in the request, from 0. */
  index: number
  errors: FieldError[]
}

export interface Acceptance {
  accepted: number
  duplicates: number
  rejected: Reject[]
  warnings: Array<{ index: number; detail: string }>
}

export interface AcceptDeps {
  inbox: Pick<EventInbox, 'accept'>
  live: Pick<LiveStore, 'append'>
  signingSecret: string
  unique(): string
  /** Of a request that may come again: its events keep their names, and what it did before counts as its own. */
  repeat?: { run: RepeatableRun; acceptedBy: EventInbox['acceptedBy'] }
  /** The shopper's recent events are a convenience: when they cannot be written, the events are accepted all the same. */
  onLiveFailure(error: unknown): void
}

/** Events of one inbox row ... */
const EVENTS_PER_BATCH = 1_000
/** ... and characters of their interactions: an event of many items is stored once an item, and D1 takes 2 MB a value. */
const CHARS_PER_BATCH = 500_000

/**
 * Accepts what is valid, rejects the rest one by one, counts repeats once. Resolves only after the events are committed
 * and the shoppers' recent events can be read.
 */
export async function acceptEvents(
  shop: string,
  kind: KeyKind,
  values: readonly unknown[],
  deps: AcceptDeps,
  nowMs: number,
): Promise<Acceptance> {
  const result: Acceptance = { accepted: 0, duplicates: 0, rejected: [], warnings: [] }
  const fresh = new Map<string, AcceptedEvent>()
  for (const [index, value] of values.entries()) {
    const parsed = eventSchema.safeParse(value)
    const errors = parsed.success ? timeErrors(parsed.data, kind, nowMs) : fieldErrors(parsed.error)
    if (!parsed.success || errors.length > 0) {
      result.rejected.push({ index, errors })
      continue
    }
    const event = await attributed(shop, parsed.data, deps.signingSecret)
    if (event.recommendation_id !== parsed.data.recommendation_id) {
      result.warnings.push({
        index,
        detail: "recommendation_id is not one of this shop's; the event was taken without it",
      })
    }
    // Browser keys are public: what they name must not be able to shut out what a server will name.
    const eventId = `${kind}:${event.event_id ?? (deps.repeat ? `${deps.repeat.run.request}/${index}` : deps.unique())}`
    if (fresh.has(eventId)) result.duplicates += 1
    else fresh.set(eventId, { eventId, interactions: toInteractions(event, eventId, nowMs) })
  }
  const expiresAtMs = kind === 'sk' ? null : nowMs + LIMITS.eventIdTtlMs
  for (const part of batchesOf([...fresh.values()])) {
    const batch = deps.repeat ? `${deps.repeat.run.request}/${deps.unique()}` : deps.unique()
    const { kept, forgotten } = await deps.inbox.accept(shop, part, batch, nowMs, expiresAtMs)
    // Whether somebody was forgotten is nothing that a sender is told.
    const counted = deps.repeat === undefined ? kept.size + forgotten : await broughtBy(shop, part, deps.repeat)
    result.accepted += counted
    result.duplicates += part.length - counted
    const rows = recentRows(part.filter((event) => kept.has(event.eventId)).flatMap((event) => event.interactions))
    try {
      if (rows.length > 0) await deps.live.append(shop, rows, nowMs)
    } catch (error) {
      deps.onLiveFailure(error)
    }
  }
  return result
}

/** Events that the same request has brought, now or when it came before. */
async function broughtBy(
  shop: string,
  part: readonly AcceptedEvent[],
  { run, acceptedBy }: NonNullable<AcceptDeps['repeat']>,
): Promise<number> {
  const ids = part.map((event) => event.eventId)
  return (await acceptedBy(shop, ids, `${run.request}/`)).size
}

function batchesOf(events: readonly AcceptedEvent[]): AcceptedEvent[][] {
  const batches: AcceptedEvent[][] = []
  let room = 0
  for (const event of events) {
    const chars = JSON.stringify(event.interactions).length
    const last = batches.at(-1)
    if (last === undefined || chars > room || last.length === EVENTS_PER_BATCH) {
      batches.push([event])
      room = CHARS_PER_BATCH - chars
    } else {
      last.push(event)
      room -= chars
    }
  }
  return batches
}

/** Secret keys may tell of any past; nobody may tell of the future. */
function timeErrors(event: ShopEvent, kind: KeyKind, nowMs: number): FieldError[] {
  if (event.occurred_at === undefined) return []
  const atMs = Date.parse(event.occurred_at)
  if (atMs > nowMs + LIMITS.eventMaxAheadMs)
    return [{ pointer: '/occurred_at', detail: 'lies more than 5 minutes ahead' }]
  if (kind === 'pk' && atMs < nowMs - LIMITS.eventMaxAgeMs) {
    return [{ pointer: '/occurred_at', detail: 'lies more than 30 days back; a secret key may send it' }]
  }
  return []
}

/** The event without an attribution that this shop never gave. */
async function attributed(shop: string, event: ShopEvent, secret: string): Promise<ShopEvent> {
  if (event.recommendation_id === undefined) return event
  if ((await verifyRecommendationId(secret, shop, event.recommendation_id)) !== null) return event
  const { recommendation_id: _refused, ...rest } = event
  return rest as ShopEvent
}

/** The events that say something of a shopper's taste, by shopper, oldest first. */
function recentRows(interactions: readonly Interaction[]): Array<{ shopper: string; events: RecentEvent[] }> {
  const byShopper = new Map<string, RecentEvent[]>()
  for (const one of interactions) {
    if (one.type === 'impression') continue
    const events = byShopper.get(one.shopper) ?? []
    events.push({ item: one.item, type: one.type, atMs: one.atMs, value: one.value })
    byShopper.set(one.shopper, events)
  }
  return [...byShopper].map(([shopper, events]) => ({ shopper, events: events.sort((a, b) => a.atMs - b.atMs) }))
}
