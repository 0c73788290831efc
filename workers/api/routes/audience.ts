import { withDeadline } from '../../../shared/base/deadline.ts'
import { Problem } from '../../../shared/base/problem.ts'
import type { Audience } from '../../../shared/domain/audience.ts'
import { decode } from '../../../shared/domain/decode.ts'
import { idSchema } from '../../../shared/domain/ids.ts'
import { audienceOf } from '../../../shared/recommend/audience.ts'
import type { Principal } from '../auth.ts'
import type { ApiDeps } from '../deps.ts'

/**
 * Who would want an item. What a shop's shoppers like is its own knowledge: only its servers may ask.
 * @throws Problem `forbidden`, `not_found`; `unavailable` when the database does not answer
 */
export async function serveAudience(id: string, { kind, shop }: Principal, deps: ApiDeps): Promise<Audience> {
  if (kind !== 'sk') throw new Problem('forbidden', { detail: 'Audiences are told to secret keys (sk_) alone' })
  const item = decode(idSchema, id)
  const told = await withDeadline(
    'audience',
    deps.shelf.deadlines.total,
    audienceOf(shop.shop, item, deps.audience),
  ).catch((error: unknown) => {
    deps.log.error('audience_unread', error, { shop: shop.shop })
    throw new Problem('unavailable', { retryAfterSeconds: 2 })
  })
  if (told === null) throw new Problem('not_found', { detail: 'This shop has no such item' })
  return told
}
