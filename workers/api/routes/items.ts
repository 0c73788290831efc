import { withDeadline } from '../../../shared/base/deadline.ts'
import { Problem } from '../../../shared/base/problem.ts'
import { decode } from '../../../shared/domain/decode.ts'
import { idSchema } from '../../../shared/domain/ids.ts'
import { type ItemDetails, itemDetailsQuerySchema } from '../../../shared/domain/item_details.ts'
import type { Principal } from '../auth.ts'
import type { ApiDeps } from '../deps.ts'

/**
 * One item as a market sees it.
 * @throws Problem `not_found`, `invalid_request`; `unavailable` when the database does not answer
 */
export async function serveItem(
  id: string,
  query: URLSearchParams,
  principal: Principal,
  deps: ApiDeps,
): Promise<ItemDetails> {
  const { key: _key, ...asked } = Object.fromEntries(query)
  const { market, locale } = decode(itemDetailsQuerySchema, asked)
  const { shop } = principal
  const at = market ?? shop.market
  const own = shop.markets.find((one) => one.market === at)
  const details = await withDeadline(
    'item',
    deps.shelf.deadlines.total,
    deps.items.read(shop.shop, decode(idSchema, id), at, locale ?? own?.locale ?? shop.locale, deps.clock.now()),
  ).catch((error: unknown) => {
    deps.log.error('item_unread', error, { shop: shop.shop })
    throw new Problem('unavailable', { retryAfterSeconds: 2 })
  })
  if (details === null) throw new Problem('not_found', { detail: `This shop shows no such item in ${at}` })
  return details
}
