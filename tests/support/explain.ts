/** Asking for an explanation as the route does, of an isolate. */
import type { Explanation } from '../../shared/domain/explanation.ts'
import type { ShopConfig } from '../../shared/domain/shop.ts'
import { createItemStandings } from '../../shared/store/catalogue/item_standing.ts'
import type { ApiDeps } from '../../workers/api/deps.ts'
import { serveExplanation } from '../../workers/api/routes/explain.ts'
import { type Location, type ShelfParts, SIGNING_SECRET } from './world.ts'

export async function explainTo(
  location: Location,
  parts: ShelfParts,
  config: ShopConfig,
  body: unknown,
  kind: 'pk' | 'sk' = 'sk',
): Promise<Explanation> {
  const deps = {
    ...{ clock: parts.clock, log: parts.log, shelf: parts, signingSecret: SIGNING_SECRET },
    standings: createItemStandings(location.catalogue),
  } as unknown as ApiDeps
  return serveExplanation(body, { shop: config, kind, hash: 'hash' }, deps, () => {})
}
