import type { Lru } from '../../base/lru.ts'
import type { ReasonPack } from '../../domain/told_reason.ts'
import type { CompleterInfo } from '../../model/completer_rpc.ts'
import type { Allowance } from '../../rerank/allowance.ts'
import type { HeldTastes } from '../../rerank/held_tastes.ts'
import type { OrderPool } from '../../rerank/order_pool.ts'
import type { ProfileStore } from '../../store/live/profiles.ts'
import type { LlmOrders } from '../../store/llm_orders.ts'
import type { ReasonStore } from '../../store/reasons.ts'
import type { MakerRpc } from './maker.ts'

/** Which language model answers, as an isolate holds it; null where none is configured. */
export interface HeldMaker {
  info: CompleterInfo | null
  readAtMs: number
}

/** What shelves need of the language model's half; nothing here is waited for unless a request asks for it. */
export interface LlmDeps {
  maker: MakerRpc
  orders: LlmOrders
  reasons: Pick<ReasonStore, 'pack'>
  /** What a shopper's past comes to: read when an order is made, never when one is served. */
  profiles: Pick<ProfileStore, 'get'>
  allowance: Allowance
  memory: {
    maker: HeldMaker | null
    tastes: Lru<HeldTastes>
    pool: OrderPool
    /** Packs of reasons by their key; null: there was none. */
    packs: Lru<ReasonPack | null>
  }
}
