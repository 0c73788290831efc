import { chunk } from '../base/batch.ts'
import { CHECKED, checkStep } from '../learn/check_step.ts'
import type { Learner } from '../learn/learner.ts'
import { learningSteps } from '../learn/learning_steps.ts'
import { newItems } from '../learn/new_items.ts'
import { publishStep, retireStep } from '../learn/publish_steps.ts'
import type { Publication } from '../learn/rows.ts'
import { type Step, units } from '../learn/step.ts'
import type { LearnRun } from '../store/operations/learn_runs.ts'
import { nameTastes } from './arrivals_tastes.ts'
import { writeCards } from './cards.ts'
import type { EnrichDeps } from './deps.ts'
import { sweepRuns } from './learn_sweep.ts'
import { writeLists } from './lists.ts'

const ITEMS_PER_CARD_PAGE = 500
const CARDS_AT_ONCE = 100

/** Everything between an event and a shelf that knows of it. */
export async function stepsOf(run: LearnRun, deps: EnrichDeps, learners: readonly Learner[]): Promise<Step[] | null> {
  const config = await deps.shops.config(run.shop)
  if (config === null) return null
  const markets = new Set(['*', ...config.markets.map((own) => own.market)])
  const to: Publication = { shop: run.shop, markets, stampMs: run.startedAtMs }
  const learned =
    run.origin === 'own' ? learningSteps(learners) : [checkStep((ids) => deps.learning.knownItems(run.shop, ids))]
  return [
    ...learned,
    publishStep(to, deps, run.origin === 'own' ? '' : CHECKED),
    retireStep(to, deps),
    once('tastes', () => nameTastes(run.shop, deps, to.stampMs)),
    once('lists', () => refreshLists(run.shop, deps)),
    cardsStep(run.shop, deps),
    once('sweep', () => sweepRuns(run.shop, deps, run, null)),
  ]
}

const once = (name: string, work: () => Promise<void>): Step => ({ name, open: async () => units(1, work) })

/** The lists, with what is new, and their copies in KV. */
export async function refreshLists(shop: string, deps: EnrichDeps): Promise<void> {
  await writeNew(shop, deps)
  await writeLists(shop, deps)
  // Which order is in force is part of what every request knows of its shop.
  const config = await deps.shops.config(shop)
  if (config !== null) await deps.cache.putShop(config)
}

/** What is new follows the catalogue and the clock, and no event. */
async function writeNew(shop: string, deps: EnrichDeps): Promise<void> {
  const config = await deps.shops.config(shop)
  if (config === null) return
  const nowMs = deps.clock.now()
  const { live } = await deps.catalogue.counts(shop)
  const entries = await newItems(shop, live, deps.learning, nowMs)
  const markets = ['*', ...config.markets.map((own) => own.market)]
  await deps.learning.putLists(
    shop,
    markets.map((market) => ({ list: 'new' as const, market, entries })),
    nowMs,
  )
}

/** Neighbours and popularity changed: their KV copies follow, a page of items at a time, in the order of arrival. */
const cardsStep = (shop: string, deps: EnrichDeps): Step => ({
  name: 'cards',
  async open() {
    const { live } = await deps.catalogue.counts(shop)
    return {
      total: live,
      async next(afterSeq) {
        const { texts, lastSeq } = await deps.catalogue.textsAfter(shop, afterSeq, ITEMS_PER_CARD_PAGE)
        if (texts.length === 0) return null
        for (const part of chunk(texts, CARDS_AT_ONCE))
          await writeCards(
            shop,
            part.map((text) => text.id),
            deps,
          )
        return lastSeq
      },
    }
  },
})
