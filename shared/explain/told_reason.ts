import { canonicalJson } from '../base/hash.ts'
import { type EvidenceBundle, evidenceOfFact, type Fact, type ReasonPack } from '../domain/told_reason.ts'
import type { Reason } from './reason.ts'

/**
 * The kept reason of an item, if it is still true: every fact that it cites stands in the present bundle, equal in every
 * part, effect included. What it does not cite may have changed: it says nothing of that. Null sends the shelf to the
 * template. Pure and cheap: no check of words is made again, since the same words were checked against the same facts.
 */
export function toldReason(bundle: EvidenceBundle, pack: ReasonPack | null, locale: string): Reason | null {
  if (pack === null || pack.locale !== locale || !Object.hasOwn(pack.reasons, bundle.item.id)) return null
  const told = pack.reasons[bundle.item.id]!
  const present = new Map(bundle.facts.map((fact) => [fact.id, fact]))
  return told.facts.every((fact) => isEqual(fact, present.get(fact.id)))
    ? { text: told.text, evidence: told.facts.map(evidenceOfFact) }
    : null
}

const isEqual = (one: Fact, other: Fact | undefined) =>
  other !== undefined && canonicalJson(one) === canonicalJson(other)
