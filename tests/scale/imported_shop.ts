/**
 * A whole dataset in the running stack, by the command and over HTTP: imported twice, then a tenth of it taken away, then
 * asked by two hundred shoppers of ten countries.
 * `npm run check:shop -- [--dataset DIR] [--seed N]`
 */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { itemsBulkSchema, shelfSchema } from '../../cli/answers.ts'
import { createClient } from '../../cli/client.ts'
import { readCredentials } from '../../cli/credentials.ts'
import { mapConcurrent } from '../../shared/base/batch.ts'
import { type Rng, seededRng } from '../../shared/base/rng.ts'
import type { ItemLine } from '../../shared/domain/item.ts'
import type { RecommendationResponse } from '../../shared/domain/recommendation.ts'
import { datasetShop, demoShop, type ShopData } from '../support/shops.ts'
import { processTree, residentMb } from './process_tree.ts'
import { type RunningStack, startUp } from './running_stack.ts'

const ROOT = join(import.meta.dirname, '../..')
const SHOP = 'scale'
const SHOPPERS = 200
const ROUNDS = 10
const EXCLUDED_EACH = 5
const SAMPLE_MS = 250

const { values } = parseArgs({ options: { dataset: { type: 'string' }, seed: { type: 'string', default: '1' } } })
const beside = join(ROOT, '../shared/data/online-retail')
const dataset = resolve(values.dataset ?? (existsSync(beside) ? beside : join(ROOT, 'demo/shops/hearth-and-field')))
const seed = Number(values.seed)
const rng = seededRng(seed)
const data = datasetShop(dataset) ?? demoShop('hearth-and-field')
const failures: string[] = []
const expect = (holds: boolean, what: string) => {
  if (!holds) failures.push(what)
}

const stack = await startUp()
try {
  console.log(`dataset ${dataset}, seed ${seed}`)
  const first = await importOnce(stack)
  const share = first.endMb / first.quarterMb
  console.log(
    `first import: ${first.seconds.toFixed(1)} s to the last line, ${first.readySeconds.toFixed(1)} s until everything is learned`,
  )
  console.log(
    `memory of stack and command: ${first.quarterMb.toFixed(0)} MB at a quarter, ${first.endMb.toFixed(0)} MB at the end (${share.toFixed(2)} x), peak ${first.peakMb.toFixed(0)} MB`,
  )
  expect(
    first.report.items!.created === data.items.length,
    `${first.report.items!.created} of ${data.items.length} items created`,
  )
  expect(first.report.rejected === 0, `${first.report.rejected} lines rejected`)
  expect(first.readySeconds < 360, 'the import took six minutes or more')
  expect(share <= 1.25, `memory grew to ${share.toFixed(2)} x of that at a quarter`)
  const second = await importOnce(stack)
  const { items, events } = second.report
  console.log(
    `second import: ${second.seconds.toFixed(1)} s, items ${JSON.stringify(items)}, events ${JSON.stringify(events)}`,
  )
  expect(
    (items?.created ?? 0) + (items?.updated ?? 0) + (items?.deleted ?? 0) === 0 && (events?.accepted ?? 0) === 0,
    'the second import changed something',
  )
  const gone = await takeAway(stack, rng)
  console.log(`taken away: ${gone.size} of ${data.items.length} items (out of stock, hidden, expired, deleted in turn)`)
  await askAround(stack, gone)
} finally {
  await stack.stop()
}
console.log(failures.length === 0 ? 'All of it holds.' : `FAILED (seed ${seed}):\n  ${failures.join('\n  ')}`)
process.exitCode = failures.length === 0 ? 0 : 1

interface ImportReport {
  items: Record<string, number> | null
  events: Record<string, number> | null
  rejected: number
  seconds: number
}

async function importOnce(running: RunningStack) {
  const startedAt = performance.now()
  const { child, done } = running.cli(['import', dataset, '--shop', SHOP, '--json', '--wait'])
  const samples: Array<{ atMs: number; mb: number }> = []
  const timer = setInterval(() => {
    const pids = [...processTree(running.pid), ...processTree(child.pid!)]
    samples.push({ atMs: performance.now() - startedAt, mb: residentMb(pids) })
  }, SAMPLE_MS)
  const { code, stdout, stderr } = await done
  clearInterval(timer)
  if (code !== 0) throw new Error(`import ended with ${code}: ${stderr.slice(-2_000)}`)
  const report = JSON.parse(stdout) as ImportReport & { waited: unknown }
  const readySeconds = (performance.now() - startedAt) / 1_000
  // `seconds` of the report includes the waiting; the quarter is one of the whole, waiting included.
  const at = (fraction: number) => samples[Math.floor((samples.length - 1) * fraction)]?.mb ?? Number.NaN
  return {
    report,
    seconds: report.seconds,
    readySeconds,
    quarterMb: at(0.25),
    endMb: at(1),
    peakMb: Math.max(...samples.map((one) => one.mb)),
  }
}

async function secretClient(running: RunningStack) {
  const credentials = await readCredentials(running.directory)
  return createClient({ url: running.url, key: credentials!.shops[SHOP]!.sk! })
}

/** Takes a seeded tenth of the items from sale, in four ways in turn. */
async function takeAway(running: RunningStack, chance: Rng): Promise<Set<string>> {
  const client = await secretClient(running)
  const chosen = chance.shuffle(data.items).slice(0, Math.ceil(data.items.length / 10))
  const now = new Date().toISOString()
  const ways: Array<(item: ItemLine) => object> = [
    (item) =>
      withOffers(item, now, (offer) => ({
        ...offer,
        ...(offer.variants ? { variants: offer.variants.map((one) => ({ ...one, stock: 0 })) } : { stock: 0 }),
      })),
    (item) => withOffers(item, now, (offer) => ({ ...offer, visible: false })),
    (item) => withOffers(item, now, (offer) => ({ ...offer, valid_until: '2026-01-01T00:00:00Z' })),
    (item) => ({ id: item.id, deleted: true, updated_at: now }),
  ]
  const lines = chosen.map((item, index) => JSON.stringify(ways[index % ways.length]!(item)))
  for (let start = 0; start < lines.length; start += 500) {
    const answer = await client.call({
      method: 'POST',
      path: '/v1/items:bulk',
      lines: lines.slice(start, start + 500),
      answer: itemsBulkSchema,
    })
    expect(
      answer.counts.rejected === 0,
      `${answer.counts.rejected} of the removals were rejected: ${JSON.stringify(answer.results.find((one) => one.errors))}`,
    )
  }
  return new Set(chosen.map((item) => item.id))
}

type Offer = ItemLine['offers'][number]

function withOffers(item: ItemLine, now: string, change: (offer: Offer) => object): object {
  return { ...item, updated_at: now, offers: item.offers.map(change) }
}

/** Every shopper asks ten times and each time excludes five items of the last shelf. */
async function askAround(running: RunningStack, gone: ReadonlySet<string>): Promise<void> {
  const client = await secretClient(running)
  const shoppers = shoppersByMarket(data)
  const counts = { answers: 0, short: 0, unavailable: 0, excluded: 0, degraded: 0 }
  const startedAt = performance.now()
  await mapConcurrent(shoppers, 4, async ({ user, market }, index) => {
    let exclude: string[] = []
    const placement = (['home', 'cart', 'product', 'generic'] as const)[index % 4]!
    for (let round = 0; round < ROUNDS; round++) {
      const context =
        placement === 'cart'
          ? { cart_item_ids: exclude.slice(0, 2) }
          : placement === 'product'
            ? { item_ids: exclude.slice(0, 1) }
            : {}
      const json = { placement, user_id: user, market, exclude_item_ids: exclude, limit: 12, ...context }
      const shelf = (await client.call({
        method: 'POST',
        path: '/v1/recommendations',
        json,
        answer: shelfSchema,
      })) as unknown as RecommendationResponse
      const ids = shelf.items.map((item) => item.id)
      counts.answers += 1
      if (ids.length < 12) counts.short += 1
      if (ids.some((id) => gone.has(id))) counts.unavailable += 1
      if (ids.some((id) => exclude.includes(id))) counts.excluded += 1
      if (shelf.served.rung !== 'L2' || shelf.served.degraded.length > 0) counts.degraded += 1
      exclude = ids.slice(0, EXCLUDED_EACH)
    }
  })
  console.log(
    `${counts.answers} answers in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s: ${JSON.stringify(counts)}`,
  )
  expect(counts.answers === SHOPPERS * ROUNDS, `${counts.answers} answers`)
  expect(counts.short === 0, `${counts.short} short shelves`)
  expect(counts.unavailable === 0, `${counts.unavailable} shelves with an unavailable item`)
  expect(counts.excluded === 0, `${counts.excluded} shelves with an excluded item`)
}

/** Two hundred shoppers, spread over the ten markets with most shoppers. */
function shoppersByMarket(shop: ShopData): Array<{ user: string; market: string }> {
  const byMarket = new Map<string, Set<string>>()
  for (const event of shop.events as Array<{ user_id?: string; anonymous_id?: string; market?: string }>) {
    const market = event.market ?? shop.body.market
    byMarket.set(market, (byMarket.get(market) ?? new Set()).add(event.user_id ?? event.anonymous_id ?? 'nobody'))
  }
  const markets = [...byMarket].sort((a, b) => b[1].size - a[1].size).slice(0, 10)
  if (markets.length === 0) markets.push([shop.body.market, new Set(['nobody'])])
  return Array.from({ length: SHOPPERS }, (_, index) => {
    const [market, users] = markets[index % markets.length]!
    const list = [...users]
    return { user: list[Math.floor(index / markets.length) % list.length]!, market }
  })
}
