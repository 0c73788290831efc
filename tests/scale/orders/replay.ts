/** Requests one after another, through the shipped pipeline, with all that is done behind an answer. */
import { MINUTE_MS, SECOND_MS } from '../../../shared/base/clock.ts'
import { type Rng, seededRng } from '../../../shared/base/rng.ts'
import type { ItemLine } from '../../../shared/domain/item.ts'
import { refreshProfiles } from '../../../shared/enrich/profiles/refresh.ts'
import { runFold } from '../../../shared/enrich/run.ts'
import type { ShelfAnswer } from '../../../shared/recommend/answer.ts'
import { MOVES_SPARE } from '../../../shared/recommend/llm/order_shelf.ts'
import { candidateVersion } from '../../../shared/rerank/order_key.ts'
import { KNOWN_MIN } from '../../../shared/rerank/order_state.ts'
import { zipf } from '../../support/zipf.ts'
import { ledgerOf, sumOf } from './provider.ts'
import { type Sample, type Sampler, samplerOf } from './sample.ts'
import { shelfOf } from './shelf.ts'
import { type LlmParts, LOCALES, type OrderShop, PLACEMENTS, type PlacementName, type Witness } from './shop.ts'

export interface ReplayOptions {
  seed: number
  requests: number
  warmUp: number
  requestsPerSecond: number
  /** A shelf in so many is asked for in all three orders. */
  sampleEvery: number
  /** A shopper does something after so many requests of his own. */
  eventEvery: number
  changeEvery: number
  changedShare: number
  /** Profiles follow learning, which publishes this often. */
  profilesEveryMs: number
  progress(done: number): void
}

export const REPLAY: ReplayOptions = {
  seed: 20_261_121,
  requests: 50_000,
  warmUp: 5_000,
  requestsPerSecond: 2,
  sampleEvery: 50,
  eventEvery: 5,
  changeEvery: 1_000,
  changedShare: 0.01,
  profilesEveryMs: 10 * MINUTE_MS,
  progress: () => {},
}

export type Served = Record<'L0' | 'L1' | 'other', number>

export interface Replayed {
  /** Of the counted requests, in all and by placement. */
  served: Served
  byPlacement: Record<PlacementName, Served>
  /** Shelves in an order that knew less of the page than it has to. */
  stale: number
  /** Tokens of the counted requests, by question. */
  tokens: Record<string, number>
  calls: Record<string, number>
  samples: Sample[]
  ledger: { calls: number; input: number; output: number }
  provider: { calls: number; input: number; output: number }
  /** Work behind an answer that failed. */
  failures: string[]
}

interface Shopper {
  id: string
  requests: number
  acts: number
  /** The last items that were looked at or bought. */
  events: string[]
}

export async function replay(shop: OrderShop, own: Partial<ReplayOptions> = {}): Promise<Replayed> {
  const options = { ...REPLAY, ...own }
  const { world, provider } = shop
  const rng = seededRng(options.seed)
  const draw = zipf(shop.shoppers.length)
  const shoppers = new Map<number, Shopper>()
  const failures: string[] = []
  const sample = samplerOf(shop)
  const change = changer(shop, rng, options.changedShare)
  const counted = { requests: zero(), byPlacement: { home: zero(), product: zero(), cart: zero() } }
  const samples: Sample[] = []
  let stale = 0
  let before = structuredClone(provider.counted)
  let profilesAtMs = world.clock.now() + options.profilesEveryMs
  for (let at = 0; at < options.warmUp + options.requests; at++) {
    if (at === options.warmUp) before = structuredClone(provider.counted)
    world.clock.advance(SECOND_MS / options.requestsPerSecond)
    if (at % options.changeEvery === options.changeEvery - 1) await change()
    if (world.clock.now() >= profilesAtMs) {
      profilesAtMs += options.profilesEveryMs
      await runFold(world.enrich)
      await refreshProfiles(
        world.shop,
        { ...world.enrich, model: { ...world.enrich.model, ...provider.model } },
        async () => {},
      )
    }
    const rank = draw(rng)
    const shopper = shoppers.get(rank) ?? newcomer(shop, rank)
    shoppers.set(rank, shopper)
    shopper.requests += 1
    if (shopper.requests % options.eventEvery === 0) await act(shop, shopper)
    const placement = PLACEMENTS[rng.int(PLACEMENTS.length)]!
    const body = bodyOf(shopper, placement, LOCALES[rank % LOCALES.length]!)
    const isolate = shop.isolates[rng.int(shop.isolates.length)]!
    const coin = rng.next().toString(36).slice(2, 10)
    shop.witness.read.clear()
    const answer = await shelfOf(isolate, shop, body, coin, failures)
    const { rung } = answer
    if (isStale(answer, shop.witness)) stale += 1
    if (at >= options.warmUp) {
      const level = rung === 'L0' || rung === 'L1' ? rung : 'other'
      counted.requests[level] += 1
      counted.byPlacement[placement][level] += 1
      if (at % options.sampleEvery === 0) samples.push(...(await sampled(sample, isolate, body, shopper, placement)))
    }
    options.progress(at + 1)
  }
  const since = (pick: (own: { calls: number; input: number; output: number }) => number) =>
    Object.fromEntries(
      Object.entries(provider.counted).map(([name, own]) => [
        name,
        pick(own) - (before[name] === undefined ? 0 : pick(before[name])),
      ]),
    )
  return {
    served: shares(counted.requests),
    byPlacement: {
      home: shares(counted.byPlacement.home),
      product: shares(counted.byPlacement.product),
      cart: shares(counted.byPlacement.cart),
    },
    stale,
    tokens: since(({ input, output }) => input + output),
    calls: since(({ calls }) => calls),
    samples,
    ledger: await ledgerOf(world.operations),
    provider: sumOf(provider.counted),
    failures,
  }
}

/**
 * An order must know half of the page and of the three items behind it, in the versions that they have: so at least this
 * share of the page.
 */
const knownOfPage = (page: number) => (KNOWN_MIN * (page + MOVES_SPARE) - MOVES_SPARE) / page

/** Judged by what the cards say and by what the store told, not by what the pipeline made of them. */
function isStale({ rung, shown }: ShelfAnswer, { read, versions }: Witness): boolean {
  const present = shown.map(({ card }) => [card.id, candidateVersion(card)] as const)
  for (const [id, version] of present) versions.set(id, version)
  if (rung !== 'L0' && rung !== 'L1') return false
  const told = new Set([...read].flatMap(({ candidates }) => candidates.map(([id, version]) => `${id} ${version}`)))
  const known = present.filter(([id, version]) => told.has(`${id} ${version}`)).length
  return known / present.length < knownOfPage(present.length) - 1e-9
}

const zero = (): Served => ({ L0: 0, L1: 0, other: 0 })
function shares(counts: Served): Served {
  const all = Math.max(1, counts.L0 + counts.L1 + counts.other)
  return { L0: counts.L0 / all, L1: counts.L1 / all, other: counts.other / all }
}

/** Who comes for the first time stands where the last purchases ended. */
function newcomer({ shoppers, boughtBy }: OrderShop, rank: number): Shopper {
  const id = shoppers[rank]!
  return { id, requests: 0, acts: 0, events: boughtBy.get(id)!.slice(-CART) }
}

/** The shopper looks at what he bought next in truth; the last three are in the cart, the last one is the page. */
async function act({ world, boughtBy }: OrderShop, shopper: Shopper): Promise<void> {
  const items = boughtBy.get(shopper.id)!
  const item = items[shopper.acts % items.length]!
  shopper.acts += 1
  shopper.events = [...shopper.events, item].slice(-CART)
  const accepted = await world.sendEvents([
    {
      event_id: `replay ${shopper.id} ${shopper.acts}`,
      type: shopper.acts % 2 === 0 ? 'add_to_cart' : 'view',
      user_id: shopper.id,
      item_id: item,
      occurred_at: new Date(world.clock.now()).toISOString(),
    },
  ])
  if (accepted.rejected.length > 0) throw new Error(`an event was refused: ${JSON.stringify(accepted.rejected[0])}`)
}

const CART = 3

function bodyOf({ id, events }: Shopper, placement: PlacementName, locale: string): Record<string, unknown> {
  const common = { placement, user_id: id, locale }
  if (placement === 'product') return { ...common, item_ids: events.slice(-1) }
  if (placement === 'cart') return { ...common, cart_item_ids: [...new Set(events)] }
  return common
}

const sampled = async (
  sample: Sampler,
  isolate: LlmParts,
  body: Record<string, unknown>,
  shopper: Shopper,
  placement: PlacementName,
): Promise<Sample[]> => {
  const page = [...((body.item_ids as string[]) ?? []), ...((body.cart_item_ids as string[]) ?? [])]
  const found = await sample(isolate, body, shopper.id, page)
  return found === null ? [] : [{ ...found, shopper: shopper.id, placement }]
}

/** Some items get another price, or another title. */
function changer({ world, truth }: OrderShop, rng: Rng, share: number): () => Promise<void> {
  const lines = new Map<string, ItemLine>(world.data.items.map((line) => [line.id, line]))
  const ids = [...lines.keys()]
  let edition = 0
  return async () => {
    const changed: ItemLine[] = []
    for (const id of rng.shuffle(ids).slice(0, Math.max(1, Math.round(ids.length * share)))) {
      const line = lines.get(id)!
      edition += 1
      const next: ItemLine =
        rng.int(2) === 0
          ? { ...line, title: `${world.data.items.find((own) => own.id === id)!.title} ${edition}` }
          : { ...line, offers: line.offers.map((offer) => ({ ...offer, price: (offer.price ?? 0) + 1 + rng.int(9) })) }
      truth.renamed(id, next.title)
      lines.set(id, next)
      changed.push({ ...next, updated_at: new Date(world.clock.now()).toISOString() })
    }
    await world.putItems(changed)
  }
}
