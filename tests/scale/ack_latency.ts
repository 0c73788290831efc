/**
 * How soon a webhook is acknowledged while everything else is busy: signed deliveries arrive at the running stack at a
 * fixed rate, whether or not earlier ones were answered, while the items that were just loaded by webhook and those that
 * go on changing are understood and embedded. Then: how soon a new item can be found, behind whatever still waits.
 * `npm run check:acks -- [--seconds 60] [--rate 50] [--items 1500] [--seed N] [--quick]`
 */
import { randomUUID } from 'node:crypto'
import { availableParallelism, loadavg } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { jobsSchema, shelfSchema } from '../../cli/answers.ts'
import { readCredentials } from '../../cli/credentials.ts'
import { MINUTE_MS } from '../../shared/base/clock.ts'
import { type Rng, seededRng } from '../../shared/base/rng.ts'
import { createHarnessClient, drained, type HarnessClient, setUpShops } from '../faults/kill_loop_client.ts'
import { httpDoor } from '../faults/kill_loop_load.ts'
import { secretOfShop, sourceOf } from '../simulation/messages.ts'
import { SHOPS, type SimShop } from '../simulation/story.ts'
import {
  type Delivery,
  type SentItem,
  shopifyProduct,
  signShopify,
  signStandard,
  signWooCommerce,
  standardItem,
  wooProduct,
} from '../support/webhook_senders.ts'
import { startUp } from './running_stack.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string' },
    rate: { type: 'string', default: '50' },
    items: { type: 'string' },
    seed: { type: 'string', default: '1' },
    quick: { type: 'boolean', default: false },
    /** Without other work beside it; to tell the door's own time. */
    idle: { type: 'boolean', default: false },
  },
})
const seconds = Number(values.seconds ?? (values.quick ? 10 : 60))
const perSecond = Number(values.rate)
const itemCount = Number(values.items ?? (values.quick ? 450 : 1_500))
const seed = Number(values.seed)
const rng = seededRng(seed)

/** What has to hold. */
const BAR = { p99Ms: 250, searchableMs: 2_000 } as const
/** The vector index shows what it was given after its own delay; a minute's sweep comes behind a lost signal. */
const VECTOR_WITHIN_MS = 90_000
const DRAINS_WITHIN_MS = 300_000
const CONNECTIONS = 128
/** Of so many deliveries one has a new item and one new words for a known one; the others have another price and stock. */
const A_NEW_TEXT_IN = 10
/** Senders that load the shops, each as fast as it is answered. */
const LOADERS = 12
const LOOK_EVERY_MS = 500
const POLL_MS = 50
const STALL_GAP_MS = 500

/** When all but the last items were made: where everything is new, nothing is. */
const LONG_AGO_MS = Date.parse('2025-03-01T00:00:00Z')

const [SHOPIFY, , WOO, , STANDARD] = SHOPS as readonly SimShop[]
const SENDERS = [SHOPIFY!, WOO!, STANDARD!]
const WORDS =
  'oak walnut linen wool glass clay iron copper brass cotton round tall small wide warm soft matt bright woven carved glazed folded striped plain evening garden kitchen winter summer harbour lamp chair table basket mirror teapot kettle blanket candle vase'.split(
    ' ',
  )
const words = (chance: Rng, count: number) => Array.from({ length: count }, () => chance.pick(WORDS)).join(' ')
/** What the loaded items say now. */
const texts = new Map<string, { title: string; description: string }>()
const failures: string[] = []
const expect = (holds: boolean, what: string) => {
  if (!holds) failures.push(what)
}

const stack = await startUp()
const door = httpDoor(stack.url, CONNECTIONS, sourceOf)
try {
  const credentials = await readCredentials(stack.directory)
  const client = createHarnessClient(stack.url, credentials!.admin_key!)
  await setUpShops(client, SENDERS, secretOfShop, sourceOf)
  // Of a shared machine the figures below say little.
  console.log(`load of the machine before the start: ${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} cores`)
  console.log(`${itemCount} items, ${perSecond} deliveries a second for ${seconds} s, seed ${seed}`)
  const loadedIn = await loadItems()
  console.log(`loaded by webhook in ${loadedIn.toFixed(1)} s`)
  if (values.idle) await drained(client, SENDERS, DRAINS_WITHIN_MS)
  const background = watch(client)
  const acks = await measure()
  const busy = await background.stop()
  const { sent, fresh, reworded } = acks
  console.log(
    `${sent} deliveries: ${fresh} new items, ${reworded} new texts, ${sent - fresh - reworded} prices and stocks`,
  )
  const p = (share: number) =>
    acks.latencies[Math.min(acks.latencies.length - 1, Math.ceil(share * acks.latencies.length) - 1)] ??
    Number.POSITIVE_INFINITY
  console.log(
    `acknowledged ${acks.latencies.length} of ${acks.sent}: p50 ${p(0.5).toFixed(1)} ms, p90 ${p(0.9).toFixed(1)} ms, p99 ${p(0.99).toFixed(1)} ms, max ${p(1).toFixed(1)} ms; answers ${JSON.stringify(acks.answers)}`,
  )
  console.log(
    `meanwhile enrichment had work in ${(busy.share * 100).toFixed(0)} % of ${busy.samples} samples; of one shop at most ${busy.most} changes waited and ${busy.notUnderstood} items were not understood yet`,
  )
  if (acks.stalls.length > 0) console.log(`late: ${acks.stalls.join(', ')}`)
  expect(acks.errors === 0, `${acks.errors} deliveries were not acknowledged`)
  expect(p(0.99) < BAR.p99Ms, `p99 is ${p(0.99).toFixed(1)} ms, the bar is ${BAR.p99Ms} ms`)
  expect((fresh + reworded) / sent >= 0.2, 'too few of the deliveries had a new text')
  expect(values.idle || busy.share > 0.5, `enrichment had work in ${(busy.share * 100).toFixed(0)} % of the time only`)
  for (const shop of SENDERS) await findNew(client, shop)
} finally {
  door.close()
  await stack.stop()
}
console.log(failures.length === 0 ? 'All of it holds.' : `FAILED (seed ${seed}):\n  ${failures.join('\n  ')}`)
process.exit(failures.length === 0 ? 0 : 1)

/** Sends every item once, spread over the shops, as a platform does when it is connected. @returns seconds */
async function loadItems(): Promise<number> {
  const startedAt = performance.now()
  let next = 0
  const loader = async () => {
    while (next < itemCount) {
      const n = next++
      const shop = SENDERS[n % SENDERS.length]!
      const id = String(7_000_000 + n)
      const text = { title: words(rng, 4), description: words(rng, 40) }
      texts.set(id, text)
      const status = await door.deliver(shop, signed(shop, sentItem(shop, id, text, LONG_AGO_MS)))
      if (status !== 200) throw new Error(`item ${id} was answered ${status}`)
    }
  }
  await Promise.all(Array.from({ length: LOADERS }, loader))
  return (performance.now() - startedAt) / 1_000
}

/** Looks now and then whether enrichment has work. */
function watch(client: HarnessClient) {
  let stopped = false
  const state = { samples: 0, busy: 0, most: 0, notUnderstood: 0 }
  const look = async () => {
    while (!stopped) {
      const { items, waiting, enrichment } = await client
        .ofShop(SENDERS[state.samples % SENDERS.length]!)
        .call({ path: '/v1/jobs', answer: jobsSchema })
      state.samples += 1
      const missing = enrichment?.missing ?? 0
      if (items.waiting + waiting.outbox + missing > 0) state.busy += 1
      state.most = Math.max(state.most, waiting.outbox)
      state.notUnderstood = Math.max(state.notUnderstood, missing)
      await pause(LOOK_EVERY_MS)
    }
  }
  const running = look()
  return {
    async stop() {
      stopped = true
      await running
      return { ...state, share: state.busy / Math.max(1, state.samples) }
    },
  }
}

function sentItem(
  shop: SimShop,
  id: string,
  text: { title: string; description: string },
  createdAtMs: number,
  stock = rng.int(20),
): SentItem {
  const now = Date.now()
  const variants = [{ id: shop.platform === 'shopify' ? `${id}00` : id, price: 100 + rng.int(9_000), stock }]
  return {
    id,
    ...text,
    brand: 'Hearth',
    visible: true,
    currency: shop.currency,
    variants,
    createdAtMs,
    updatedAtMs: now,
  }
}

function signed(shop: SimShop, item: SentItem): Delivery {
  const secret = secretOfShop(shop)
  const id = randomUUID()
  switch (shop.platform) {
    case 'shopify': {
      const envelope = {
        topic: 'products/update',
        id,
        triggeredAtMs: item.updatedAtMs,
        shopDomain: `${shop.shop}.example`,
      }
      return signShopify(secret, envelope, shopifyProduct(item))
    }
    case 'woocommerce':
      return signWooCommerce(secret, 'product.updated', id, wooProduct(item))
    case 'standard':
      return signStandard(secret, id, Date.now(), standardItem(item))
  }
}

type Change = 'fresh' | 'reworded' | 'priced'

/** As shops change: mostly prices and stock. */
function drawChange(n: number): { id: string; text: { title: string; description: string }; change: Change } {
  const fresh = () => ({ title: words(rng, 4), description: words(rng, 30) })
  if (n % A_NEW_TEXT_IN === 0) return { id: String(6_000_000 + n), text: fresh(), change: 'fresh' }
  // Of the items of the shop whose turn it is.
  const id = String(7_000_000 + rng.int(Math.floor(itemCount / SENDERS.length)) * SENDERS.length + (n % SENDERS.length))
  const known = texts.get(id)!
  if (n % A_NEW_TEXT_IN !== 1) return { id, text: known, change: 'priced' }
  texts.set(id, fresh())
  return { id, text: texts.get(id)!, change: 'reworded' }
}

/** An open loop: a delivery is late from the moment at which it should have been sent. */
async function measure() {
  const total = seconds * perSecond
  const timed: Array<{ atMs: number; tookMs: number }> = []
  const answers: Record<string, number> = {}
  const changes: Record<Change, number> = { fresh: 0, reworded: 0, priced: 0 }
  let errors = 0
  const startedAt = performance.now() + 100
  const under: Promise<void>[] = []
  for (let n = 0; n < total; n++) {
    const dueAt = startedAt + (n * 1_000) / perSecond
    const shop = SENDERS[n % SENDERS.length]!
    const { id, text, change } = drawChange(n)
    changes[change] += 1
    const delivery = signed(shop, sentItem(shop, id, text, LONG_AGO_MS))
    const early = dueAt - performance.now()
    if (early > 0) await pause(early)
    under.push(
      door.deliver(shop, delivery).then((status) => {
        const name = status === null ? 'none' : String(status)
        answers[name] = (answers[name] ?? 0) + 1
        if (status !== null && status >= 200 && status < 300)
          timed.push({ atMs: dueAt - startedAt, tookMs: performance.now() - dueAt })
        else errors += 1
      }),
    )
  }
  await Promise.all(under)
  const latencies = timed.map((one) => one.tookMs).sort((a, b) => a - b)
  return { latencies, stalls: stallsOf(timed), sent: total, errors, answers, ...changes }
}

/** Stretches in which every delivery was late: something held the one thread that all of it runs on. */
function stallsOf(timed: ReadonlyArray<{ atMs: number; tookMs: number }>): string[] {
  const stalls: Array<{ fromMs: number; untilMs: number; worstMs: number }> = []
  for (const { atMs, tookMs } of [...timed].sort((a, b) => a.atMs - b.atMs)) {
    if (tookMs < BAR.p99Ms) continue
    const last = stalls.at(-1)
    if (last !== undefined && atMs - last.untilMs < STALL_GAP_MS) {
      last.untilMs = atMs
      last.worstMs = Math.max(last.worstMs, tookMs)
    } else stalls.push({ fromMs: atMs, untilMs: atMs, worstMs: tookMs })
  }
  const told = (ms: number) => (ms / 1_000).toFixed(1)
  return stalls.map((one) => `${told(one.fromMs)}-${told(one.untilMs)} s (${told(one.worstMs)} s late)`)
}

/** A new item by webhook; then the moments at which full text, the list of the new and the vectors know it. */
async function findNew(client: HarnessClient, shop: SimShop): Promise<void> {
  const id = String(5_000_000 + rng.int(900_000))
  const word = `zq${rng.int(1_000_000)}x`
  const title = `${words(rng, 3)} ${word}`
  const status = await door.deliver(
    shop,
    signed(shop, sentItem(shop, id, { title, description: words(rng, 30) }, Date.now(), 5)),
  )
  const startedAt = performance.now()
  expect(status !== null && status < 300, `the new item of ${shop.shop} was answered ${status}`)
  const isFound = async (body: object, source: string) => {
    const json = { placement: 'generic', user_id: randomUUID(), limit: 50, ...body }
    const shelf = await client
      .ofShop(shop)
      .call({ method: 'POST', path: '/v1/recommendations', json, answer: shelfSchema })
    return shelf.items.some((item) => item.id === id && item.sources.includes(source))
  }
  const until = async (look: () => Promise<boolean>, withinMs: number): Promise<number | null> => {
    while (performance.now() - startedAt < withinMs) {
      if (await look()) return performance.now() - startedAt
      await pause(POLL_MS)
    }
    return null
  }
  const [text, listed, vector] = await Promise.all([
    until(() => isFound({ query: word }, 'text'), MINUTE_MS),
    until(() => isFound({ placement: 'home' }, 'new'), MINUTE_MS),
    until(() => isFound({ query: title.replace(` ${word}`, '') }, 'vector_text'), VECTOR_WITHIN_MS),
  ])
  const told = (ms: number | null) => (ms === null ? 'never' : `${(ms / 1_000).toFixed(2)} s`)
  console.log(
    `a new item of ${shop.shop}: in text search after ${told(text)}, among the new after ${told(listed)}, in vector recall after ${told(vector)}`,
  )
  expect(text !== null && text < BAR.searchableMs, `${shop.shop}: text search knows a new item after ${told(text)}`)
  expect(
    listed !== null && listed < BAR.searchableMs,
    `${shop.shop}: the list of the new has a new item after ${told(listed)}`,
  )
  expect(vector !== null, `${shop.shop}: the vectors never show a new item`)
}
