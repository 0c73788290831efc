/** D1 takes calls and answers none for a while, under steady reads and writes; afterwards it does what it was told. */
import { setTimeout as pause } from 'node:timers/promises'
import { quantile } from '../../bench/load.ts'
import { seededRng } from '../../shared/base/rng.ts'
import type { Broken } from './ladder_lanes.ts'
import { type Ask, KNOWN_SHOPPER, type LadderStack, type Timed } from './ladder_stack.ts'

export interface StallOptions {
  seed: number
  seconds: number
  readsPerSecond: number
  writesPerSecond: number
  broken?: Broken
}

export const FULL: StallOptions = { seed: 20_261_122, seconds: 80, readsPerSecond: 25, writesPerSecond: 4 }
export const QUICK: StallOptions = { seed: 20_261_122, seconds: 8, readsPerSecond: 6, writesPerSecond: 2 }

export interface StallReport {
  reads: number
  /** Reads that were not answered 2xx. */
  readsFailed: number
  p50Ms: number
  p99Ms: number
  latestMs: number
  rungs: Record<string, number>
  /** Shelves without an item: nothing is known of availability any more. */
  empty: number
  writes: number
  /** Writes by status. */
  statuses: Record<string, number>
  /** Acknowledged while D1 could not commit anything. */
  falseAcks: number
  /** 503 without Retry-After, or another failure. */
  wrongRefusals: number
  latestWriteMs: number
  /** From the end of the stall until a write was acknowledged again, and what had been refused, sent again, was not taken. */
  recoveredAfterMs: number
  lostAfterRetry: number
}

interface Sent {
  request: Ask
  answer: Timed
  startedMs: number
  endedMs: number
}

const RECOVERS_WITHIN_MS = 20_000

export async function stallD1(stack: LadderStack, options: StallOptions): Promise<StallReport> {
  const { seed, seconds, readsPerSecond, writesPerSecond, broken } = options
  const rng = seededRng(seed)
  const order = broken === undefined ? {} : { broken }
  const lane = await stack.open(order)
  const read = readsOf(stack, rng)
  const write = writesOf(stack)
  // An isolate that has served for a while.
  for (let n = 0; n < 12; n++) await stack.ask(lane, read(n))
  for (let n = 0; n < 2; n++) await stack.ask(lane, write())
  await stack.work()
  const stalledUntilMs = Date.now() + seconds * 1_000
  await stack.tell({ ...order, lane, stalledUntilMs })
  const [reads, writes] = await Promise.all([
    paced(stack, lane, read, readsPerSecond, stalledUntilMs),
    paced(stack, lane, write, writesPerSecond, stalledUntilMs),
  ])
  const recovered = await recover(stack, lane, writes, stalledUntilMs)
  await stack.close(lane)
  const during = writes.filter((one) => one.endedMs < stalledUntilMs)
  const latencies = reads.map(({ answer }) => answer.ms).sort((a, b) => a - b)
  const bodies = reads.map(({ answer }) => answer.body as { served?: { rung: string }; items?: unknown[] } | null)
  return {
    reads: reads.length,
    readsFailed: reads.filter(({ answer }) => answer.status < 200 || answer.status > 299).length,
    ...{ p50Ms: quantile(latencies, 0.5), p99Ms: quantile(latencies, 0.99), latestMs: latencies.at(-1) ?? Number.NaN },
    rungs: tally(bodies.map((body) => body?.served?.rung ?? 'none')),
    empty: bodies.filter((body) => body?.items?.length === 0).length,
    writes: writes.length,
    statuses: tally(writes.map(({ answer }) => String(answer.status))),
    falseAcks: during.filter(({ answer }) => answer.status >= 200 && answer.status < 300).length,
    wrongRefusals: during.filter(({ answer }) => answer.status >= 300 && !isRefusal(answer)).length,
    latestWriteMs: Math.max(...writes.map(({ answer }) => answer.ms)),
    ...recovered,
  }
}

const isRefusal = ({ status, headers }: Timed) => status === 503 && Number(headers.get('retry-after')) > 0

const tally = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

/** Shelves of many kinds: shoppers known and not, pages seen before and new ones. */
function readsOf({ data }: LadderStack, rng: ReturnType<typeof seededRng>) {
  const id = () => rng.pick(data.items).id
  return (n: number): Ask => {
    const post = (json: Record<string, unknown>): Ask => ({ method: 'POST', path: '/v1/recommendations', json })
    if (n % 4 === 0) return post({ placement: 'home', user_id: KNOWN_SHOPPER })
    if (n % 4 === 1) return post({ placement: 'product', item_ids: [id()], user_id: `u-${rng.int(40)}` })
    if (n % 4 === 2) return post({ placement: 'cart', cart_item_ids: [id(), id()], recent: [{ item_id: id() }] })
    return {
      method: 'GET',
      path: `/v1/recommendations?${new URLSearchParams({ placement: 'product', item_ids: id() })}`,
    }
  }
}

/** Items and events in turn, each its own, so that what became of it can be looked up. */
function writesOf({ data }: LadderStack) {
  let written = 0
  const item = data.items[5]!
  return (): Ask => {
    written += 1
    if (written % 2 === 0) {
      const event = { event_id: `stall-${written}`, type: 'view', user_id: 'u-stall', item_id: item.id }
      return { method: 'POST', path: '/v1/events', json: { events: [event] } }
    }
    const { id: _id, ...body } = item
    return {
      method: 'PUT',
      path: `/v1/items/stall-${written}`,
      json: { ...body, title: `Written in a stall ${written}` },
    }
  }
}

/** Requests at their times, whether or not those before were answered. */
async function paced(stack: LadderStack, lane: string, next: (n: number) => Ask, perSecond: number, untilMs: number) {
  const open: Array<Promise<Sent>> = []
  const fromMs = Date.now()
  for (let n = 0; ; n++) {
    const dueMs = fromMs + (n * 1_000) / perSecond
    if (dueMs >= untilMs - 200) break
    await pause(Math.max(0, dueMs - Date.now()))
    const request = next(n)
    const startedMs = Date.now()
    open.push(stack.ask(lane, request).then((answer) => ({ request, answer, startedMs, endedMs: Date.now() })))
  }
  return Promise.all(open)
}

/** How often a sender tries again, as soon as it was told to. */
const ROUNDS = 3

/** Sends again what was refused, as its sender would; all of it is taken, once. */
async function recover(stack: LadderStack, lane: string, writes: readonly Sent[], stalledUntilMs: number) {
  const refused = writes.filter(({ answer }) => answer.status === 503)
  await pause(Math.max(0, stalledUntilMs - Date.now()))
  let recoveredAfterMs = Number.POSITIVE_INFINITY
  const probe = writesOf(stack)
  while (Date.now() - stalledUntilMs < RECOVERS_WITHIN_MS) {
    if ((await stack.ask(lane, probe())).status < 300) {
      recoveredAfterMs = Date.now() - stalledUntilMs
      break
    }
    await pause(250)
  }
  let waiting = refused.map(({ request }) => request)
  let lost = 0
  for (let round = 0; round < ROUNDS && waiting.length > 0; round++) {
    const still: Ask[] = []
    let retryAfterS = 0
    for (const request of waiting) {
      const answer = await stack.ask(lane, request)
      if (answer.status === 503) still.push(request)
      else if (answer.status >= 300 || !(await isKept(stack, lane, request))) lost += 1
      retryAfterS = Math.max(retryAfterS, Number(answer.headers.get('retry-after') ?? 0))
    }
    waiting = still
    if (waiting.length > 0) await pause(retryAfterS * 1_000)
  }
  return { recoveredAfterMs, lostAfterRetry: lost + waiting.length }
}

const isKept = async (stack: LadderStack, lane: string, { method, path }: Ask): Promise<boolean> =>
  method !== 'PUT' || (await stack.ask(lane, { method: 'GET', path })).status === 200

export const P99_MAX_MS = 250

/** What of the promises a stall's report does not keep. @param p99Max where another machine's noise is to be borne */
export function brokenInStall(report: StallReport, p99Max = P99_MAX_MS): string[] {
  const faults: string[] = []
  if (report.readsFailed > 0) faults.push(`${report.readsFailed} of ${report.reads} reads not answered 2xx`)
  if (!(report.p99Ms <= p99Max)) faults.push(`reads: p99 ${report.p99Ms.toFixed(0)} ms, at most ${p99Max}`)
  if (report.falseAcks > 0) faults.push(`${report.falseAcks} writes acknowledged that were not committed`)
  if (report.wrongRefusals > 0)
    faults.push(`${report.wrongRefusals} writes refused otherwise than by 503 with Retry-After`)
  if (report.writes === 0) faults.push('no write was tried')
  if (!Number.isFinite(report.recoveredAfterMs)) faults.push('no write was taken after the stall')
  if (report.lostAfterRetry > 0) faults.push(`${report.lostAfterRetry} writes lost though they were sent again`)
  return faults
}
