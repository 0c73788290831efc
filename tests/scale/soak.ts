/**
 * The running stack under a mix of shelves, events and item changes: at half its capacity for as long as is asked, then at
 * five times its capacity, then at half again. `npm run soak -- 10m`, or `npm run soak -- --quick`; wants an idle machine.
 */
import { parseArgs } from 'node:util'
import { type LoadRequest, load, quantile } from '../../bench/load.ts'
import { chunk } from '../../shared/base/batch.ts'
import { seededRng } from '../../shared/base/rng.ts'
import { createShop, type Door, openDoor, sendShop, settled } from '../integration/shop_door.ts'
import { demoShop, type ShopData } from '../support/shops.ts'
import { processTree, residentMb } from './process_tree.ts'
import { crowd, pacedLoad, type Second, sum } from './soak_load.ts'

const SEED = 20_261_122
export const PROMISES = { driftShare: 0.05, goodputShare: 0.9, recoveredWithinS: 10 }
/** How many times its capacity the stack is asked for. */
const OVERLOAD = 5

export interface SoakOptions {
  seed: number
  capacitySeconds: number
  /** At half capacity; the first part of it, in which the runtime still grows, is not held against the memory. */
  soakSeconds: number
  warmUpShare: number
  overloadSeconds: number
  recoverySeconds: number
}

export const FULL: SoakOptions = {
  ...{ seed: SEED, capacitySeconds: 15, soakSeconds: 600, warmUpShare: 0.2, overloadSeconds: 20, recoverySeconds: 15 },
}
export const QUICK: SoakOptions = {
  ...{ seed: SEED, capacitySeconds: 5, soakSeconds: 16, warmUpShare: 0.5, overloadSeconds: 6, recoverySeconds: 11 },
}

export interface SoakReport {
  /** Requests a second of a closed loop. */
  capacity: number
  soak: { requests: number; good: number; refused: number; wrong: number; p50Ms: number; p99Ms: number }
  /** Of workerd, after the warm-up: by a straight line through a sample a second, as a share of where it begins. */
  memoryMb: { from: number; to: number; driftShare: number; samples: number }
  /** The same, the warm-up with it: means of tenths, which tell what grows from what has grown. */
  tenthsMb: number[]
  overload: {
    perSecond: number
    due: number
    goodPerSecond: number
    refused: number
    wrong: number
    goodputShare: number
  }
  /** Seconds after the overload until all that was due in a second, and in each one after it, was answered 2xx in time. */
  recoveredAfterS: number
}

/** A stack with a shop that has learned. */
export interface Soaked {
  door: Door
  data: ShopData
  keys: { sk: string; pk: string }
}

export async function soak({ door, data, keys }: Soaked, options: SoakOptions): Promise<SoakReport> {
  const { seed, capacitySeconds, soakSeconds, warmUpShare, overloadSeconds, recoverySeconds } = options
  const agent = crowd(400)
  try {
    const url = door.stack.url
    const next = mixOf(data, keys, seed)
    await load(url, next, { connections: 8, seconds: Math.min(3, capacitySeconds) })
    const { perSecond: capacity } = await load(url, next, { connections: 8, seconds: capacitySeconds })
    const half = capacity / 2
    const memory = watchMemory(() => processTree(process.pid).filter((pid) => pid !== process.pid))
    const soaked = await pacedLoad(url, next, { perSecond: half, seconds: soakSeconds }, agent)
    const samples = memory.stop()
    const crowded = await pacedLoad(url, next, { perSecond: OVERLOAD * capacity, seconds: overloadSeconds }, agent)
    const after = await pacedLoad(url, next, { perSecond: half, seconds: recoverySeconds }, agent)
    const latencies = soaked.flatMap((second) => second.latenciesMs).sort((a, b) => a - b)
    const spanSeconds = Math.max(...crowded.map((second, at) => at + Math.max(0, ...second.latenciesMs) / 1_000))
    const goodPerSecond = sum(crowded, 'good') / Math.max(overloadSeconds, spanSeconds)
    return {
      capacity,
      soak: {
        ...{ requests: sum(soaked, 'due'), good: sum(soaked, 'good'), refused: sum(soaked, 'refused') },
        ...{ wrong: sum(soaked, 'wrong'), p50Ms: quantile(latencies, 0.5), p99Ms: quantile(latencies, 0.99) },
      },
      memoryMb: drift(samples.slice(Math.floor(samples.length * warmUpShare))),
      tenthsMb: chunk(samples, Math.max(1, Math.ceil(samples.length / 10))).map(
        (own) => own.reduce((total, one) => total + one, 0) / own.length,
      ),
      overload: {
        ...{ perSecond: OVERLOAD * capacity, due: sum(crowded, 'due'), goodPerSecond },
        ...{ refused: sum(crowded, 'refused'), wrong: sum(crowded, 'wrong'), goodputShare: goodPerSecond / capacity },
      },
      recoveredAfterS: recoveredAfter(after),
    }
  } finally {
    agent.destroy()
  }
}

async function openShop(): Promise<Soaked> {
  const door = await openDoor()
  const data = demoShop('hearth-and-field')
  const keys = await createShop(door, data)
  await sendShop(door, keys.sk, data)
  await settled(door, keys.sk)
  return { door, data, keys }
}

/** Of a hundred requests: fifty shared shelves, thirty personal ones, fifteen events, five changed items. */
function mixOf(data: ShopData, keys: { sk: string; pk: string }, seed: number) {
  const rng = seededRng(seed)
  const shoppers = [...new Set((data.events as Array<{ user_id: string }>).map((event) => event.user_id))]
  const json = { authorization: `Bearer ${keys.sk}`, 'content-type': 'application/json' }
  const page = () =>
    rng.next() < 0.5 ? { placement: 'home' } : { placement: 'product', item_ids: rng.pick(data.items).id }
  return (): LoadRequest => {
    const drawn = rng.int(100)
    if (drawn < 80) {
      const shopper = drawn < 50 ? {} : { user_id: rng.pick(shoppers) }
      const query = new URLSearchParams({ key: keys.pk, ...page(), ...shopper })
      return { method: 'GET', path: `/v1/recommendations?${query}` }
    }
    const item = rng.pick(data.items)
    if (drawn < 95) {
      const event = { type: 'view', user_id: rng.pick(shoppers), item_id: item.id }
      return { method: 'POST', path: '/v1/events', headers: json, body: JSON.stringify({ events: [event] }) }
    }
    const changed = { ...item, title: `${item.title} ${rng.int(9)}`, updated_at: new Date().toISOString() }
    return {
      method: 'POST',
      path: '/v1/items:bulk',
      headers: { ...json, 'content-type': 'application/x-ndjson' },
      body: JSON.stringify(changed),
    }
  }
}

/** A sample a second. */
function watchMemory(pids: () => number[]) {
  const samples: number[] = []
  const timer = setInterval(() => samples.push(residentMb(pids())), 1_000)
  return {
    stop() {
      clearInterval(timer)
      return samples
    },
  }
}

/** Least squares through samples that are equally far apart. */
export function drift(samples: readonly number[]): SoakReport['memoryMb'] {
  const n = samples.length
  const meanX = (n - 1) / 2
  const meanY = samples.reduce((total, one) => total + one, 0) / n
  const over = samples.reduce((total, one, x) => total + (x - meanX) * (one - meanY), 0)
  const under = samples.reduce((total, _one, x) => total + (x - meanX) ** 2, 0)
  const slope = under === 0 ? Number.NaN : over / under
  const from = meanY - slope * meanX
  const to = from + slope * (n - 1)
  return { from, to, driftShare: (to - from) / from, samples: n }
}

/** @returns Infinity where it never came about */
export function recoveredAfter(seconds: readonly Second[]): number {
  const isWell = (second: Second) => second.due > 0 && second.inTime === second.due
  const lastBad = seconds.findLastIndex((second) => !isWell(second))
  return lastBad === seconds.length - 1 ? Number.POSITIVE_INFINITY : lastBad + 1
}

/** What of the promises a report does not keep. */
export function brokenInSoak({ soak: own, memoryMb, overload, recoveredAfterS }: SoakReport): string[] {
  const faults: string[] = []
  if (own.good < own.requests)
    faults.push(`${own.requests - own.good} of ${own.requests} not answered 2xx at half capacity`)
  if (!(memoryMb.driftShare < PROMISES.driftShare))
    faults.push(`memory grew by ${(100 * memoryMb.driftShare).toFixed(1)} %`)
  if (!(overload.goodputShare >= PROMISES.goodputShare))
    faults.push(`goodput ${(100 * overload.goodputShare).toFixed(0)} % of the peak at five times the capacity`)
  if (overload.wrong > 0)
    faults.push(`${overload.wrong} of ${overload.due} neither answered nor refused with Retry-After`)
  if (!(recoveredAfterS <= PROMISES.recoveredWithinS)) faults.push(`back to normal after ${recoveredAfterS} s`)
  return faults
}

/** `10m`, `40s`: in seconds. */
function secondsOf(text: string): number {
  const match = /^(\d+)(s|m|h)$/.exec(text)
  if (match === null) throw new RangeError(`${text} is no duration such as 10m`)
  return Number(match[1]) * { s: 1, m: 60, h: 3_600 }[match[2] as 's' | 'm' | 'h']
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false }, seed: { type: 'string', default: String(SEED) } },
  })
  const asked = { ...(values.quick ? QUICK : FULL), seed: Number(values.seed) }
  const options = positionals[0] === undefined ? asked : { ...asked, soakSeconds: secondsOf(positionals[0]) }
  console.log(`seed ${options.seed}, ${options.soakSeconds} s at half capacity`)
  const opened = await openShop()
  const report = await soak(opened, options).finally(() => opened.door.stack.stop())
  const { capacity, soak: own, memoryMb, tenthsMb, overload, recoveredAfterS } = report
  console.log(
    `  capacity ${capacity.toFixed(0)} requests/s: half shared shelves, a third personal ones, a fifth writes`,
  )
  console.log(
    `  half: ${own.good}/${own.requests} 2xx, ${own.refused} refused, p50 ${own.p50Ms.toFixed(0)} ms, p99 ${own.p99Ms.toFixed(0)}`,
  )
  console.log(
    `  workerd ${memoryMb.from.toFixed(0)} -> ${memoryMb.to.toFixed(0)} MB (${(100 * memoryMb.driftShare).toFixed(1)} %, ${memoryMb.samples} samples); by tenths ${tenthsMb.map((mb) => mb.toFixed(0)).join(' ')}`,
  )
  console.log(
    `  five times: ${overload.due} due, ${overload.goodPerSecond.toFixed(0)} good/s (${(100 * overload.goodputShare).toFixed(0)} % of the peak), ${overload.refused} refused, ${overload.wrong} neither; back to normal after ${recoveredAfterS} s`,
  )
  const faults = brokenInSoak(report)
  for (const fault of faults) console.log(`  NOT KEPT: ${fault}`)
  console.log(faults.length === 0 ? 'ok' : `FAILED: ${faults.length}`)
  process.exitCode = faults.length === 0 ? 0 : 1
}

if (import.meta.main) await main()
