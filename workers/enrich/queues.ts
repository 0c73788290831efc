import type { MessageBatch } from '@cloudflare/workers-types'
import { SECOND_MS } from '../../shared/base/clock.ts'
import { hash64 } from '../../shared/base/hash.ts'
import { runEnrichment } from '../../shared/enrich/enrich_shops.ts'
import { runFold, runOutbox } from '../../shared/enrich/run.ts'
import { dayOf } from '../../shared/store/keys.ts'
import type { WorkerDeps } from './deps.ts'

/** The queues that this worker consumes, as the toml names them. */
export const QUEUES = {
  outbox: 'shelfwise-outbox',
  events: 'shelfwise-events',
  enrich: 'shelfwise-enrich',
  impressions: 'shelfwise-impressions',
  dead: 'shelfwise-dead',
} as const

/** Handles a batch; what it throws is retried by the platform and ends among the dead letters. */
export async function consume(batch: MessageBatch<unknown>, deps: WorkerDeps): Promise<void> {
  switch (batch.queue) {
    case QUEUES.outbox:
      await runOutbox(deps)
      return
    case QUEUES.events:
      await runFold(deps)
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

/**
 * One object a batch, shop and day: every put costs money and time. Its name comes from the batch's messages, so a batch
 * that is delivered again overwrites it; readers tell a record that stands in two objects by its recommendation id.
 */
async function archiveImpressions(batch: MessageBatch<unknown>, deps: WorkerDeps): Promise<void> {
  const name = hash64(batch.messages.map((message) => message.id).join(' '))
  const byPartition = new Map<string, { shop: string; day: string; lines: string[] }>()
  for (const message of batch.messages) {
    for (const record of message.body as ReadonlyArray<{ shop: string; at: number }>) {
      const day = dayOf(record.at)
      const partition = `${record.shop} ${day}`
      const part = byPartition.get(partition) ?? { shop: record.shop, day, lines: [] }
      part.lines.push(JSON.stringify(record))
      byPartition.set(partition, part)
    }
  }
  for (const part of byPartition.values()) await deps.archive.putImpressions(part.shop, part.day, name, part.lines)
}

const RETRIES_EXHAUSTED = 'no consumer could take it, however often it was tried'

/** Keeps a dead message, one letter a shop: who reads a shop's letters must not read another's records. */
async function bury(id: string, body: unknown, deps: WorkerDeps): Promise<void> {
  for (const [shop, part] of byShop(body)) {
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

/** The platform does not say which queue a dead message was on: its form does. */
function queueOf(body: unknown): string {
  if (Array.isArray(body)) return QUEUES.impressions
  const kind = textOf(body, 'kind')
  return kind !== null && Object.hasOwn(SIGNAL_QUEUES, kind) ? SIGNAL_QUEUES[kind]! : 'unknown'
}

const SIGNAL_QUEUES: Readonly<Record<string, string>> = {
  outbox: QUEUES.outbox,
  events: QUEUES.events,
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
