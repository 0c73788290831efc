import type { KVNamespace } from '@cloudflare/workers-types'
import type { Gate } from '../../shared/domain/gate.ts'
import type { ShopConfig } from '../../shared/domain/shop.ts'
import type { CompletionCall, CompletionResult } from '../../shared/model/completer_rpc.ts'
import { createLlmDeps } from '../../shared/recommend/llm/create.ts'
import { createMaker } from '../../shared/recommend/llm/create_maker.ts'
import type { LlmDeps } from '../../shared/recommend/llm/deps.ts'
import { createLlmOrders } from '../../shared/store/llm_orders.ts'
import { createReasonStore } from '../../shared/store/reasons.ts'
import type { ShelfParts } from './world.ts'

/** A model in the place of the door. */
export interface TestModel {
  complete(call: CompletionCall): Promise<CompletionResult>
}

/** An isolate's parts with a language model: everything real but the provider. */
export function withModel(parts: ShelfParts, kv: KVNamespace, model: TestModel): ShelfParts & { llm: LlmDeps } {
  const { clock } = parts
  const completer = {
    completer: async () => ({ model: 'scripted/scripted-1', batch: false }),
    complete: model.complete,
  }
  const stores = {
    maker: createMaker({ completer, reasons: createReasonStore(kv), clock, log: parts.log }),
    orders: createLlmOrders(kv, clock),
    reasons: createReasonStore(kv),
    profiles: { get: async () => null },
  }
  return { ...parts, llm: createLlmDeps(stores, clock) }
}

/** The shop with a placement's gate as told. */
export const gated = (config: ShopConfig, placement: string, gate: Gate): ShopConfig => ({
  ...config,
  gates: { ...config.gates, [placement]: gate },
})
