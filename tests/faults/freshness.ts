/**
 * The freshness statement under fire: items are lost at seeded moments while shoppers ask shelves in several locations,
 * whose replicas and caches lag, and D1 goes down for one location, then for all, then comes back. Every answer is judged
 * by what really happened. One clock, one seed: a run repeats exactly.
 */

import type { D1Database } from '@cloudflare/workers-types'
import { type Rng, seededRng } from '../../shared/base/rng.ts'
import { drainOutbox } from '../../shared/enrich/outbox.ts'
import { writeVeto } from '../../shared/enrich/veto.ts'
import { ask } from '../support/ask.ts'
import { COUNTRIES } from '../support/shops.ts'
import type { Location, ShelfParts, World } from '../support/world.ts'
import { type Breach, FATES, fated, judge, type Loss } from './truth.ts'

export interface FreshnessOptions {
  seed: number
  answers: number
  /** Doubles for a negative control. */
  adapt?: (parts: ShelfParts, db: D1Database) => ShelfParts
}

export interface FreshnessReport {
  seed: number
  answers: number
  losses: number
  byPhase: Record<string, Record<string, number>>
  breaches: Record<Breach, number>
  /** The first few, in words. */
  examples: string[]
  /** Seconds by which the latest wrongly shown item was late: with D1, from a shared shelf, and without D1. */
  worstLateS: { d1: number; shared: number; withoutD1: number }
  emptyShelves: number
}

const LOCATIONS = 4
const ISOLATES = 3
const SHOPPERS = 200
const EXCLUDED = 5
const PULSE_MS = 5_000
const VETO_MS = 20_000
const OUTBOX_MS = 2_000
const LAGS_MS = 15_000
/** A breaker that opened may refuse this long after D1 is back. */
const SETTLE_MS = 6_000

/** Seconds of each phase; the middle two are longer than what is known may be old. */
const PHASES = [
  { name: 'normal', seconds: 240 },
  { name: 'one location without D1', seconds: 200 },
  { name: 'D1 down for all', seconds: 160 },
  { name: 'D1 back', seconds: 120 },
] as const
const TOTAL_MS = PHASES.reduce((sum, phase) => sum + phase.seconds, 0) * 1_000

interface Place {
  location: Location
  isolates: ShelfParts[]
  d1LagMs: number
  kvLagMs: number
}

interface Shopper {
  id: string
  country: number
  last: string[]
}

export async function simulate(world: World, options: FreshnessOptions): Promise<FreshnessReport> {
  const rng = seededRng(options.seed)
  const { clock } = world
  const startMs = clock.now()
  const places = await openPlaces(world, rng, options.adapt)
  const shoppers = Array.from(
    { length: SHOPPERS },
    (_, n): Shopper => ({ id: `sim-${n}`, country: n % COUNTRIES.length, last: [] }),
  )
  const report = emptyReport(options)
  const losses = new Map<string, Loss>()
  const doomed = await drawLosers(world, rng)
  const moments = doomed
    .map((item) => ({ item, atMs: startMs + rng.int(TOTAL_MS - 30_000) }))
    .sort((a, b) => a.atMs - b.atMs)
  const askAt = Array.from({ length: options.answers }, () => startMs + rng.int(TOTAL_MS - 1_000)).sort((a, b) => a - b)
  const due = { pulse: startMs, veto: startMs, outbox: startMs, lags: startMs }
  let phase = -1
  let phaseStartMs = startMs
  const enterPhases = () => {
    const at = PHASES.findIndex(
      (_, n) => clock.now() < startMs + PHASES.slice(0, n + 1).reduce((sum, own) => sum + own.seconds, 0) * 1_000,
    )
    const next = at === -1 ? PHASES.length - 1 : at
    if (next === phase) return
    phase = next
    phaseStartMs = clock.now()
    const [first] = places
    if (phase === 1) first!.location.d1.down()
    if (phase === 2) {
      first!.location.d1.up()
      world.primary.down()
    }
    if (phase === 3) world.primary.up()
  }
  const isDue = (name: keyof typeof due, everyMs: number) => {
    if (clock.now() < due[name]) return false
    due[name] += everyMs
    return true
  }
  // Small odd steps: commits, pulses, and questions fall anywhere between each other.
  while (clock.now() < startMs + TOTAL_MS) {
    enterPhases()
    if (isDue('lags', LAGS_MS)) for (const place of places) drawLags(place, rng)
    const writersUp = phase !== 2
    if (isDue('pulse', PULSE_MS) && writersUp) await world.enrich.catalogue.writePulse(clock.now())
    if (isDue('veto', VETO_MS) && writersUp) await writeVeto(world.shop, world.enrich)
    if (isDue('outbox', OUTBOX_MS) && writersUp) await drainOutbox(world.enrich)
    while (writersUp && moments.length > 0 && moments[0]!.atMs <= clock.now())
      await lose(world, moments.shift()!.item, rng, losses)
    while (askAt.length > 0 && askAt[0]! <= clock.now()) {
      askAt.shift()
      const shopper = rng.pick(shoppers)
      const at = shopper.country % LOCATIONS
      const place = places[at]!
      // Isolates come and go.
      const seat = rng.int(ISOLATES)
      if (rng.next() < 0.03) place.isolates[seat] = place.location.isolate(options.adapt)
      const down = phase === 2 || (phase === 1 && at === 0)
      const settled = down || clock.now() - phaseStartMs > SETTLE_MS || phase === 0
      await question(world, place.isolates[seat]!, shopper, rng, losses, report, {
        phase: PHASES[phase]!.name,
        d1Up: !down,
        d1Settled: settled,
        allDownSinceMs: phase === 2 ? phaseStartMs : null,
      })
    }
    clock.advance(1 + rng.int(400))
  }
  report.losses = losses.size
  return report
}

/** A tenth of the items. Half of them are popular ones: what nobody is shown proves nothing. */
async function drawLosers(world: World, rng: Rng): Promise<World['data']['items']> {
  const { items } = world.data
  const count = Math.ceil(items.length / 10)
  const popular = new Set(await world.enrich.learning.mostPopular(world.shop, count))
  const half = Math.ceil(count / 2)
  return [
    ...rng.shuffle(items.filter((item) => popular.has(item.id))).slice(0, half),
    ...rng.shuffle(items.filter((item) => !popular.has(item.id))).slice(0, count - half),
  ]
}

async function openPlaces(world: World, rng: Rng, adapt: FreshnessOptions['adapt']): Promise<Place[]> {
  const places: Place[] = []
  for (let n = 0; n < LOCATIONS; n++) {
    const place = { d1LagMs: 0, kvLagMs: 0 } as Place
    drawLags(place, rng)
    place.location = await world.location({ d1LagMs: () => place.d1LagMs, kvLagMs: () => place.kvLagMs })
    place.isolates = Array.from({ length: ISOLATES }, () => place.location.isolate(adapt))
    places.push(place)
  }
  return places
}

/** A replica mostly keeps up; one time in five it is stuck, which the pulse has to show. KV is quick half of the time. */
function drawLags(place: Place, rng: Rng): void {
  place.d1LagMs = rng.next() < 0.2 ? 10_000 + rng.int(50_000) : rng.int(10_001)
  place.kvLagMs = rng.int(rng.next() < 0.5 ? 5_000 : 90_001)
}

async function lose(
  world: World,
  item: World['data']['items'][number],
  rng: Rng,
  losses: Map<string, Loss>,
): Promise<void> {
  const nowMs = world.clock.now()
  const fate = rng.pick(FATES)
  const market = rng.pick(COUNTRIES)
  const soonMs = 1_000 + rng.int(60_000)
  const line = fated(item, fate, market, nowMs, soonMs)
  if (line === null) await world.deleteItem(item.id)
  else await world.putItems([{ ...line, updated_at: new Date(nowMs).toISOString() }])
  losses.set(item.id, {
    id: item.id,
    fate,
    market: fate === 'closed_here' ? market : null,
    committedMs: nowMs,
    epoch: world.epoch(),
    goneFromMs: fate === 'expires_soon' ? nowMs + soonMs : nowMs,
  })
}

/** What a shopper asks: a third are strangers, whose shelves are shared; the others leave out items of their last shelf. */
function bodyOf(world: World, shopper: Shopper, rng: Rng): { body: Record<string, unknown>; excluded: string[] } {
  const market = COUNTRIES[shopper.country]!
  const popular = world.data.items[rng.int(3)]!.id
  const any = rng.pick(world.data.items).id
  const placement = rng.pick(['home', 'product', 'cart'])
  if (rng.next() < 0.4) {
    return {
      body: placement === 'product' ? { placement, market, item_ids: [popular] } : { placement: 'home', market },
      excluded: [],
    }
  }
  const excluded = rng.shuffle(shopper.last).slice(0, EXCLUDED)
  const body = { placement, market, user_id: shopper.id, exclude_item_ids: excluded }
  if (placement === 'product') return { body: { ...body, item_ids: [any] }, excluded }
  if (placement === 'cart') return { body: { ...body, cart_item_ids: [any, popular] }, excluded }
  return { body, excluded }
}

interface Moment {
  phase: string
  d1Up: boolean
  d1Settled: boolean
  allDownSinceMs: number | null
}

async function question(
  world: World,
  parts: ShelfParts,
  shopper: Shopper,
  rng: Rng,
  losses: ReadonlyMap<string, Loss>,
  report: FreshnessReport,
  { phase, ...moment }: Moment,
): Promise<void> {
  const { body, excluded } = bodyOf(world, shopper, rng)
  const asked = await ask(parts, world.config, body)
  const nowMs = world.clock.now()
  const market = COUNTRIES[shopper.country]!
  shopper.last = asked.ids
  const { rung, cache } = asked.answer
  const kind = `${rung}${cache === 'hit' ? ' shared' : ''}`
  const row = report.byPhase[phase] ?? {}
  report.byPhase[phase] = { ...row, [kind]: (row[kind] ?? 0) + 1 }
  report.answers += 1
  if (asked.ids.length === 0) report.emptyShelves += 1
  for (const id of asked.ids) {
    const loss = losses.get(id)
    if (!loss || (loss.market !== null && loss.market !== market) || loss.goneFromMs > nowMs) continue
    const lateS = (nowMs - loss.goneFromMs) / 1_000
    const which = rung !== 'L2' ? 'withoutD1' : cache === 'hit' ? 'shared' : 'd1'
    report.worstLateS[which] = Math.max(report.worstLateS[which], lateS)
  }
  for (const { breach, text } of judge(asked, losses, { nowMs, market, excluded, ...moment })) {
    report.breaches[breach] += 1
    if (report.examples.length < 12) report.examples.push(`${breach}: ${text} [${phase}]`)
  }
}

const emptyReport = ({ seed }: FreshnessOptions): FreshnessReport => ({
  seed,
  answers: 0,
  losses: 0,
  byPhase: {},
  breaches: { a: 0, b: 0, c: 0, dishonest: 0, short: 0, excluded: 0, unnamed: 0 },
  examples: [],
  worstLateS: { d1: 0, shared: 0, withoutD1: 0 },
  emptyShelves: 0,
})
