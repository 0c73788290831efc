import { DAY_MS } from '../../../shared/base/clock.ts'
import { hash32 } from '../../../shared/base/hash.ts'
import { seededRng } from '../../../shared/base/rng.ts'
import type { ItemLine } from '../../../shared/domain/item.ts'
import { inHoldout } from '../../../shared/recommend/recommendation_id.ts'
import { type ChoiceModel, choiceModel } from '../choice.ts'
import { buildWorld, playWorld, visitsOf, type World } from '../history.ts'
import type { Memory } from '../memory.ts'
import type { Chances } from '../session.ts'
import type { Shopper } from '../shopper.ts'
import { FULL_STRENGTH, type SimulatedEvent, type Strengths } from '../types.ts'
import { generatedShop, MARKET } from './shop.ts'

export const SHOP = 'simulated'

export interface StageConfig {
  seed: number
  items: number
  /** Shoppers of the holdout; as many others are played. */
  holdoutShoppers: number
  /** Days that a shop without recommendations logs before the judged ones. */
  burnInDays: number
  judgedDays: number
  medianSessions: number
  strengths?: Partial<Strengths>
}

/** One shop, its shoppers and their visits: what every policy is judged on. */
export interface Stage {
  config: StageConfig
  lines: ItemLine[]
  world: World
  model: ChoiceModel
  /** Epoch milliseconds: judgement starts and ends. */
  startMs: number
  endMs: number
  /** Visits of the judged period, in order of time. */
  visits: Array<{ shopper: Shopper; atMs: number }>
}

/** What every policy finds on its first day. */
export interface Past {
  events: SimulatedEvent[]
  memories: Map<string, Memory>
}

/** A moment at night, so that days are days. */
const END_MS = Date.parse('2026-11-20T04:00:00Z')

export const shopperKeyOf = (shopper: string): string => `${shopper[0]}:${shopper}`

/**
 * Sets a stage. The product assigns one shopper in twenty to the holdout by a hash of the shopper alone; so that both
 * sides can be told apart with few shelves, all of the holdout of a large population is played and as many of the others,
 * the first ones: a sample that no policy had a say in.
 */
export function setStage(config: StageConfig): Stage {
  const startMs = END_MS - config.judgedDays * DAY_MS
  const { items, complements } = generatedShop(config.items, startMs, config.seed)
  const simulated = {
    seed: config.seed,
    shoppers: config.holdoutShoppers * 24,
    days: config.burnInDays + config.judgedDays,
    endsAt: END_MS,
    markets: [{ ...MARKET, share: 1, utcOffsetHours: 0 }],
    medianSessions: config.medianSessions,
    complements,
    strengths: { ...FULL_STRENGTH, ...config.strengths },
  }
  const everybody = buildWorld(items, simulated)
  const [held, others] = [true, false].map((side) =>
    everybody.shoppers
      .filter((shopper) => inHoldout(SHOP, shopperKeyOf(shopper.id)) === side)
      .slice(0, config.holdoutShoppers),
  ) as [Shopper[], Shopper[]]
  const shoppers = [...held, ...others].sort((a, b) => (a.id < b.id ? -1 : 1))
  const world = { ...everybody, shoppers }
  return {
    config,
    lines: items,
    world,
    model: choiceModel(world.catalogue, complements, simulated.strengths),
    startMs,
    endMs: END_MS,
    visits: visitsOf(world).filter(({ atMs }) => atMs >= startMs),
  }
}

/** Plays the days before judgement, the same for every policy; a fresh copy each time, since memories change. */
export function playPast(stage: Stage): Past {
  const { events, memories } = playWorld(stage.world, undefined, stage.startMs)
  return { events, memories }
}

/** The chances of a visit: one stream for each decision, the same under every policy. */
export function chancesOf(stage: Stage, shopper: string, visitMs: number): Chances {
  const streams = new Map<string, ReturnType<typeof seededRng>>()
  const seed = hash32(`${shopper} ${visitMs}`, stage.config.seed)
  return (label) => {
    let stream = streams.get(label)
    if (stream === undefined) {
      stream = seededRng(hash32(label, seed))
      streams.set(label, stream)
    }
    return stream
  }
}
