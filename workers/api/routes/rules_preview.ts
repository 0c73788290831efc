import { Problem } from '../../../shared/base/problem.ts'
import { decodeRules } from '../../../shared/domain/rule.ts'
import { type RulesPreview, rulesPreviewBodySchema } from '../../../shared/domain/rule_answers.ts'
import { previewRules } from '../../../shared/recommend.ts'
import type { Principal } from '../auth.ts'
import type { Defer } from '../context.ts'
import type { ApiDeps } from '../deps.ts'
import { resolve } from './recommendations.ts'

/**
 * A draft of rules, tried on one shelf. No impression is recorded and nothing is cached.
 * @throws Problem `forbidden`, `invalid_request`, `unknown_placement`, `invalid_cursor`, `unavailable`
 */
export async function serveRulesPreview(
  shop: string,
  body: unknown,
  principal: Principal,
  deps: ApiDeps,
  defer: Defer,
): Promise<RulesPreview> {
  if (principal.kind !== 'sk') throw new Problem('forbidden', { detail: 'This needs a secret key (sk_)' })
  if (principal.shop.shop !== shop) throw new Problem('forbidden', { detail: "This key is another shop's" })
  const { rules, request } = decodeRules(rulesPreviewBodySchema, body)
  // What is active now, and not what this isolate knew half a minute ago.
  const config = (await deps.configs.again(shop)) ?? principal.shop
  return previewRules(await resolve(request, { ...principal, shop: config }, deps), rules, { ...deps.shelf, defer })
}
