import type { MessageBatch } from '@cloudflare/workers-types'
import { hash64 } from '../../shared/base/hash.ts'
import { runFold, runOutbox } from '../../shared/enrich/run.ts'
import { dayOf } from '../../shared/store/keys.ts'
import type { WorkerDeps } from './deps.ts'

/** The queues that this worker consumes, as the toml names them. */
export const QUEUES = {
  outbox: 'shelfwise-outbox',
  events: 'shelfwise-events',
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
    case QUEUES.impressions:
      await archiveImpressions(batch, deps)
      return
    case QUEUES.dead:
      await deps.deadLetters.add(
        batch.messages.map((message) => ({
          queue: batch.queue,
          body: JSON.stringify(message.body).slice(0, 100_000),
          error: 'retries exhausted',
        })),
        deps.clock.now(),
      )
      return
    default:
      throw new Error(`Unexpected queue: ${batch.queue}`)
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
