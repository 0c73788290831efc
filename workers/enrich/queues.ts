import type { MessageBatch } from '@cloudflare/workers-types'
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

/** A message carries several records, each one line; the object's name comes from the message, so a retry overwrites it. */
async function archiveImpressions(batch: MessageBatch<unknown>, deps: WorkerDeps): Promise<void> {
  for (const message of batch.messages) {
    const byPartition = new Map<string, { shop: string; day: string; lines: string[] }>()
    for (const record of message.body as ReadonlyArray<{ shop: string; at: number }>) {
      const day = dayOf(record.at)
      const name = `${record.shop} ${day}`
      const part = byPartition.get(name) ?? { shop: record.shop, day, lines: [] }
      part.lines.push(JSON.stringify(record))
      byPartition.set(name, part)
    }
    for (const part of byPartition.values())
      await deps.archive.putImpressions(part.shop, part.day, message.id, part.lines)
    message.ack()
  }
}
