import type { ContextItem } from '../../domain/card.ts'
import type { EvidenceBundle, ReasonPack } from '../../domain/told_reason.ts'
import { type BundleContext, evidenceBundle } from '../../explain/evidence_bundle.ts'
import type { Reason, ReasonContext } from '../../explain/reason.ts'
import { toldReason } from '../../explain/told_reason.ts'
import type { Interests } from '../../rank/interests.ts'
import type { PastItem } from '../../recall/anchors.ts'
import type { Ranked } from '../compose.ts'
import type { ShelfDeps } from '../deps.ts'
import type { ShelfRequest } from '../request.ts'
import type { AppliedRules } from '../request_rules.ts'
import type { LlmPlan } from './contexts.ts'
import type { LlmDeps } from './deps.ts'

/** Told reasons of a shelf, by item; an item without one has its template. */
export type ToldReasons = ReadonlyMap<string, Reason>

/** What the reasons of a shelf may speak of. */
export function bundlesOf(
  shown: readonly Ranked[],
  about: ReasonContext,
  past: readonly PastItem[],
  interests: Interests | null,
  rules: AppliedRules,
): EvidenceBundle[] {
  const own = ownItems(past, about.context)
  return shown.map((one) => {
    const context: BundleContext = { ...about, own, interests, rules: rules.effects.get(one.card.id) ?? [] }
    return evidenceBundle(one, one.card, context)
  })
}

function ownItems(
  past: readonly PastItem[],
  known: ReadonlyMap<string, ContextItem>,
): Map<string, 'purchase' | 'view'> {
  const own = new Map<string, 'purchase' | 'view'>()
  for (const { id, type } of past) {
    if (!known.has(id)) continue
    if (type === 'purchase') own.set(id, 'purchase')
    else if ((type === 'view' || type === 'click') && !own.has(id)) own.set(id, 'view')
  }
  return own
}

/** The kept reasons that are still true of this shelf. */
export function toldOf(bundles: readonly EvidenceBundle[], pack: ReasonPack, locale: string): ToldReasons {
  const told = new Map<string, Reason>()
  for (const bundle of bundles) {
    const reason = toldReason(bundle, pack, locale)
    if (reason !== null) told.set(bundle.item.id, reason)
  }
  return told
}

/** A shelf of which so many items have told reasons is left as it is. */
const TOLD_ENOUGH = 0.5

/** Has the missing reasons told, behind the answer: of a context that is shown often enough, within the same allowance as orders. */
export function tellBehind(
  request: ShelfRequest,
  plan: LlmPlan,
  { shown, bundles }: { shown: number; bundles(): readonly EvidenceBundle[] },
  told: ToldReasons,
  deps: ShelfDeps & { llm: LlmDeps },
): void {
  const { llm } = deps
  if (told.size >= shown * TOLD_ENOUGH) return
  // Everybody's shelf when nothing is known of the shopper, else the shopper's own: only there its facts are all true.
  const { context, place } = plan.contexts[0]!
  const { shop } = request.shop
  const name = `reasons ${place.digest}`
  llm.allowance.wanted(name)
  if (llm.allowance.withheld(shop, name, context.audience.kind) !== null) return
  const own = bundles()
  if (!own.some(({ item, facts }) => facts.length > 0 && !told.has(item.id))) return
  llm.allowance.begin(shop, name, context.audience.kind)
  deps.defer('reasons', async () => {
    try {
      const made = await llm.maker.tellReasons({ shop, locale: request.locale, bundles: own, context: place.key })
      llm.allowance.end(name, made.reasons.size > 0 ? null : 'useless')
      llm.memory.packs.delete(place.key)
    } catch (error) {
      llm.allowance.end(name, 'internal')
      throw error
    }
  })
}
