import type { DeliveryStore } from '../store/catalogue/deliveries_store.ts'
import type { DeadLetterStore, Letter } from '../store/operations/dead_letters.ts'
import type { Signals } from './webhooks/apply.ts'
import { type Receipt, type ReceiveDeps, receiveDelivery } from './webhooks/receive.ts'
import { type Fetch, type Refund, waitingFetch, waitingRefund } from './webhooks/refunds.ts'
import type { SourceMemory } from './webhooks/source_memory.ts'

export interface ReplayDeps extends Omit<ReceiveDeps, 'deliveries' | 'letters'> {
  deliveries: Pick<DeliveryStore, 'outcomeOf' | 'wake' | 'owe'>
  letters: Pick<DeadLetterStore, 'put' | 'settle' | 'remove' | 'failed'>
  sources: Pick<SourceMemory, 'again'>
  /** Queues that can be sent to, by name. */
  queues: Readonly<Record<string, (body: unknown) => Promise<void>>>
}

export type Replayed =
  /** It was taken; the letter is gone. */
  | { kind: 'done'; receipt: Receipt | null; signals: Signals }
  /** It failed again; the letter stays and tells of it. */
  | { kind: 'kept'; code: string; detail: string }
  /** Nothing can take it. */
  | { kind: 'impossible'; detail: string }

const QUIET: Signals = { outbox: false, events: false, inbox: false }

/** Sends a dead letter again: what was fixed since, in the source's configuration or in the product, counts now. */
export async function replayLetter(letter: Letter, deps: ReplayDeps, nowMs: number): Promise<Replayed> {
  switch (letter.kind) {
    case 'delivery':
      return replayDelivery(letter, deps, nowMs)
    case 'effect':
      return replayEffect(letter, deps, nowMs)
    case 'message':
      return replayMessage(letter, deps)
    case 'notice':
      return { kind: 'impossible', detail: 'A notice waits for a person; drop it when that is done' }
  }
}

const WEBHOOK = 'webhook:'
const QUEUE = 'queue:'

async function replayDelivery(letter: Letter, deps: ReplayDeps, nowMs: number): Promise<Replayed> {
  const live = await deps.sources.again(letter.shop, letter.origin.slice(WEBHOOK.length))
  if (live === null) return keep(letter, 'source_removed', 'its source is no longer configured', deps, nowMs)
  // Dated as when it came: what was written since must not be overwritten by what is older.
  const delivery = { headers: new Headers(letter.headers), bytes: letter.body, receivedAtMs: letter.createdAtMs }
  const receipt = await receiveDelivery(delivery, live.context, deps, nowMs, true)
  if (receipt.letters.includes(letter.ref)) {
    const [error] = receipt.errors
    return {
      kind: 'kept',
      code: 'rejected',
      detail: error === undefined ? '' : `${error.pointer} ${error.detail}`.trim(),
    }
  }
  await deps.letters.remove(letter.seq, letter.shop)
  return { kind: 'done', receipt, signals: receipt.signals }
}

async function replayEffect(letter: Letter, deps: ReplayDeps, nowMs: number): Promise<Replayed> {
  const source = letter.origin.slice(WEBHOOK.length)
  const effect = JSON.parse(new TextDecoder().decode(letter.body)) as Refund | Fetch
  const waiting = effect.kind === 'refund' ? waitingRefund(source, effect, nowMs) : waitingFetch(source, effect, nowMs)
  await deps.deliveries.owe(letter.shop, [{ ...waiting, dueAtMs: nowMs }])
  // It may have failed again already: then the letter is all that is left of it.
  await deps.letters.remove(letter.seq, letter.shop, letter.attempts)
  return { kind: 'done', receipt: null, signals: { ...QUIET, inbox: true } }
}

async function replayMessage(letter: Letter, deps: ReplayDeps): Promise<Replayed> {
  const name = letter.origin.slice(QUEUE.length)
  const send = Object.hasOwn(deps.queues, name) ? deps.queues[name] : undefined
  if (send === undefined) return { kind: 'impossible', detail: `Nobody sends to the queue ${name} from here` }
  let body: unknown
  try {
    body = JSON.parse(new TextDecoder().decode(letter.body))
  } catch {
    return { kind: 'impossible', detail: 'The message was not kept whole' }
  }
  await send(body)
  await deps.letters.remove(letter.seq, letter.shop)
  return { kind: 'done', receipt: null, signals: QUIET }
}

async function keep(letter: Letter, code: string, detail: string, deps: ReplayDeps, nowMs: number): Promise<Replayed> {
  await deps.letters.failed(letter.seq, code, detail, nowMs)
  return { kind: 'kept', code, detail }
}
