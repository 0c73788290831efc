/** The running stack whose api and ingest workers take lanes, with a shop that has learned, and ways to ask it. */
import { join } from 'node:path'
import { CRONS } from '../../workers/enrich/crons.ts'
import { bundle } from '../../workers/local/stack.ts'
import {
  type Answer,
  createShop,
  type Door,
  openDoor,
  sendLines,
  sendShop,
  settled,
  WORK_CRON,
} from '../integration/shop_door.ts'
import { demoShop, type ShopData } from '../support/shops.ts'
import { LANES_PATH, type LaneOrder, type Part } from './ladder_lanes.ts'
import { type LaneUpstash, startLaneUpstash } from './ladder_upstash.ts'

export interface LadderStack {
  data: ShopData
  keys: { sk: string; pk: string }
  door: Door
  upstash: LaneUpstash
  /** A new lane: an isolate that has not been asked yet. @returns its name */
  open(order?: Omit<LaneOrder, 'lane'>): Promise<string>
  /** Tells a lane what to be from now on. */
  tell(order: LaneOrder): Promise<void>
  close(lane: string): Promise<void>
  /** Calls of a lane to its dependencies so far. */
  calls(lane: string): Promise<Record<Part, number>>
  ask(lane: string, request: Ask): Promise<Timed>
  /** What crons do: availability is told anew. */
  work(): Promise<void>
  stop(): Promise<void>
}

export interface Ask {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  path: string
  json?: unknown
  kind?: 'sk' | 'pk'
  headers?: Record<string, string>
}

export interface Timed extends Answer {
  ms: number
}

/** An answer that takes longer is none. */
const PATIENCE_MS = 8_000

export const KNOWN_SHOPPER = 'u-known'

/** @param events of the demo shop that are learned from; all of them when not said */
export async function openLadder(events = Number.POSITIVE_INFINITY): Promise<LadderStack> {
  const upstash = await startLaneUpstash()
  const [api, ingest] = await Promise.all(
    ['ladder_api.ts', 'ladder_ingest.ts'].map((file) => bundle(join(import.meta.dirname, file))),
  )
  const scripts: Record<string, string> = { 'shelfwise-api': api!, 'shelfwise-ingest': ingest! }
  const bound = { UPSTASH_REDIS_REST_URL: upstash.url, UPSTASH_REDIS_REST_TOKEN: 'main' }
  const door = await openDoor({
    adapt: (name, options) =>
      scripts[name] === undefined
        ? options
        : { ...options, script: scripts[name], bindings: { ...(options.bindings as object), ...bound } },
  })
  const demo = demoShop('hearth-and-field')
  const data = { ...demo, events: demo.events.slice(0, events) }
  const keys = await createShop(door, data)
  let opened = 0
  let asked = 0
  const pulse = { beats: false }
  const told = async (method: string, lane: string, body?: string) => {
    const url = new URL(`${LANES_PATH}?lane=${lane}`, door.stack.url)
    const response = await fetch(url, { method, ...(body === undefined ? {} : { body }) })
    return (await response.json()) as Record<Part, number> | null
  }
  const tell: LadderStack['tell'] = async (order) => {
    upstash.fail(order.lane, order.failing?.includes('upstash') ? (order.mode ?? 'error') : null)
    await told('PUT', order.lane, JSON.stringify(order))
  }
  const stack: LadderStack = {
    ...{ data, keys, door, upstash, tell },
    async open(order = {}) {
      const lane = `n${++opened}`
      await tell({ ...order, lane })
      return lane
    },
    close: async (lane) => void (await told('DELETE', lane)),
    calls: async (lane) => (await told('GET', lane))!,
    ask: (lane, request) => timed(door, keys, request, `lane_${lane}_${++asked}`),
    async work() {
      // Availability is told by the pulse, which lives for a minute.
      if (!pulse.beats) {
        pulse.beats = true
        const ended = () => {
          pulse.beats = false
        }
        door.stack.cron(CRONS.pulse).then(ended, ended)
      }
      await door.stack.cron(WORK_CRON)
    },
    async stop() {
      await door.stack.stop()
      await upstash.stop()
    },
  }
  try {
    await teach(stack)
  } catch (error) {
    await stack.stop()
    throw error
  }
  return stack
}

async function teach({ door, data, keys }: LadderStack): Promise<void> {
  await sendShop(door, keys.sk, data)
  // A shopper with a past, so that a home shelf has neighbours to show.
  const seen = data.items.slice(0, 3).map((item) => ({ type: 'view', user_id: KNOWN_SHOPPER, item_id: item.id }))
  await sendLines(door, keys.sk, '/v1/events:bulk', seen)
  await settled(door, keys.sk)
}

async function timed(door: Door, keys: LadderStack['keys'], request: Ask, requestId: string): Promise<Timed> {
  const { method, path, json, kind = 'sk', headers = {} } = request
  const fromMs = performance.now()
  let timer: NodeJS.Timeout | undefined
  const given = new Promise<Answer>((resolve) => {
    const none = { status: 0, headers: new Headers(), body: null, text: '' }
    timer = setTimeout(() => resolve(none), PATIENCE_MS)
  })
  const options = { key: keys[kind], headers: { 'x-request-id': requestId, ...headers } }
  const answered = door.call(method, path, json === undefined ? options : { ...options, json }).catch((error) => ({
    ...{ status: 0, headers: new Headers(), body: null, text: String(error) },
  }))
  const answer = await Promise.race([answered, given])
  clearTimeout(timer)
  return { ...answer, ms: performance.now() - fromMs }
}
