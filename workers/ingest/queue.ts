import type { MessageBatch } from '@cloudflare/workers-types'
import { drainWaiting } from '../../shared/ingest/webhooks/waiting.ts'
import type { IngestDeps } from './deps.ts'
import { signal } from './signals.ts'

/** The queue that this worker consumes, as the toml names it. */
export const INBOX_QUEUE = 'shelfwise-inbox'

/** Handles a batch; what it throws is retried by the platform and ends among the dead letters. */
export async function consume(
  batch: Pick<MessageBatch<unknown>, 'queue'>,
  deps: IngestDeps,
  defer: (work: Promise<unknown>) => void,
): Promise<void> {
  // A second installation in an account has an ending on every name.
  if (batch.queue !== INBOX_QUEUE && !batch.queue.startsWith(`${INBOX_QUEUE}-`))
    throw new Error(`Unexpected queue: ${batch.queue}`)
  // A signal says only that there is work: whatever is due is done, whichever shop it is of.
  const { shops } = await drainWaiting(deps.webhooks)
  for (const [shop, signals] of shops) signal(shop, signals, deps, defer)
}
