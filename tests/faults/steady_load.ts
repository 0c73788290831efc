/** Requests at a steady pace, whether or not the ones before were answered: a slow answer holds up nobody's clock. */
import { Agent } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { type LoadRequest, statusOf } from '../../bench/load.ts'

export interface Heard {
  /** Milliseconds from when each request was due until its answer had come whole, in the order of the answers. */
  latenciesMs: number[]
  /** Answers by status; 0 where none came. */
  statuses: Map<number, number>
}

export const nothingHeard = (): Heard => ({ latenciesMs: [], statuses: new Map() })

export interface Pace {
  perSecond: number
  seconds: number
}

/** An open loop into `heard`; resolves when every request is answered. */
export async function steadyLoad(
  url: URL,
  requests: readonly LoadRequest[],
  { perSecond, seconds }: Pace,
  agent: Agent,
  heard: Heard,
): Promise<void> {
  const beganMs = performance.now()
  const open: Array<Promise<void>> = []
  for (let index = 0; index < perSecond * seconds; index++) {
    const dueMs = beganMs + (index * 1_000) / perSecond
    const leftMs = dueMs - performance.now()
    if (leftMs > 0) await pause(leftMs)
    const one = statusOf(url, requests[index % requests.length]!, agent).catch(() => 0)
    open.push(
      one.then((status) => {
        heard.latenciesMs.push(performance.now() - dueMs)
        heard.statuses.set(status, (heard.statuses.get(status) ?? 0) + 1)
      }),
    )
  }
  await Promise.all(open)
}

/** Sockets stay open between requests, as a shop's server keeps them. */
export const keptAlive = (): Agent => new Agent({ keepAlive: true, maxSockets: 64 })
