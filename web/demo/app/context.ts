import { createContext, useContext } from 'hono/jsx/dom'
import type { ShopEvent } from '../../../shared/domain/event.ts'
import type { Client } from '../../client/client.ts'
import type { Say } from '../words/words.ts'
import type { CartLine } from './cart.ts'
import type { Sold } from './catalogue.ts'
import type { DemoMarket, DemoShop } from './config.ts'
import type { Shopper } from './shopper.ts'

/** An event before the page fills in who, where and when. */
export type Deed = ShopEvent extends infer E
  ? E extends ShopEvent
    ? Omit<E, 'market' | 'user_id' | 'anonymous_id' | 'session_id'>
    : never
  : never

/** Everything that a part of a shop's page needs. */
export interface ShopView {
  shop: DemoShop
  market: DemoMarket
  say: Say
  /** What this market sells, in the catalogue's order. */
  sold: readonly Sold[]
  byId: ReadonlyMap<string, Sold>
  client: Client
  shopper: Shopper
  cart: readonly CartLine[]
  setCart(lines: CartLine[]): void
  track(deeds: readonly Deed[]): void
  price(amount: number): string
}

const ShopContext = createContext<ShopView | null>(null)
export const ShopProvider = ShopContext.Provider

export function useShop(): ShopView {
  const view = useContext(ShopContext)
  if (!view) throw new Error('outside of a shop')
  return view
}
