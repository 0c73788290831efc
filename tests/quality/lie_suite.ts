/** Every item asked about with the product's own question, answered by a model that lies, and checked. */
import { hash32 } from '../../shared/base/hash.ts'
import { seededRng } from '../../shared/base/rng.ts'
import { FACETS, type UnderstandingContext } from '../../shared/domain/enrichment.ts'
import { factsOf } from '../../shared/enrich/understand/facts.ts'
import { askItem } from '../../shared/prompt/item_prompt.ts'
import { type UnderstandingRequest, type Written, writeUnderstanding } from '../../workers/local/openai/honest.ts'
import { COLOURS, MATERIALS } from '../../workers/local/openai/lexicon.ts'
import type { Checker } from './checkers.ts'
import { demoStoreItems, generatedItems, type QualityItem, vocabularyOf } from './items.ts'
import { newTally, type Tally, tally } from './judge.ts'

/** Answers one question; the claims it makes come with it. */
export type Answerer = (user: string, seed: number) => Promise<Written> | Written

/** Other items' facts that the liar takes values from. */
const POOL = 200

export interface SuiteItems {
  items: QualityItem[]
  fromDataset: number
}

/** Described products of the dataset where it is present, the rest generated; in random order. */
export function suiteItems(count: number, seed: number): SuiteItems {
  const rng = seededRng(seed)
  const real = rng.shuffle(demoStoreItems()).slice(0, Math.floor(count / 4))
  return { items: rng.shuffle([...real, ...generatedItems(count - real.length, seed)]), fromDataset: real.length }
}

const WORDS = { material: MATERIALS.map((row) => row.en), colour: COLOURS.map((row) => row.en) }

export function contextFor(item: QualityItem, vocabulary: Record<string, string[]>): UnderstandingContext {
  const locales = [...new Set([item.locale, ...item.localised.map((own) => own.locale), 'en-GB', 'de-DE'])]
  return {
    locales,
    vocabulary: Object.keys(item.attributes).length > 0 || item.id.startsWith('g') ? vocabulary : WORDS,
  }
}

/** The scripted model in process: what its server answers, without the network. */
export function inProcess(items: readonly QualityItem[], lieRate: number): Answerer {
  const pool = items.slice(0, POOL)
  return (user, seed) =>
    writeUnderstanding(JSON.parse(user) as UnderstandingRequest, seededRng(seed), { lieRate, pool })
}

export async function runLieSuite(
  items: readonly QualityItem[],
  seed: number,
  answer: Answerer,
  check: Checker,
): Promise<Tally> {
  const vocabulary = vocabularyOf(items)
  const into = newTally()
  for (const item of items) {
    const { facts } = factsOf(item, 'en-GB')
    const context = contextFor(item, vocabulary)
    const { user } = askItem(facts, context, FACETS)
    const written = await answer(user, hash32(item.id, seed))
    tally(into, item, written.claims, check(written.answer, facts, context))
  }
  return into
}

/** Of all true claims, those that survived. */
export const keptShare = (own: Tally): number => (own.truths === 0 ? 0 : own.kept / own.truths)
/** The bar: nothing false is served, and nearly all that is true. */
export const KEPT_SHARE_MIN = 0.95
export const passes = (own: Tally): boolean => own.lies > 0 && own.served === 0 && keptShare(own) >= KEPT_SHARE_MIN
