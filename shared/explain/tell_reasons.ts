import type { Clock } from '../base/clock.ts'
import { hash128, lengthPrefixed, sha256 } from '../base/hash.ts'
import type { Lru } from '../base/lru.ts'
import { cleanText } from '../base/text/clean.ts'
import type { EvidenceBundle, ToldReason } from '../domain/told_reason.ts'
import { languageOf } from '../enrich/understand/read/language.ts'
import type { CompleterRpc, CompletionCost } from '../model/completer_rpc.ts'
import type { Log } from '../observe/log.ts'
import { askReasons } from '../prompt/ask_reasons.ts'
import { REASON_ITEMS_MAX, type ReasonAnswer, type ReasonEvidence, reasonAnswerSchema } from '../prompt/reason.ts'
import { TASKS, taskRecipe } from '../prompt/tasks.ts'
import type { ShelfQuestion } from '../prompt/verbaliser.ts'
import type { ReasonStore } from '../store/reasons.ts'
import { type CitedSentence, checkReason } from './check_reason.ts'
import { evidenceHash } from './evidence_bundle.ts'
import { reasonDigest, reasonKey } from './reason_key.ts'
import type { ReasonFault } from './said/fault.ts'
import { placeName } from './said/phrases_of_facts.ts'
import { vocabularyOf } from './said/vocabulary.ts'
import { sayable } from './sayable.ts'

/** A shelf's reasons are wanted for its next showing: nobody waits for this call. */
const DEADLINE_MS = 20_000
/** How long an isolate remembers that a reason came to nothing, and how many. */
export const REFUSED_TTL_MS = 600_000
export const REFUSED_MAX = 5_000

export interface TellDeps {
  store: ReasonStore
  model: Pick<CompleterRpc, 'completer' | 'complete'>
  /** Keys whose answer was refused lately: not asked again for a while. */
  refused: Lru<true>
  clock: Clock
  log: Log
}

export interface TellRequest {
  shop: string
  locale: string
  /** As serving builds them; at most REASON_ITEMS_MAX are told at once. */
  bundles: readonly EvidenceBundle[]
  /** The whole key of the shelf's context, under whose digest its reasons are packed; null where none is wanted. */
  context: string | null
  /** What was asked of a ranker about the same shelf: then both questions begin alike, and a provider charges that once. */
  shelf?: ShelfQuestion
}

/** What came of it. `asked`: calls to the model, none where everything was kept. */
export interface Told {
  reasons: ReadonlyMap<string, ToldReason>
  asked: 0 | 1
  kept: number
  refused: ReadonlyArray<{ item: string; fault: ReasonFault | 'none' }>
  cost: CompletionCost | null
  outcome: 'told' | 'off' | 'model' | 'malformed' | 'failed'
}

const NOTHING: Told = { reasons: new Map(), asked: 0, kept: 0, refused: [], cost: null, outcome: 'off' }

interface Wanted {
  bundle: EvidenceBundle
  evidence: string
  key: string
  digest: string
}

/**
 * Has the reasons of a shelf told, off the critical path: what is kept is read, what is missing asked for in one call,
 * each answer checked claim by claim; what passes is kept, alone and in the shelf's pack, and what fails is remembered
 * for a while as not to be asked. Never throws.
 */
export async function tellReasons(deps: TellDeps, request: TellRequest): Promise<Told> {
  try {
    return await told(deps, request)
  } catch (error) {
    deps.log.error('reasons_failed', error, { shop: request.shop })
    return { ...NOTHING, outcome: 'failed' }
  }
}

async function told(deps: TellDeps, { shop, locale, bundles, context, shelf }: TellRequest): Promise<Told> {
  const info = vocabularyOf(languageOf(locale)) === null ? null : await deps.model.completer()
  if (info === null) return NOTHING
  const wanted = await wantedOf(bundles.slice(0, REASON_ITEMS_MAX), shop, locale, info.model)
  const known = await deps.store.reasons(shop, wanted)
  const reasons = new Map(wanted.flatMap(({ bundle, digest }) => named(bundle.item.id, known.get(digest))))
  const nowMs = deps.clock.now()
  const missing = wanted.filter(({ digest }) => !known.has(digest) && deps.refused.get(digest, nowMs) === undefined)
  const kept = reasons.size
  if (missing.length === 0) {
    await pack(deps, shop, locale, context, reasons)
    return { ...NOTHING, reasons, kept, outcome: 'told' }
  }
  const { recipe, ...ask } = askReasons(
    missing.map(({ bundle }, at) => ({
      number: at + 1,
      title: cleanText(bundle.item.title),
      evidence: evidenceOf(bundle, locale),
    })),
    locale,
    shelf,
  )
  const key = `reasons:${await sha256(lengthPrefixed([shop, recipe, info.model, locale, ...missing.map((own) => own.key)]))}`
  const result = await deps.model.complete({ key, shop, purpose: 'reasons', ...ask }, DEADLINE_MS)
  if (!result.ok) {
    // What was not taken may be asked again; what was answered badly would be so again.
    if (result.reason !== 'budget' && result.reason !== 'unavailable')
      for (const { digest } of missing) deps.refused.set(digest, true, nowMs)
    await pack(deps, shop, locale, context, reasons)
    return { ...NOTHING, reasons, asked: 1, kept, outcome: 'model' }
  }
  const answer = decoded(result.text)
  const refused: Array<{ item: string; fault: ReasonFault | 'none' }> = []
  const fresh: Array<Wanted & { reason: ToldReason }> = []
  for (const [at, own] of missing.entries()) {
    const said = answer?.items.filter(({ number }) => number === at + 1) ?? []
    // Two answers about one item are none.
    const sentences = said.length === 1 ? said[0]!.sentences : []
    const fault = sentences.length === 0 ? 'none' : checkReason(sentences, own.bundle, locale)
    if (fault === null) fresh.push({ ...own, reason: reasonOf(sentences, own) })
    else {
      refused.push({ item: own.bundle.item.id, fault })
      deps.refused.set(own.digest, true, nowMs)
    }
  }
  for (const { bundle, reason } of fresh) reasons.set(bundle.item.id, reason)
  await Promise.all(
    fresh.map(({ digest, key: own, reason }) => deps.store.putReason(shop, { digest, key: own, reason })),
  )
  await pack(deps, shop, locale, context, reasons)
  return { reasons, asked: 1, kept, refused, cost: result.cost, outcome: answer === null ? 'malformed' : 'told' }
}

const named = (id: string, reason: ToldReason | undefined): Array<[string, ToldReason]> =>
  reason === undefined ? [] : [[id, reason]]

async function wantedOf(
  bundles: readonly EvidenceBundle[],
  shop: string,
  locale: string,
  model: string,
): Promise<Wanted[]> {
  const prompt = taskRecipe(TASKS.explain)
  const told = bundles.flatMap((own) => sayable(own) ?? [])
  return Promise.all(
    told.map(async (bundle) => {
      const evidence = evidenceHash(bundle)
      const key = reasonKey({ shop, item: bundle.item.id, evidence, locale, prompt, model })
      return { bundle, evidence, key, digest: await reasonDigest(key) }
    }),
  )
}

/** The facts as the model sees them: `e1` is the first, and no id of the shop's is told. */
export function evidenceOf(bundle: EvidenceBundle, locale: string): ReasonEvidence[] {
  return bundle.facts.map((fact, at) => ({
    id: `e${at + 1}`,
    kind: fact.kind,
    ...(fact.item === null ? {} : { item: cleanText(fact.item.title) }),
    ...(fact.attribute === null ? {} : { attribute: fact.attribute }),
    ...(fact.value === null ? {} : { value: cleanText(fact.value) }),
    ...(fact.count === null ? {} : { count: fact.count }),
    ...(fact.market === null ? {} : { place: placeName(fact.market, locale) }),
    ...(fact.since === null ? {} : { since: fact.since }),
    effect: fact.effect,
  }))
}

/** The sentences as one text, with the facts that they cite, in the bundle's order. */
function reasonOf(sentences: readonly CitedSentence[], { bundle, evidence }: Wanted): ToldReason {
  const cited = new Set(sentences.flatMap(({ cites }) => cites))
  const texts = sentences.map(({ text }) => cleanText(text))
  const text = texts.reduce((all, own) => (/[。！？]$/u.test(all) ? all + own : `${all} ${own}`))
  return { evidence, text, facts: bundle.facts.filter((_, at) => cited.has(`e${at + 1}`)) }
}

/** Nothing is kept of a shelf of which nothing was told. */
async function pack(
  deps: TellDeps,
  shop: string,
  locale: string,
  context: string | null,
  reasons: ReadonlyMap<string, ToldReason>,
): Promise<void> {
  if (context === null || reasons.size === 0) return
  await deps.store.putPack(shop, hash128(context), {
    v: 1,
    key: context,
    locale,
    reasons: Object.fromEntries(reasons),
    madeAtMs: deps.clock.now(),
  })
}

function decoded(text: string): ReasonAnswer | null {
  try {
    return reasonAnswerSchema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}
