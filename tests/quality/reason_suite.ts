/**
 * Reasons by a model that lies in one claim of three, through the shipped verb and its store. The judge is what the liar
 * wrote down while it lied: it knows nothing of the checker.
 */
import { manualClock } from '../../shared/base/clock.ts'
import { hash32, hash128 } from '../../shared/base/hash.ts'
import { createLru } from '../../shared/base/lru.ts'
import { seededRng } from '../../shared/base/rng.ts'
import type { EvidenceBundle } from '../../shared/domain/told_reason.ts'
import { checkReason } from '../../shared/explain/check_reason.ts'
import type { ReasonCheck, ReasonFault } from '../../shared/explain/said/fault.ts'
import { sayable } from '../../shared/explain/sayable.ts'
import { evidenceOf, tellReasons } from '../../shared/explain/tell_reasons.ts'
import { toldReason } from '../../shared/explain/told_reason.ts'
import type { CompletionCall } from '../../shared/model/completer_rpc.ts'
import { silentLog } from '../../shared/observe/log.ts'
import { askReasons } from '../../shared/prompt/ask_reasons.ts'
import { REASON_ITEMS_MAX, type ReasonAnswer } from '../../shared/prompt/reason.ts'
import { createReasonStore } from '../../shared/store/reasons.ts'
import { createMemoryKv } from '../../workers/local/node/memory_kv.ts'
import { compose } from '../../workers/local/openai/answers.ts'
import type { Claim } from '../../workers/local/openai/claims.ts'
import { startScriptedProvider } from '../../workers/local/openai/server.ts'
import { askScripted } from '../support/ask_scripted.ts'
import { reasonShelves } from './reason_world.ts'

export type ReasonBehaviour = 'honest' | 'liar' | 'obedient' | 'echoes_prompt'
export const LIE_RATE = 1 / 3
export const FAITHFUL_MIN = 0.95

/** One reason as it was written, with what its writer knows of it. */
export interface WrittenReason {
  locale: string
  bundle: EvidenceBundle
  sentences: ReasonAnswer['items'][number]['sentences']
  /** Its false claims. */
  lies: readonly Claim[]
}
export interface ReasonTally {
  reasons: number
  lying: number
  /** Lying reasons that a check lets through: none may be. */
  servedFalse: WrittenReason[]
  truthful: number
  servedTrue: number
  lost: Array<WrittenReason & { fault: ReasonFault }>
  kinds: Map<string, number>
}

/** Reasons of so many shelves, as the scripted model writes them when the product asks. */
export function* writtenReasons(shelves: number, seed: number, behaviour: ReasonBehaviour): Generator<WrittenReason> {
  for (const { locale, bundles } of reasonShelves(shelves, seed)) {
    const told = bundles.flatMap((own) => sayable(own) ?? []).slice(0, REASON_ITEMS_MAX)
    const ask = askReasons(
      told.map((bundle, at) => ({ number: at + 1, title: bundle.item.title, evidence: evidenceOf(bundle, locale) })),
      locale,
    )
    const rng = seededRng(hash32(ask.user, seed))
    const { value, claims } = compose(ask.user, ask.schema, behaviour, rng, { lieRate: LIE_RATE, pool: [] })
    for (const { number, sentences } of (value as ReasonAnswer).items)
      yield {
        locale,
        bundle: told[number - 1]!,
        sentences,
        lies: claims.filter((claim) => claim.name === String(number) && !claim.truth),
      }
  }
}

export function tallyReasons(written: Iterable<WrittenReason>, off: ReadonlySet<ReasonCheck> = new Set()): ReasonTally {
  const into: ReasonTally = {
    reasons: 0,
    lying: 0,
    servedFalse: [],
    truthful: 0,
    servedTrue: 0,
    lost: [],
    kinds: new Map(),
  }
  for (const own of written) {
    if (own.sentences.length === 0) continue
    into.reasons += 1
    const fault = checkReason(own.sentences, own.bundle, own.locale, off)
    for (const { kind } of own.lies) into.kinds.set(kind, (into.kinds.get(kind) ?? 0) + 1)
    if (own.lies.length > 0) {
      into.lying += 1
      if (fault === null) into.servedFalse.push(own)
    } else {
      into.truthful += 1
      if (fault === null) into.servedTrue += 1
      else into.lost.push({ ...own, fault })
    }
  }
  return into
}

export const keptReasons = ({ servedTrue, truthful }: ReasonTally): number =>
  truthful === 0 ? 1 : servedTrue / truthful
export const passesBar = (own: ReasonTally): boolean =>
  own.reasons > 0 && own.servedFalse.length === 0 && keptReasons(own) >= FAITHFUL_MIN

/** What a shelf is served over real HTTP, the store and the pack; and what the same shelf costs when it is asked again. */
export interface ServedTally {
  reasons: number
  servedFalse: string[]
  served: number
  callsFirst: number
  /** Of the same evidence, from a fresh isolate: has to be none. */
  callsAgain: number
  /** Reasons that the second asking gave, of those that the first gave. */
  sameAgain: number
}

export async function servedOverHttp(shelves: number, seed: number, behaviour: ReasonBehaviour): Promise<ServedTally> {
  const provider = await startScriptedProvider({ seed, behaviour: { [behaviour]: 1 }, lieRate: LIE_RATE })
  const clock = manualClock(Date.UTC(2026, 10, 21))
  const store = createReasonStore(createMemoryKv({ clock }))
  const deps = () => ({
    store,
    clock,
    log: silentLog,
    refused: createLru<true>(5_000, 600_000),
    model: modelAt(provider.url),
  })
  const into: ServedTally = { reasons: 0, servedFalse: [], served: 0, callsFirst: 0, callsAgain: 0, sameAgain: 0 }
  try {
    for (const { locale, bundles } of reasonShelves(shelves, seed)) {
      const request = { shop: 'shop', locale, bundles, context: `shelf of ${bundles[0]?.item.id}` }
      const before = deps()
      provider.reset()
      const first = await tellReasons(before, request)
      const asked = bundles.flatMap((own) => sayable(own) ?? []).slice(0, REASON_ITEMS_MAX)
      const lies = [...provider.claims.values()].flat().filter((claim) => !claim.truth)
      into.callsFirst += provider.calls.length
      into.reasons += bundles.length
      into.served += first.reasons.size
      for (const { name, kind } of lies) {
        const told = first.reasons.get(asked[Number(name) - 1]!.item.id)
        if (told !== undefined) into.servedFalse.push(`${locale} ${kind}: ${told.text}`)
      }
      provider.reset()
      // Only what was told is asked for again: what was refused is no hit.
      const again = bundles.filter(({ item }) => first.reasons.has(item.id))
      const second = await tellReasons(deps(), { ...request, bundles: again })
      into.callsAgain += provider.calls.length
      into.sameAgain += [...second.reasons].filter(([id, { text }]) => first.reasons.get(id)?.text === text).length
      const pack = await store.pack('shop', hash128(request.context), request.context)
      for (const bundle of again)
        if (toldReason(bundle, pack, locale)?.text !== first.reasons.get(bundle.item.id)?.text)
          into.servedFalse.push(`not in the pack: ${bundle.item.id}`)
    }
  } finally {
    await provider.stop()
  }
  return into
}

/** A client of the scripted provider: what the model worker does, without its budget. */
export const modelAt = (url: string) => ({
  completer: async () => ({ model: 'scripted/scripted-1', batch: false }),
  async complete(call: CompletionCall) {
    const cost = { inputTokens: 0, outputTokens: 0, microCost: 0 }
    return { ok: true as const, key: call.key, text: await askScripted(url, call), cost, cached: false }
  },
})
