import type { Signals } from '../../shared/ingest/webhooks/apply.ts'
import type { IngestDeps } from './deps.ts'

/** Wakes whoever has work now. A lost signal costs a minute: cron finds the work again. */
export function signal(
  shop: string,
  signals: Signals,
  deps: Pick<IngestDeps, 'signalOutbox' | 'signalEvents' | 'signalInbox'>,
  defer: (work: Promise<unknown>) => void,
): void {
  if (signals.outbox) defer(deps.signalOutbox(shop))
  if (signals.events) defer(deps.signalEvents(shop))
  if (signals.inbox) defer(deps.signalInbox(shop))
}
