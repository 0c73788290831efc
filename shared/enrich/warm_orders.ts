import type { CompleterInfo } from '../model/completer_rpc.ts'
import { createStages, type Stages } from '../observe/stages.ts'
import type { ShelfAnswer } from '../recommend/answer.ts'
import type { ShelfDeps } from '../recommend/deps.ts'
import type { LlmDeps } from '../recommend/llm/deps.ts'
import type { ShelfRequest } from '../recommend/request.ts'
import { type Allowance, createAllowance, type RefreshFailure } from '../rerank/allowance.ts'
import type { EnrichDeps, Keep } from './deps.ts'
import { alone, isLost } from './run.ts'
import { WARM, WARM_ALLOWANCE } from './warm_limits.ts'
import { readTastes, type WarmContext, warmContexts } from './warm_requests.ts'

/** Contexts after which it is noted how far a run is: most are looked at and left as they are. */
const NOTED_EVERY = 10

/** The pipeline that serves shelves. */
export type Recommend = (request: ShelfRequest, deps: ShelfDeps, stages: Stages) => Promise<ShelfAnswer>

/** What an isolate makes shelves with, wired like one that serves them. */
export type WarmIsolate = Omit<ShelfDeps, 'defer'> & { llm: LlmDeps }

/** As jobs and the lease name it. */
const JOB = 'warm'

/**
 * Has orders made of contexts that many shoppers share, before they ask: their shelves are asked of the serving pipeline
 * itself, with an allowance of their own. An order that is there and young is left as it is. Goes on where the last run
 * stopped; does nothing for a shop without a gate that is on, nor where no model is configured.
 * @returns null where another run does
 */
export const runWarming = (outer: EnrichDeps, isolate: () => WarmIsolate, recommend: Recommend) =>
  alone(
    JOB,
    outer,
    async (keep, deps) => {
      const maker = await deps.model.completer()
      if (maker === null) return
      const endsAtMs = deps.clock.now() + WARM.turnMs
      for (const shop of await inTurn(deps)) {
        if (deps.clock.now() >= endsAtMs) return
        const oven = { shelf: isolate(), recommend, maker, keep, endsAtMs }
        // One shop's trouble must not keep the others waiting.
        await warmShop(shop, deps, oven).catch((error: unknown) => {
          if (isLost(error)) throw error
          deps.log.error('shop_failed', error, { shop, job: JOB })
        })
      }
    },
    WARM.leaseMs,
  )

interface Oven {
  shelf: WarmIsolate
  recommend: Recommend
  maker: CompleterInfo
  keep: Keep
  endsAtMs: number
}

/** Shops with a gate that is on, those first that had no turn for longest. */
async function inTurn(deps: EnrichDeps): Promise<string[]> {
  const last = new Map((await deps.jobs.named(JOB)).map(({ shop, finishedAtMs }) => [shop, finishedAtMs ?? 0]))
  const shops: string[] = []
  for (const shop of await deps.catalogue.shops())
    if ([...(await deps.gates.list(shop)).values()].some(({ mode }) => mode !== 'off')) shops.push(shop)
  return shops.sort((a, b) => (last.get(a) ?? 0) - (last.get(b) ?? 0))
}

async function warmShop(shop: string, deps: EnrichDeps, oven: Oven): Promise<void> {
  const { clock, jobs } = deps
  const config = await deps.shops.config(shop)
  if (config === null) return
  const tastes = readTastes(await deps.cache.tastes(shop))
  const contexts = warmContexts(config, await deps.learning.mostPopular(shop, WARM.popularItems), tastes)
  const purse = createPurse(shop, createAllowance(clock, WARM_ALLOWANCE))
  const llm: LlmDeps = { ...oven.shelf.llm, allowance: purse.allowance }
  // Known already: a shelf would have its contexts without them, and the next one with them.
  llm.memory.maker = { info: oven.maker, readAtMs: clock.now() }
  llm.memory.tastes.set(shop, { tastes: tastes?.index ?? null, readAtMs: clock.now() }, clock.now())
  const cursor = (await jobs.get(shop, JOB))?.cursor ?? null
  const from = Math.max(
    0,
    contexts.findIndex(({ name }) => name === cursor),
  )
  const round = [...contexts.slice(from), ...contexts.slice(0, from)]
  await jobs.started(shop, JOB, round.length, clock.now())
  let done = 0
  for (const context of round) {
    if (purse.isSpent() || clock.now() >= oven.endsAtMs) break
    await oven.keep()
    if (done % NOTED_EVERY === 0) await jobs.progressed(shop, JOB, done, round.length, context.name)
    purse.openFor(context.audience)
    await warm(context, { ...oven.shelf, llm }, oven.recommend, deps)
    done += 1
  }
  const next = round[done]?.name ?? null
  await jobs.progressed(shop, JOB, done, done, next)
  await jobs.finished(shop, JOB, clock.now(), next)
  if (purse.made() > 0) deps.log.info('warmed', { shop, made: purse.made(), contexts: done })
}

/** Makes a context's shelves, and does what they leave to be done behind the answer. */
async function warm(context: WarmContext, shelf: WarmIsolate, recommend: Recommend, deps: EnrichDeps): Promise<void> {
  for (const request of context.requests) {
    await deps.breathe()
    const later: Array<() => Promise<unknown>> = []
    const defer = (label: string, work: () => Promise<unknown>) =>
      void later.push(() =>
        work().catch((error: unknown) => deps.log.error('deferred_failed', error, { label, context: context.name })),
      )
    await recommend(request, { ...shelf, defer }, createStages(deps.clock))
    for (const work of later) await work()
  }
}

/** Failures after which asking for another context would fail alike. */
const STOPS: ReadonlySet<RefreshFailure> = new Set(['budget', 'unavailable', 'late'])

/** An allowance that is for one kind of audience at a time, and tells when there is no use in going on. */
function createPurse(shop: string, allowance: Allowance) {
  let audience: WarmContext['audience'] = 'everyone'
  let [failed, made] = [false, 0]
  const own: Allowance = {
    ...allowance,
    withheld: (shopAsked, digest, kind, urgent) =>
      kind === audience ? allowance.withheld(shopAsked, digest, kind, urgent) : 'rare',
    end(digest, failure) {
      if (failure === null) made += 1
      else if (STOPS.has(failure)) failed = true
      allowance.end(digest, failure)
    },
  }
  return {
    allowance: own,
    openFor: (kind: typeof audience) => {
      audience = kind
    },
    made: () => made,
    isSpent: () => failed || allowance.left(shop) < WARM_ALLOWANCE.passes.everyone,
  }
}
