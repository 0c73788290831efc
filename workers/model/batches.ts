import { toFile } from 'openai/uploads'
import { chunk } from '../../shared/base/batch.ts'
import { HOUR_MS, MINUTE_MS } from '../../shared/base/clock.ts'
import type { BatchState, CompletionCall, CompletionResult } from '../../shared/model/completer_rpc.ts'
import type { ModelBatch } from '../../shared/store/operations/model_batches.ts'
import { CALLS_PER_RESERVATION } from '../../shared/store/operations/model_calls.ts'
import { type BatchLines, readBatchFiles } from './batch_files.ts'
import { chatBody, maxMicro } from './chat.ts'
import { type CompleterDeps, modelName, refusal, toResult } from './completer_parts.ts'
import { failureOf } from './openai_client.ts'

/** Calls of one batch: all of their answers fit into one RPC message (32 MiB) and into memory. */
export const BATCH_CALLS_MAX = 2_000
/** One request of a batch's life: an upload of a few megabytes. */
const REQUEST_MS = MINUTE_MS
/** A batch that nobody can find by then was never made known to us: its calls are in doubt. */
const LOST_AFTER_MS = HOUR_MS
/** Batches of ours among the provider's newest. */
const LISTED = 100

/**
 * Hands calls over together; those without a budget, or begun before, stay out.
 * @returns the provider's name of the batch; null when none was made
 */
export async function submitBatch(
  shop: string,
  calls: readonly CompletionCall[],
  deps: CompleterDeps,
): Promise<string | null> {
  if (!deps.chat.batch || !deps.breaker.allows()) return null
  const batch = deps.unique()
  // Written first: whatever dies from here on, the reservations name a batch that can be asked for.
  await deps.batches.begin({ batch, shop, provider: deps.provider }, deps.clock.now())
  const taken = await reserveAll(calls.slice(0, BATCH_CALLS_MAX), batch, deps)
  if (taken.length === 0) {
    await deps.batches.ended(batch, 'failed', deps.clock.now())
    return null
  }
  let name: string
  try {
    name = await handOver(batch, taken, deps)
  } catch (error) {
    return notHandedOver(batch, taken, error, deps)
  }
  await deps.batches.running(batch, name, taken.length)
  deps.log.info('batch_submitted', { shop, batch, calls: taken.length })
  return name
}

async function reserveAll(
  calls: readonly CompletionCall[],
  batch: string,
  deps: CompleterDeps,
): Promise<CompletionCall[]> {
  const taken: CompletionCall[] = []
  for (const part of chunk(calls, CALLS_PER_RESERVATION)) {
    const wanted = part.map((call) => ({
      key: call.key,
      shop: call.shop,
      purpose: call.purpose,
      model: modelName(deps),
      maxMicro: maxMicro(call, deps.chat, deps.chat.batch_price_factor),
    }))
    const reserved = await deps.calls.reserve(wanted, batch, batch, deps.dailyMicro, deps.clock.now())
    taken.push(...part.filter((call) => reserved.get(call.key)?.state === 'granted'))
    if ([...reserved.values()].some((one) => one.state === 'budget')) break
  }
  return taken
}

async function handOver(batch: string, calls: readonly CompletionCall[], deps: CompleterDeps): Promise<string> {
  const lines = calls.map((call) =>
    JSON.stringify({
      custom_id: call.key,
      method: 'POST',
      url: '/v1/chat/completions',
      body: chatBody(call, deps.chat),
    }),
  )
  const options = () => ({ signal: AbortSignal.timeout(REQUEST_MS) })
  const content = await toFile(new TextEncoder().encode(`${lines.join('\n')}\n`), `${batch}.jsonl`, {
    type: 'application/jsonl',
  })
  const file = await deps.client.files.create({ file: content, purpose: 'batch' }, options())
  const made = await deps.client.batches.create(
    {
      input_file_id: file.id,
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
      metadata: { shelfwise_batch: batch },
    },
    options(),
  )
  return made.id
}

/** A refusal frees the money; where the end is unknown the batch stays open, and polling finds it or gives it up. */
async function notHandedOver(
  batch: string,
  calls: readonly CompletionCall[],
  error: unknown,
  deps: CompleterDeps,
): Promise<null> {
  deps.log.error('batch_not_submitted', error, { batch, calls: calls.length })
  const failure = failureOf(error)
  if (failure.kind !== 'not_taken') return null
  if (failure.busy) deps.breaker.failed()
  await releaseAll(
    calls.map((call) => call.key),
    batch,
    deps,
  )
  await deps.batches.ended(batch, 'failed', deps.clock.now())
  return null
}

async function releaseAll(keys: readonly string[], batch: string, deps: CompleterDeps): Promise<void> {
  for (const part of chunk(keys, CALLS_PER_RESERVATION)) await deps.calls.release(part, batch)
}

/** Asks how a batch stands, and settles what it answered. May be asked again at any time. */
export async function pollBatch(shop: string, name: string, deps: CompleterDeps): Promise<BatchState> {
  const known = await deps.batches.byName(shop, name)
  if (known === null) return { state: 'ended', results: [] }
  if (known.state === 'ended' || known.state === 'failed') return ended(known, deps)
  const remote = await remoteBatch(known, deps)
  if (remote === null) return { state: 'running', done: known.done, total: known.calls }
  if (remote === 'lost') return lost(known, deps)
  if (!ENDED.has(remote.status)) {
    const counts = remote.request_counts
    const done = (counts?.completed ?? 0) + (counts?.failed ?? 0)
    await deps.batches.progressed(known.batch, done)
    const total = known.calls > 0 ? known.calls : (await deps.calls.ofBatch(known.batch)).size
    return { state: 'running', done, total }
  }
  const pending = await deps.calls.ofBatch(known.batch)
  const lines = await linesOf(known, remote, pending, deps)
  // Not now, or never: either way no other work of the shop waits for it.
  if (lines === null) return { state: 'running', done: known.calls, total: known.calls }
  if (lines === 'lost') return lost(known, deps)
  await deps.calls.settle(lines.answered, known.batch, deps.clock.now())
  // What has no line was not done: the window closed before it, or the batch was refused as a whole.
  const answered = new Set(lines.answered.map(([key]) => key))
  const open = [...pending].filter(([key, call]) => call.answer === null && !answered.has(key)).map(([key]) => key)
  await releaseAll(open, known.batch, deps)
  await deps.batches.ended(known.batch, 'ended', deps.clock.now())
  const results = await ended(known, deps)
  const failed = open.map((key) => refusal(key, lines.final.has(key) ? 'refused' : 'unavailable'))
  return { state: 'ended', results: [...results.results, ...failed] }
}

type Pending = Awaited<ReturnType<CompleterDeps['calls']['ofBatch']>>

async function linesOf(
  known: ModelBatch,
  remote: Parameters<typeof readBatchFiles>[1],
  pending: Pending,
  deps: CompleterDeps,
): Promise<BatchLines | 'lost' | null> {
  try {
    return await readBatchFiles(deps.client, remote, deps.chat, pending, REQUEST_MS)
  } catch (error) {
    return unheard(known, error, deps)
  }
}

/** What was handed over and will never be heard of is in doubt. */
async function lost(known: ModelBatch, deps: CompleterDeps): Promise<BatchState> {
  await deps.calls.abandon(known.batch)
  await deps.batches.ended(known.batch, 'failed', deps.clock.now())
  return ended(known, deps)
}

const ENDED: ReadonlySet<string> = new Set(['completed', 'failed', 'expired', 'cancelled'])

async function ended(known: ModelBatch, deps: CompleterDeps): Promise<{ state: 'ended'; results: CompletionResult[] }> {
  const calls = await deps.calls.ofBatch(known.batch)
  const results = [...calls].flatMap(([key, { answer }]) => (answer === null ? [] : [toResult(key, answer, false)]))
  return { state: 'ended', results }
}

/** The provider's view; null where it cannot be told now. A batch without a name is looked for by our mark on it. */
async function remoteBatch(known: ModelBatch, deps: CompleterDeps) {
  const signal = AbortSignal.timeout(REQUEST_MS)
  try {
    if (known.name !== null) return await deps.client.batches.retrieve(known.name, { signal })
    const page = await deps.client.batches.list({ limit: LISTED }, { signal })
    const found = page.data.find((one) => one.metadata?.shelfwise_batch === known.batch)
    if (found !== undefined) {
      const pending = await deps.calls.ofBatch(known.batch)
      await deps.batches.running(known.batch, found.id, pending.size)
      return found
    }
  } catch (error) {
    return unheard(known, error, deps)
  }
  return deps.clock.now() - known.createdAtMs > LOST_AFTER_MS ? 'lost' : null
}

/** A provider that cannot be asked now, or one that has the batch or its files no more: it keeps them for a month. */
function unheard(known: ModelBatch, error: unknown, deps: CompleterDeps): 'lost' | null {
  deps.log.error('batch_not_polled', error, { batch: known.batch })
  const failure = failureOf(error)
  const gone = failure.kind === 'not_taken' && !failure.busy && known.name !== null
  return deps.clock.now() - known.createdAtMs > (gone ? LOST_AFTER_MS : 48 * LOST_AFTER_MS) ? 'lost' : null
}
