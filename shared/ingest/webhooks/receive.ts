import { sha256 } from '../../base/hash.ts'
import type { FieldError } from '../../base/problem.ts'
import type { SourceContext } from '../../domain/webhook_source.ts'
import type { Log } from '../../observe/log.ts'
import type { DeliveryCounts, DeliveryOutcome, DeliveryRow } from '../../store/catalogue/deliveries.ts'
import type { DeliveryStore } from '../../store/catalogue/deliveries_store.ts'
import type { DeadLetterStore } from '../../store/operations/dead_letters.ts'
import { type ApplyDeps, commitEffects, prepareEffects, type Signals } from './apply.ts'
import type { Reading, VerifiedDelivery } from './effects.ts'
import { keptHeaders } from './kept_headers.ts'

/** What a delivery is read with; the adapters' one door. */
export type ReadDelivery = (delivery: VerifiedDelivery, context: SourceContext) => Reading

export interface ReceiveDeps extends ApplyDeps {
  deliveries: Pick<DeliveryStore, 'outcomeOf' | 'wake'>
  letters: Pick<DeadLetterStore, 'put' | 'settle'>
  read: ReadDelivery
  log: Log
}

/** What became of a delivery. */
export interface Receipt {
  outcome: DeliveryOutcome | 'duplicate'
  id: string
  topic: string
  counts: DeliveryCounts
  warnings: readonly string[]
  /** Why there was nothing to do. */
  ignored: string | null
  errors: readonly FieldError[]
  /** Refs of the letters that this call wrote among the dead ones. */
  letters: readonly string[]
  /** Who has work now. */
  signals: Signals
}

/** Ids and topics are the sender's text; longer ones travel hashed. */
const ID_CHARS = 200
const TOPIC_CHARS = 200
const ERRORS_KEPT = 20
const QUIET: Signals = { outbox: false, events: false, inbox: false }

/**
 * Takes a verified delivery: whatever its content is, it ends committed, known or among the dead letters, and then is
 * acknowledged. Order of commits: what is idempotent by itself (orders, events, requests to forget), then the letter,
 * then in one transaction the last items, what is still owed, and the memory of the delivery. A crash anywhere before
 * that leaves a delivery that is not known, which the sender repeats without a second effect.
 * @param again reads a delivery that is known already: a dead letter that is sent again
 * @throws what the databases throw: nothing was acknowledged
 */
export async function receiveDelivery(
  delivery: VerifiedDelivery,
  context: SourceContext,
  deps: ReceiveDeps,
  nowMs: number,
  again = false,
): Promise<Receipt> {
  const reading = await readSafely(delivery, context, deps)
  const { shop, source } = context
  const [id, topic] = [reading.id, reading.topic]
  const before = await deps.deliveries.outcomeOf(shop, source, id)
  // What was not taken whole may be sent again once its reason is mended: every effect may be repeated.
  const isOpen = before === 'dead_letter' || before === 'partial'
  if (!again && before !== null && !isOpen)
    return { ...receiptOf('duplicate', id, topic), warnings: reading.ok ? reading.warnings : [] }
  const row = (outcome: DeliveryOutcome, counts: DeliveryCounts): DeliveryRow => ({
    ...{ source, id, topic, outcome, counts },
    receivedAtMs: delivery.receivedAtMs,
  })
  const finish = (outcome: DeliveryOutcome) =>
    deps.items.apply(shop, [], nowMs, {
      ...{ source, inventory: [], levels: [], waiting: [] },
      delivery: row(outcome, {}),
    })
  if (!reading.ok) {
    await putLetter('delivery', id, 'unreadable', reading.errors, delivery, context, topic, deps, nowMs)
    await finish('dead_letter')
    return { ...receiptOf('dead_letter', id, topic), errors: reading.errors, letters: [id] }
  }
  if ('ignored' in reading) {
    await finish('ignored')
    return { ...receiptOf('ignored', id, topic), ignored: reading.ignored, warnings: reading.warnings }
  }
  try {
    const receipt = await apply(reading, delivery, context, row, deps, nowMs)
    if (isOpen && receipt.letters.length === 0) await deps.letters.settle(`webhook:${source}`, shop, id)
    return receipt
  } catch (error) {
    if (!isPermanent(error)) throw error
    deps.log.error('webhook_unstorable', error, { shop, source, id })
    const errors = [{ pointer: '', detail: 'what it asks for cannot be stored' }]
    await putLetter('delivery', id, 'unstorable', errors, delivery, context, topic, deps, nowMs)
    await finish('dead_letter')
    return { ...receiptOf('dead_letter', id, topic), errors, letters: [id] }
  }
}

async function apply(
  reading: Extract<Reading, { ok: true }>,
  delivery: VerifiedDelivery,
  context: SourceContext,
  row: (outcome: DeliveryOutcome, counts: DeliveryCounts) => DeliveryRow,
  deps: ReceiveDeps,
  nowMs: number,
): Promise<Receipt> {
  const { id, topic, warnings } = reading
  const prepared = await prepareEffects(reading.effects, context, id, deps, nowMs)
  const { notices, counts, signals } = prepared
  const problems = [...('problems' in reading ? (reading.problems ?? []) : []), ...prepared.problems]
  const letters: string[] = []
  if (problems.length > 0) {
    await putLetter('delivery', id, 'rejected', problems, delivery, context, topic, deps, nowMs)
    letters.push(id)
  }
  if (notices.length > 0) {
    const errors = notices.map((detail) => ({ pointer: '', detail }))
    await putLetter('notice', `notice:${id}`, 'notice', errors, delivery, context, topic, deps, nowMs)
    letters.push(`notice:${id}`)
  }
  const outcome = outcomeOf(problems.length, prepared.applied, prepared.waiting.length)
  await commitEffects(prepared, context, row(outcome, counts), deps, nowMs)
  if (prepared.orders.length > 0) await deps.deliveries.wake(context.shop, context.source, prepared.orders, nowMs)
  return { ...receiptOf(outcome, id, topic), counts, warnings, errors: problems, letters, signals }
}

/**
 * Whether trying again would fail again: the database refuses the value itself, or it is our own mistake. The sender
 * must not be made to repeat that for two days and then be switched off by its platform.
 */
function isPermanent(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError) return true
  return error instanceof Error && /TOOBIG|too big|SQLITE_CONSTRAINT/i.test(error.message)
}

const receiptOf = (outcome: Receipt['outcome'], id: string, topic: string): Receipt => ({
  ...{ outcome, id, topic, counts: {}, warnings: [], ignored: null, errors: [], letters: [] },
  signals: QUIET,
})

function outcomeOf(problems: number, applied: number, waiting: number): DeliveryOutcome {
  if (problems > 0) return applied + waiting > 0 ? 'partial' : 'dead_letter'
  return applied === 0 && waiting > 0 ? 'waiting' : 'applied'
}

/** A reader that fails on some content is our fault, and still no reason for the sender to try for two days. */
async function readSafely(delivery: VerifiedDelivery, context: SourceContext, deps: ReceiveDeps): Promise<Reading> {
  let reading: Reading
  try {
    reading = deps.read(delivery, context)
  } catch (error) {
    deps.log.error('webhook_reader_failed', error, { shop: context.shop, source: context.source })
    const id = `sha256:${await sha256(new TextDecoder('latin1').decode(delivery.bytes))}`
    return { ok: false, id, topic: '', errors: [{ pointer: '', detail: 'the body could not be read' }] }
  }
  const id = reading.id.length <= ID_CHARS ? reading.id : `sha256:${await sha256(reading.id)}`
  return { ...reading, id, topic: reading.topic.slice(0, TOPIC_CHARS) }
}

async function putLetter(
  kind: 'delivery' | 'notice',
  ref: string,
  code: string,
  errors: readonly FieldError[],
  delivery: VerifiedDelivery,
  context: SourceContext,
  topic: string,
  deps: ReceiveDeps,
  nowMs: number,
): Promise<void> {
  const told = errors
    .slice(0, ERRORS_KEPT)
    .map(({ pointer, detail }) => (pointer === '' ? detail : `${pointer}: ${detail}`))
  await deps.letters.put(
    {
      ...{ kind, ref, code, topic, shop: context.shop, origin: `webhook:${context.source}` },
      detail: told.join('\n'),
      headers: keptHeaders(delivery.headers, context.mapping),
      body: delivery.bytes as Uint8Array<ArrayBuffer>,
    },
    nowMs,
  )
}
