/** Platforms that send signed webhooks over connections that they keep, and come again until they are answered. */
import { Agent, request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { Message } from '../simulation/messages.ts'
import type { Attempt, Schedule } from '../simulation/schedule.ts'
import type { SimShop } from '../simulation/story.ts'
import type { Delivery } from '../support/webhook_senders.ts'

/** Longer than any answer takes; a sender that hears nothing until then comes again. */
const PATIENCE_MS = 15_000
/** A refused connection is tried again after this. */
const REFUSED_PAUSE_MS = 50

/** The status of an answer, or null when the connection ended without one. */
export type Door = (shop: SimShop, delivery: Delivery) => Promise<number | null>

export interface HttpDoor {
  deliver: Door
  /** Forgets all connections, as a peer that died makes a sender do. */
  close(): void
}

export function httpDoor(url: string, connections: number, sourceOf: (shop: SimShop) => string): HttpDoor {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  return {
    deliver: (shop, { headers, body }) =>
      new Promise((resolve) => {
        const bytes = Buffer.from(body)
        const sent = request(
          `${url}/webhooks/${sourceOf(shop)}/${shop.shop}`,
          { method: 'POST', agent, timeout: PATIENCE_MS, headers: { ...headers, 'content-length': bytes.length } },
          (response) => {
            response.on('error', () => resolve(null))
            response.resume().on('end', () => resolve(response.statusCode ?? null))
            response.on('close', () => resolve(null))
          },
        )
        sent.on('error', () => resolve(null))
        sent.on('timeout', () => sent.destroy())
        sent.end(bytes)
      }),
    close: () => agent.destroy(),
  }
}

/** Slow enough that the stack keeps up with most of what the hasty door has taken. */
const ANSWERS_AFTER_MS = 150
const HANDS_ON_AFTER_MS = 50

/**
 * A door that breaks the one rule: it acknowledges what it has only heard, and hands it on afterwards. What it still
 * holds when the stack is killed is gone with it.
 */
export function hastyDoor(inner: Door): { deliver: Door; killed(): void } {
  let life = 0
  const handOn = async (shop: SimShop, delivery: Delivery, born: number) => {
    await pause(HANDS_ON_AFTER_MS)
    if (life === born) await inner(shop, delivery)
  }
  return {
    deliver: async (shop, delivery) => {
      void handOn(shop, delivery, life)
      await pause(ANSWERS_AFTER_MS)
      return 200
    },
    killed: () => {
      life += 1
    },
  }
}

export interface LoadCounts {
  sent: number
  acknowledged: number
  /** Answers by status; `none` is a connection that ended without one. */
  answers: Record<string, number>
}

export interface Load {
  readonly counts: LoadCounts
  /** Answers that no sender should get. */
  readonly refusals: string[]
  /** Sends until so many are acknowledged in all, or nothing is left. Resolves when no attempt is under way. */
  sendUntil(acknowledged: number): Promise<void>
  /** Stops sending; resolves when no attempt is under way. */
  pause(): Promise<void>
  readonly isDone: boolean
}

export function createLoad(
  schedule: Schedule,
  door: Door,
  senders: number,
  onAcknowledged: (message: Message) => void,
): Load {
  const counts: LoadCounts = { sent: 0, acknowledged: 0, answers: {} }
  const refusals: string[] = []
  let target = 0
  let running: Promise<void> = Promise.resolve()
  const settle = (attempt: Attempt, status: number | null) => {
    const { message } = attempt
    const name = status === null ? 'none' : String(status)
    counts.answers[name] = (counts.answers[name] ?? 0) + 1
    if (status !== null && status >= 200 && status < 300) {
      counts.acknowledged += 1
      if (message.fact.kind === 'forged') refusals.push(`the forged ${message.id} was accepted`)
      else onAcknowledged(message)
      return
    }
    if (message.fact.kind === 'forged' && status === 401) return
    if (status !== null && status !== 503 && refusals.length < 20)
      refusals.push(`${message.shop.shop} ${message.topic} ${message.id} was answered ${status}`)
    schedule.again(attempt, attempt.atMs)
  }
  const sender = async () => {
    while (counts.acknowledged < target) {
      const attempt = schedule.next()
      if (attempt === null) return
      counts.sent += 1
      const { message, number } = attempt
      const status = await door(message.shop, message.send(Date.now(), number))
      settle(attempt, status)
      if (status === null || status === 503) await pause(REFUSED_PAUSE_MS)
    }
  }
  return {
    counts,
    refusals,
    sendUntil(acknowledged) {
      target = acknowledged
      running = Promise.all(Array.from({ length: senders }, sender)).then(() => {})
      return running
    },
    pause() {
      target = 0
      return running
    },
    get isDone() {
      return schedule.waiting === 0
    },
  }
}
