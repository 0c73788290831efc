/**
 * What a language model's order costs the shelf that it is applied to: the same uncached personal shelves without a model,
 * with an order read from KV, and with one that the isolate holds. One process, the product's stores over SQLite and memory;
 * the variants of a shelf in random order, each time anew. Work behind the answer is not part of it.
 */
import { basename } from 'node:path'
import { type Rng, seededRng } from '../shared/base/rng.ts'
import type { Gate } from '../shared/domain/gate.ts'
import type { RecommendationRequest, Rung } from '../shared/domain/recommendation.ts'
import type { CompletionCall, CompletionResult } from '../shared/model/completer_rpc.ts'
import { createStages } from '../shared/observe/stages.ts'
import { inHoldout } from '../shared/recommend/recommendation_id.ts'
import { recommend } from '../shared/recommend.ts'
import { requestOf } from '../tests/support/ask.ts'
import { gated, withModel } from '../tests/support/llm_parts.ts'
import { datasetShop, demoShop } from '../tests/support/shops.ts'
import { createWorld, type Location, type ShelfParts, type World } from '../tests/support/world.ts'
import { median } from './load.ts'
import { printTable, type Row } from './table.ts'

const SEED = 20_261_121
const LIVE: Gate = { mode: 'live', crossing: 100_000 }
const VARIANTS = ['off', 'kv', 'held'] as const
type Variant = (typeof VARIANTS)[number]
/** Rounds before the first that counts: the engine compiles what runs often. */
const WARM_ROUNDS = 3
const RESAMPLES = 1_000

interface Options {
  quick: boolean
  json: boolean
  dataset: string
}

/** Shelves of one variant in a row, for which the processor's time is read: it knows no less of a few milliseconds. */
const TOGETHER = 10

/** Medians over the rounds, in milliseconds, of the time that a shelf took and of the processor's, for some shelves together. */
interface Times {
  took: Record<Variant, number>
  cpu: Record<Variant, number>
}

/** @returns medians by variant, and their ratios to the shelf without a model with 95 % intervals over shelves */
export async function benchLlm(options: Options): Promise<Row[]> {
  const data = datasetShop(options.dataset) ?? demoShop('hearth-and-field')
  const world = await createWorld(data)
  const location = await world.location()
  const bench = { world, location, parts: location.isolate(), config: gated(world.config, 'home', LIVE) }
  const bodies = await withOrders(bench, bodiesOf(world, options.quick ? 60 : 200))
  const times = await measure(bench, bodies, options.quick ? 12 : 30)
  const rng = seededRng(SEED)
  const rows = VARIANTS.map((variant): Row => {
    const of = (kind: keyof Times) => {
      const ratio = (list: readonly Times[]) => median(list.map((own) => own[kind][variant] / own[kind].off))
      const [low, high] = interval(times, ratio, rng)
      const name = kind === 'took' ? 'ms' : 'CPU ms'
      const shown = `${ratio(times).toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`
      return { [name]: median(times.map((own) => own[kind][variant])), [`of no model, ${name}`]: shown }
    }
    return { order: NAMES[variant], shelves: bodies.length, ...of('took'), ...of('cpu') }
  })
  if (options.json) console.log(JSON.stringify({ dataset: basename(options.dataset), seed: SEED, rows }, null, 2))
  else printTable(rows)
  return rows
}

const NAMES: Record<Variant, string> = { off: 'no model', kv: 'read from KV (L0)', held: 'held in memory (L0)' }

interface Bench {
  world: World
  location: Location
  parts: ShelfParts
  config: World['config']
}

/** Shoppers with a past of their own, on the home page. */
function bodiesOf(world: World, count: number): Array<Partial<RecommendationRequest>> {
  const users = world.data.events.map((event) => (event as { user_id: string }).user_id)
  const known = [...new Set(users)].filter((user) => !inHoldout(world.shop, `u:${user}`))
  return known.slice(0, count).map((user_id) => ({ placement: 'home', user_id }))
}

/** Turns every list upside down: the dearest order to apply. */
const contrary = {
  async complete(call: CompletionCall): Promise<CompletionResult> {
    const { key, purpose, user } = call
    if (purpose !== 'rerank') return { ok: false, key, reason: 'refused', retryAfterMs: null }
    const { candidates } = JSON.parse(user) as { candidates: Array<{ number: number }> }
    const text = JSON.stringify({ order: candidates.map(({ number }) => number).reverse() })
    return { ok: true, key, text, cost: { inputTokens: 900, outputTokens: 60, microCost: 100 }, cached: false }
  },
}

/** Has an order made for each request's very context; leaves out whoever gets none. */
async function withOrders(bench: Bench, bodies: ReadonlyArray<Partial<RecommendationRequest>>) {
  const model = withModel(bench.parts, bench.location.kv, contrary)
  const ordered = []
  for (const body of bodies) {
    await once(bench, model, { ...body, wait_ms: 2_000 })
    const behind: Array<() => Promise<unknown>> = []
    if ((await once(bench, model, body, behind)).rung === 'L0') ordered.push(body)
    // What many share is made as well, as it is in a shop that has run for a while.
    for (const work of behind) await work()
  }
  if (ordered.length === 0) throw new Error('no shelf has an order of its own')
  return ordered
}

async function measure(bench: Bench, bodies: ReadonlyArray<Partial<RecommendationRequest>>, rounds: number) {
  const rng = seededRng(SEED)
  const { parts, location } = bench
  const held = withModel(parts, location.kv, contrary)
  const groups = Array.from({ length: Math.ceil(bodies.length / TOGETHER) }, (_, at) => ({
    bodies: bodies.slice(at * TOGETHER, (at + 1) * TOGETHER),
    took: { off: [] as number[], kv: [] as number[], held: [] as number[] },
    cpu: { off: [] as number[], kv: [] as number[], held: [] as number[] },
  }))
  for (let round = -WARM_ROUNDS; round < rounds; round++) {
    console.error(`round ${round + WARM_ROUNDS + 1} of ${rounds + WARM_ROUNDS}`)
    for (const own of groups)
      for (const variant of rng.shuffle(VARIANTS)) {
        const isolates: ShelfParts[] = []
        for (const body of own.bodies)
          isolates.push(variant === 'off' ? parts : variant === 'held' ? held : await another(bench, bodies, body))
        const before = process.cpuUsage()
        for (const [at, body] of own.bodies.entries()) {
          const { rung, ms } = await once(bench, isolates[at]!, body)
          if (rung !== (variant === 'off' ? 'L2' : 'L0')) throw new Error(`a shelf came from ${rung} (${variant})`)
          if (round >= 0) own.took[variant].push(ms)
        }
        const { user, system } = process.cpuUsage(before)
        if (round >= 0) own.cpu[variant].push((user + system) / 1_000 / own.bodies.length)
      }
  }
  const medians = ({ off, kv, held }: Record<Variant, number[]>) => ({
    off: median(off),
    kv: median(kv),
    held: median(held),
  })
  return groups.map((own): Times => ({ took: medians(own.took), cpu: medians(own.cpu) }))
}

/** An isolate that has served another shopper of the same shop and nobody else: the order asked for next is in KV alone. */
async function another(
  bench: Bench,
  bodies: ReadonlyArray<Partial<RecommendationRequest>>,
  body: Partial<RecommendationRequest>,
): Promise<ShelfParts> {
  const parts = withModel(bench.parts, bench.location.kv, contrary)
  await once(bench, parts, bodies[(bodies.indexOf(body) + 1) % bodies.length]!)
  return parts
}

async function once(
  { config, parts: { clock } }: Bench,
  parts: ShelfParts,
  body: Partial<RecommendationRequest>,
  behind: Array<() => Promise<unknown>> = [],
): Promise<{ rung: Rung; ms: number }> {
  const startedAt = performance.now()
  const request = requestOf(config, body)
  const answer = await recommend(request, { ...parts, defer: (_label, work) => behind.push(work) }, createStages(clock))
  return { rung: answer.rung, ms: performance.now() - startedAt }
}

/** Bounds of a statistic over shelves drawn anew (percentile bootstrap, 95 %). */
function interval(times: readonly Times[], statistic: (list: readonly Times[]) => number, rng: Rng) {
  const drawn = Array.from({ length: RESAMPLES }, () => statistic(times.map(() => rng.pick(times))))
  drawn.sort((a, b) => a - b)
  return [drawn[Math.floor(RESAMPLES * 0.025)]!, drawn[Math.floor(RESAMPLES * 0.975)]!] as const
}
