/**
 * How fast the running stack answers, beside what the platform itself costs: plain Hono, Hono with one KV read, a shared
 * shelf, an uncached personal shelf. Raw Miniflare with direct sockets, all in one run; the order of the variants
 * turns round each round; medians of rounds.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { seededRng } from '../shared/base/rng.ts'
import { bundle, startStack } from '../workers/local/stack.ts'
import { type LoadRequest, type LoadResult, load, median } from './load.ts'
import { loadShop } from './shop.ts'
import { printTable, type Row } from './table.ts'

const ROOT = join(import.meta.dirname, '..')
const SEED = 20_261_121
/** Connections of the closed loop: two a core of a small machine that runs the generator too. */
const OPEN = 4
/** What a shelf is measured against, as workers of their own in the same runtime. */
const BASELINES = { 'baseline-hono': 'hono.ts', 'baseline-hono-kv': 'hono_kv.ts' } as const
type BaselineName = keyof typeof BASELINES

interface Options {
  quick: boolean
  dataset: string
  json: boolean
}

interface Variant {
  name: string
  url: URL
  next: (index: number) => LoadRequest
}

/** @returns medians by variant, and their ratios to `Hono + one KV read` */
export async function benchHttp(options: Options) {
  const rounds = options.quick ? 2 : 5
  const seconds = options.quick ? 1.5 : 4
  const stack = await startStack({
    port: 0,
    variables: { 'shelfwise-ingest': { ADMIN_KEY_HASH: loadShop.adminKeyHash } },
    extraWorkers: await Promise.all((Object.keys(BASELINES) as BaselineName[]).map(baselineWorker)),
  })
  try {
    const shop = await loadShop(stack, options.dataset)
    const cache = await stack.runtime.getKVNamespace('CACHE', 'shelfwise-api')
    const sample = await (await fetch(new URL(shop.sharedPath, stack.url))).text()
    await cache.put('bench:shelf', sample)
    const rng = seededRng(SEED)
    const personal = shop.shoppers.map((user) => ({ user, market: rng.pick(shop.markets) }))
    const key = { authorization: `Bearer ${shop.key}` }
    const variants: Variant[] = [
      {
        name: 'Hono',
        url: await stack.runtime.unsafeGetDirectURL('baseline-hono'),
        next: () => ({ method: 'GET', path: '/' }),
      },
      {
        name: 'Hono + one KV read',
        url: await stack.runtime.unsafeGetDirectURL('baseline-hono-kv'),
        next: () => ({ method: 'GET', path: '/' }),
      },
      { name: 'shared shelf', url: stack.url, next: () => ({ method: 'GET', path: shop.sharedPath }) },
      {
        name: 'uncached personal shelf',
        url: stack.url,
        next: (index) => {
          const { user, market } = personal[index % personal.length]!
          const query = new URLSearchParams({ placement: 'home', user_id: user, market })
          return { method: 'GET', path: `/v1/recommendations?${query}`, headers: key }
        },
      },
    ]
    const results = new Map<string, LoadResult[]>(variants.map((variant) => [variant.name, []]))
    for (const variant of variants) await load(variant.url, variant.next, { connections: 4, seconds: 1 })
    for (let round = 0; round < rounds; round++) {
      const order = round % 2 === 0 ? variants : [...variants].reverse()
      for (const variant of order) {
        results.get(variant.name)!.push(await load(variant.url, variant.next, { connections: OPEN, seconds }))
      }
    }
    const alone = new Map<string, LoadResult>()
    for (const variant of variants)
      alone.set(variant.name, await load(variant.url, variant.next, { connections: 1, seconds: options.quick ? 1 : 3 }))
    const firstMs = await firstRequest(options)
    return report(variants, results, alone, firstMs, shop.description, options)
  } finally {
    await stack.stop()
  }
}

function report(
  variants: readonly Variant[],
  results: ReadonlyMap<string, LoadResult[]>,
  alone: ReadonlyMap<string, LoadResult>,
  firstMs: number[],
  description: string,
  options: Options,
) {
  const perSecond = (name: string) => median(results.get(name)!.map((result) => result.perSecond))
  const reference = perSecond('Hono + one KV read')
  const rows: Row[] = variants.map(({ name }) => {
    const rounds = results.get(name)!
    return {
      variant: name,
      'requests/s': perSecond(name),
      'of Hono + KV': perSecond(name) / reference,
      [`p50 ms (${OPEN} open)`]: median(rounds.map((result) => result.p50Ms)),
      [`p99 ms (${OPEN} open)`]: median(rounds.map((result) => result.p99Ms)),
      'p50 ms (1 open)': alone.get(name)!.p50Ms,
      errors: rounds.reduce((sum, result) => sum + result.errors, 0),
    }
  })
  const summary = { shop: description, rows, firstRequestMs: { median: median(firstMs), all: firstMs } }
  if (options.json) console.log(JSON.stringify(summary, null, 2))
  else {
    console.log(`Shop: ${description}`)
    printTable(rows)
    console.log(
      `First request in a fresh isolate: median ${median(firstMs).toFixed(1)} ms of ${firstMs.length} (${firstMs.map((ms) => ms.toFixed(0)).join(', ')})`,
    )
  }
  return summary
}

/** The first answer of a runtime that has just started: parsing and starting the api worker included. */
async function firstRequest(options: Options): Promise<number[]> {
  const times: number[] = []
  for (let run = 0; run < (options.quick ? 3 : 7); run++) {
    const stack = await startStack({ port: 0 })
    try {
      const from = performance.now()
      await (await fetch(new URL('/health', stack.url))).arrayBuffer()
      times.push(performance.now() - from)
    } finally {
      await stack.stop()
    }
  }
  return times
}

async function baselineWorker(name: BaselineName): Promise<Record<string, unknown>> {
  return {
    name,
    modules: true,
    script: await bundle(join(ROOT, 'workers/local/baseline', BASELINES[name])),
    compatibilityDate: '2026-11-01',
    kvNamespaces: { CACHE: { id: '0000000000000000000000000000cac4' } },
    unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
  }
}

/** The evaluation data where it lies beside the project, else the product's own demo shop. */
export function defaultDataset(): string {
  const beside = join(ROOT, '..', 'shared', 'data', 'online-retail')
  return existsSync(beside) ? beside : join(ROOT, 'demo', 'shops', 'hearth-and-field')
}
