/** Load that keeps its pace whatever is answered, told second by second. */
import { Agent, request as httpRequest } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { LoadRequest } from '../../bench/load.ts'

export interface Second {
  /** Requests that were due in it. */
  due: number
  /** Answered 2xx, and of these in time. */
  good: number
  inTime: number
  /** 429, or 503 with Retry-After. */
  refused: number
  /** Anything else, no answer included. */
  wrong: number
  latenciesMs: number[]
}

/** An answer that comes later is of no use to a shopper. */
export const IN_TIME_MS = 1_000

export interface Pace {
  perSecond: number
  seconds: number
}

/** Sockets stay open between requests. At most as many wait at once: a crowd that would open more is turned away by none. */
export const crowd = (sockets: number): Agent => new Agent({ keepAlive: true, maxSockets: sockets })

/** @returns each second of the load by what became of the requests that were due in it */
export async function pacedLoad(
  url: URL,
  next: (index: number) => LoadRequest,
  { perSecond, seconds }: Pace,
  agent: Agent,
): Promise<Second[]> {
  const told: Second[] = Array.from({ length: Math.ceil(seconds) }, () => ({
    ...{ due: 0, good: 0, inTime: 0, refused: 0, wrong: 0, latenciesMs: [] },
  }))
  const open: Array<Promise<void>> = []
  const beganMs = performance.now()
  for (let index = 0; index < Math.floor(perSecond * seconds); index++) {
    const dueMs = beganMs + (index * 1_000) / perSecond
    const leftMs = dueMs - performance.now()
    if (leftMs > 1) await pause(leftMs)
    const second = told[Math.floor(index / perSecond)]!
    second.due += 1
    open.push(
      send(url, next(index), agent).then(({ status, retryAfter }) => {
        const ms = performance.now() - dueMs
        second.latenciesMs.push(ms)
        if (status >= 200 && status < 300) {
          second.good += 1
          if (ms <= IN_TIME_MS) second.inTime += 1
        } else if (status === 429 || (status === 503 && retryAfter)) second.refused += 1
        else second.wrong += 1
      }),
    )
  }
  await Promise.all(open)
  return told
}

/** Status 0 where no whole answer came. */
function send(url: URL, { method, path, headers, body }: LoadRequest, agent: Agent) {
  return new Promise<{ status: number; retryAfter: boolean }>((resolve) => {
    const none = () => resolve({ status: 0, retryAfter: false })
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
    const options = { agent, host: url.hostname, port: url.port, method, path, headers: { ...headers, ...length } }
    const call = httpRequest(options, (answer) => {
      answer.resume()
      const retryAfter = Number(answer.headers['retry-after']) > 0
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, retryAfter }))
      answer.on('error', none)
    })
    call.on('error', none)
    call.end(body)
  })
}

export const sum = (seconds: readonly Second[], part: Exclude<keyof Second, 'latenciesMs'>): number =>
  seconds.reduce((total, second) => total + second[part], 0)
