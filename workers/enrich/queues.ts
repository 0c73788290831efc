import type { MessageBatch } from '@cloudflare/workers-types'
import { SECOND_MS } from '../../shared/base/clock.ts'
import { hash64 } from '../../shared/base/hash.ts'
import { runEnrichment } from '../../shared/enrich/enrich_shops.ts'
import { type KeptImpression, keepImpressions, withoutForgotten } from '../../shared/enrich/keep_impressions.ts'
import { runFold, runOutbox } from '../../shared/enrich/run.ts'
import type { WorkerDeps } from './deps.ts'
import { runErasures } from './erasures.ts'

/** The queues that this worker consumes, as the toml names them. */
export const QUEUES = {
  outbox: 'shelfwise-outbox',
  events: 'shelfwise-events',
  enrich: 'shelfwise-enrich',
  impressions: 'shelfwise-impressions',
  dead: 'shelfwise-dead',
} as const

/** A second installation in an account has an ending on every name, such as `shelfwise-outbox-staging`. */
const declaredQueue = (name: string): string =>
  Object.values(QUEUES).find((queue) => name === queue || name.startsWith(`${queue}-`)) ?? name

/** Handles a batch; what it throws is retried by the platform and ends among the dead letters. */
export async function consume(batch: MessageBatch<unknown>, deps: WorkerDeps): Promise<void> {
  switch (declaredQueue(batch.queue)) {
    case QUEUES.outbox:
      await runOutbox(deps)
      return
    case QUEUES.events:
      await runFold(deps)
      if (batch.messages.some((message) => textOf(message.body, 'kind') === 'erase')) await runErasures(deps)
      return
    case QUEUES.enrich:
      await enrichNew(batch, deps)
      return
    case QUEUES.impressions:
      await archiveImpressions(batch, deps)
      return
    case QUEUES.dead:
      for (const message of batch.messages) await bury(message.id, message.body, deps)
      return
    default:
      throw new Error(`Unexpected queue: ${batch.queue}`)
  }
}

/** A slow model of one shop keeps the others' new items waiting no longer: the cron finds what is left, in its own order. */
const ALL_NEW_MS = 40 * SECOND_MS

/** However many signals came of a shop, it is looked at once. */
async function enrichNew(batch: MessageBatch<unknown>, deps: WorkerDeps): Promise<void> {
  const endsAtMs = deps.clock.now() + ALL_NEW_MS
  const shops = new Set(batch.messages.flatMap((message) => textOf(message.body, 'shop') ?? []))
  for (const shop of shops) {
    if (deps.clock.now() >= endsAtMs) return
    await runEnrichment(shop, 'new', deps)
  }
}

/** A batch's name comes from its messages; readers tell a record that stands in two objects by its recommendation id. */
async function archiveImpressions(batch: MessageBatch<unknown>, deps: WorkerDeps): Promise<void> {
  const name = hash64(batch.messages.map((message) => message.id).join(' '))
  await keepImpressions(
    batch.messages.flatMap((message) => message.body as readonly KeptImpression[]),
    name,
    deps,
  )
}

const RETRIES_EXHAUSTED = 'no consumer could take it, however often it was tried'

/** Keeps a dead message, one letter a shop: who reads a shop's letters must not read another's records. */
async function bury(id: string, body: unknown, deps: WorkerDeps): Promise<void> {
  for (const [shop, part] of byShop(Array.isArray(body) ? await impressionsLeft(body, deps) : body)) {
    await deps.deadLetters.put(
      {
        ...{ shop, kind: 'message', topic: '', ref: id, code: 'retries_exhausted', detail: RETRIES_EXHAUSTED },
        ...{ origin: `queue:${queueOf(body)}`, headers: {} },
        body: new TextEncoder().encode(JSON.stringify(part)),
      },
      deps.clock.now(),
    )
  }
}

/** Who was forgotten since leaves no record behind; whatever else stands in the list is kept as it is. */
async function impressionsLeft(body: readonly unknown[], deps: WorkerDeps): Promise<unknown[]> {
  const left = new Set<unknown>(await withoutForgotten(body.filter(isImpression), deps.forgotten))
  return body.filter((record) => !isImpression(record) || left.has(record))
}

const isImpression = (record: unknown): record is KeptImpression =>
  textOf(record, 'shop') !== null && typeof (record as { at?: unknown }).at === 'number'

/** The platform does not say which queue a dead message was on: its form does. */
function queueOf(body: unknown): string {
  if (Array.isArray(body)) return QUEUES.impressions
  const kind = textOf(body, 'kind')
  return kind !== null && Object.hasOwn(SIGNAL_QUEUES, kind) ? SIGNAL_QUEUES[kind]! : 'unknown'
}

const SIGNAL_QUEUES: Readonly<Record<string, string>> = {
  outbox: QUEUES.outbox,
  events: QUEUES.events,
  erase: QUEUES.events,
  inbox: 'shelfwise-inbox',
  enrich: QUEUES.enrich,
}

function byShop(body: unknown): Map<string, unknown> {
  if (!Array.isArray(body)) return new Map([[textOf(body, 'shop') ?? '', body]])
  const parts = new Map<string, unknown[]>()
  for (const record of body as unknown[]) {
    const shop = textOf(record, 'shop') ?? ''
    parts.set(shop, [...(parts.get(shop) ?? []), record])
  }
  return parts
}

function textOf(value: unknown, name: string): string | null {
  const own = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : null
  return typeof own === 'string' ? own : null
}
