import { decode } from '../../../shared/domain/decode.ts'
import { type Explanation, explainRequestSchema } from '../../../shared/domain/explanation.ts'
import { explain } from '../../../shared/recommend.ts'
import type { Principal } from '../auth.ts'
import type { Defer } from '../context.ts'
import type { ApiDeps } from '../deps.ts'
import { resolve } from './recommendations.ts'

/**
 * Why an item stands where it does on a shelf, or why it does not. No impression is recorded and nothing is cached.
 * @throws Problem `invalid_request`, `invalid_cursor`, `unknown_placement`, `forbidden`, `unavailable`
 */
export async function serveExplanation(
  body: unknown,
  principal: Principal,
  deps: ApiDeps,
  defer: Defer,
): Promise<Explanation> {
  const { item_id: id, instead_of: insteadOf = null, ...shelf } = decode(explainRequestSchema, body)
  const question = { id, insteadOf, isTold: principal.kind === 'sk' }
  const parts = { shelf: { ...deps.shelf, defer }, standings: deps.standings }
  return explain(await resolve(shelf, principal, deps), question, parts)
}
