import { Problem } from '../../shared/base/problem.ts'
import { ANY_MARKET } from '../../shared/domain/ids.ts'
import type { ShopConfig } from '../../shared/domain/shop.ts'

/**
 * Items whose only offer is for a market that the shop does not have are sold nowhere: a slip of the pen must not take a
 * catalogue from sale.
 * @throws Problem `invalid_request`
 */
export function requireMarket(shop: ShopConfig, market: string | undefined, pointer: string): void {
  if (market === undefined || market === ANY_MARKET || shop.markets.some((own) => own.market === market)) return
  const names = shop.markets.map((own) => own.market)
  const some = names.length > 10 ? `${names.slice(0, 10).join(', ')} and ${names.length - 10} more` : names.join(', ')
  throw new Problem('invalid_request', { errors: [{ pointer, detail: `the shop has the markets ${some}` }] })
}
