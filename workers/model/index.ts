import { WorkerEntrypoint } from 'cloudflare:workers'
import { systemClock } from '../../shared/base/clock.ts'
import { createLru } from '../../shared/base/lru.ts'
import type { CallRecord } from '../../shared/domain/call_record.ts'
import { REFUSED_MAX, REFUSED_TTL_MS, type TellRequest, type Told } from '../../shared/explain/tell_reasons.ts'
import type { CallAgain } from '../../shared/model/calls_rpc.ts'
import type { BatchState, CompleterInfo, CompletionCall, CompletionResult } from '../../shared/model/completer_rpc.ts'
import type { EmbedAnswer, EmbedderChoice, TextField } from '../../shared/model/embedder_rpc.ts'
import type { ModelRpc } from '../../shared/model/model_rpc.ts'
import type { ScoreCall, ScoreResult } from '../../shared/model/scorer_rpc.ts'
import { consoleLog } from '../../shared/observe/log.ts'
import { createMaker } from '../../shared/recommend/llm/create_maker.ts'
import type { MakerRpc } from '../../shared/recommend/llm/maker.ts'
import type { MadeOrder } from '../../shared/rerank/make_order.ts'
import { createCallRecords } from '../../shared/store/call_records.ts'
import { createEmbedderStore } from '../../shared/store/embedders.ts'
import { createQueryVectorCache } from '../../shared/store/query_vectors.ts'
import { createReasonStore } from '../../shared/store/reasons.ts'
import { decodeConfig } from './config.ts'
import { createModelDeps, type ModelDeps } from './deps.ts'
import { createEmbedder, type DoorEmbedder, decodeChoices } from './embedder.ts'
import type { Env } from './env.ts'
import { createReplay } from './replay.ts'

/** Embedders in memory are worth keeping from one call to the next; they are immutable and bounded in number. */
let held: { env: Env; embedder: DoorEmbedder } | null = null

function embedderOf(env: Env): DoorEmbedder {
  if (held === null || held.env !== env) {
    const config = decodeConfig(env)
    const embedder = createEmbedder({
      config,
      choices: decodeChoices(env, config),
      artefacts: createEmbedderStore(env.CACHE),
      queries: createQueryVectorCache(env.CACHE),
      clock: systemClock,
      log: consoleLog('model'),
    })
    held = { env, embedder }
  }
  return held.embedder
}

/** Clients and breakers too: a breaker that forgot with every call would never open. */
let made: { env: Env; deps: Promise<ModelDeps> } | null = null

function completerOf(env: Env) {
  if (made === null || made.env !== env) made = { env, deps: createModelDeps(env) }
  return made.deps.then((deps) => deps.completer)
}

const replayOf = async (env: Env) =>
  createReplay({
    records: createCallRecords(env.ARCHIVE),
    completer: await completerOf(env),
    now: () => systemClock.now(),
    unique: () => crypto.randomUUID(),
  })

/** Reasons that were refused lately are remembered from one call to the next. */
const refused = createLru<true>(REFUSED_MAX, REFUSED_TTL_MS)

/** Makes what shelves ask for through the door itself, so that a call of its own is a call like any other. */
const makerOf = (door: Pick<ModelRpc, 'completer' | 'complete'>, env: Env): MakerRpc =>
  createMaker({
    completer: { completer: () => door.completer(), complete: (call, deadlineMs) => door.complete(call, deadlineMs) },
    reasons: createReasonStore(env.CACHE),
    refused,
    clock: systemClock,
    log: consoleLog('model'),
  })

/** The one door to a provider; RPC only. */
export class Model extends WorkerEntrypoint<Env> implements ModelRpc, MakerRpc {
  embedder(shop: string): Promise<EmbedderChoice> {
    return embedderOf(this.env).embedder(shop)
  }

  embedItems(shop: string, version: string, items: readonly TextField[][]): Promise<EmbedAnswer> {
    return embedderOf(this.env).embedItems(shop, version, items)
  }

  embedQuery(shop: string, version: string, text: string): Promise<Float32Array | null> {
    return embedderOf(this.env).embedQuery(shop, version, text, (work) => this.ctx.waitUntil(work))
  }

  async completer(): Promise<CompleterInfo | null> {
    return (await completerOf(this.env)).completer()
  }

  async complete(call: CompletionCall, deadlineMs: number): Promise<CompletionResult> {
    return (await completerOf(this.env)).complete(call, deadlineMs, (work) => this.ctx.waitUntil(work))
  }

  async makeOrder(...asked: Parameters<MakerRpc['makeOrder']>): Promise<MadeOrder> {
    return makerOf(this, this.env).makeOrder(...asked)
  }

  async tellReasons(request: TellRequest): Promise<Told> {
    return makerOf(this, this.env).tellReasons(request)
  }

  async score(call: ScoreCall, letters: readonly string[], deadlineMs: number): Promise<ScoreResult> {
    return (await completerOf(this.env)).score(call, letters, deadlineMs, (work) => this.ctx.waitUntil(work))
  }

  async call(shop: string, key: string): Promise<CallRecord | null> {
    return (await replayOf(this.env)).call(shop, key)
  }

  async callAgain(shop: string, key: string, deadlineMs: number): Promise<CallAgain | null> {
    return (await replayOf(this.env)).callAgain(shop, key, deadlineMs)
  }

  async submitBatch(shop: string, calls: readonly CompletionCall[]): Promise<string | null> {
    return (await completerOf(this.env)).submitBatch(shop, calls)
  }

  async batch(shop: string, name: string): Promise<BatchState> {
    return (await completerOf(this.env)).batch(shop, name)
  }
}

export default { fetch: () => new Response(null, { status: 404 }) }
