import * as z from 'zod'
import { EVIDENCE_KINDS, type Evidence } from './recommendation.ts'

/**
 * One fact that a reason may rest on. What its kind does not have is null. `effect`: whether it moved the item on this
 * shelf; only such a fact may be called a cause.
 */
export const factSchema = z.strictObject({
  /** Of the shop's ids: stable between shelves, and never shown to a model. */
  id: z.string(),
  kind: z.enum(EVIDENCE_KINDS),
  /** The other item that it names; the shown one is never named. */
  item: z.strictObject({ id: z.string(), title: z.string() }).nullable(),
  /** Of a shared attribute its name, else what sort of fact of its kind it is: `purchase`, `view`, `reduced`, `cheaper`. */
  attribute: z.string().nullable(),
  value: z.string().nullable(),
  count: z.int().min(0).nullable(),
  market: z.string().nullable(),
  since: z.string().nullable(),
  effect: z.boolean(),
})
export type Fact = z.infer<typeof factSchema>

/** Kinds of facts that are of a shopper's past or words, and not of the shop alone. */
export const FACTS_OF_SHOPPERS: ReadonlySet<Fact['kind']> = new Set([
  'own_item',
  'bought_before',
  'taste',
  'matches_query',
])

/** What is known of why one item stands on a shelf, best first. */
export interface EvidenceBundle {
  item: { id: string; title: string }
  facts: readonly Fact[]
}

/** A language model's reason that was checked claim by claim, with the facts that it cites as they were then. */
export const toldReasonSchema = z.strictObject({
  /** `evidenceHash` of what the model was shown. */
  evidence: z.string(),
  text: z.string().min(1).max(1_000),
  facts: z.array(factSchema).min(1).max(12),
})
export type ToldReason = z.infer<typeof toldReasonSchema>

/** What one kept reason depends on. Two that differ in any of it have different keys. */
export interface ReasonKey {
  shop: string
  item: string
  /** `evidenceHash`. */
  evidence: string
  locale: string
  /** `explain@1`. */
  prompt: string
  /** `provider/model`. */
  model: string
}

/** The reasons of one shelf context in one value, so that a shelf reads them with one call. */
export const reasonPackSchema = z.strictObject({
  v: z.literal(1),
  /** The whole key of the context: what is read under a digest is believed only if this is equal. */
  key: z.string(),
  locale: z.string(),
  reasons: z.record(z.string(), toldReasonSchema),
  madeAtMs: z.number(),
})
export type ReasonPack = z.infer<typeof reasonPackSchema>

/** The fact as an answer cites it. */
export const evidenceOfFact = (fact: Fact): Evidence => ({
  id: fact.id,
  kind: fact.kind,
  ...(fact.item === null ? {} : { item_id: fact.item.id }),
  ...(fact.attribute === null ? {} : { attribute: fact.attribute }),
  ...(fact.value === null ? {} : { value: fact.value }),
  ...(fact.count === null ? {} : { count: fact.count }),
  ...(fact.market === null ? {} : { market: fact.market }),
  ...(fact.since === null ? {} : { since: fact.since }),
})
