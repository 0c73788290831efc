/**
 * A queue in memory: it keeps what is sent until pump() hands it to a consumer, with acknowledgements, retries, delays
 * and a dead letter queue. Delivery is at least once, in order of readiness; production promises no order at all.
 */
import { randomUUID } from 'node:crypto'
import type { MessageBatch, Queue, QueueSendOptions } from '@cloudflare/workers-types'
import type { Clock } from '../../../shared/base/clock.ts'

/** 128 KB, of 1,000 bytes each. */
const MESSAGE_BYTES_MAX = 128_000
const SEND_BATCH_MESSAGES_MAX = 100
const SEND_BATCH_BYTES_MAX = 256_000
/** 24 hours. */
const DELAY_SECONDS_MAX = 86_400
const BATCH_SIZE_DEFAULT = 10
const RETRIES_DEFAULT = 3

export interface MemoryQueueOptions {
  clock: Clock
  name?: string
  /** Messages handed over at once. */
  batchSize?: number
  /** Deliveries after the first; beyond them a message goes to the dead letter queue, or is dropped without one. */
  maxRetries?: number
  deadLetter?: MemoryQueue
}

export interface QueuedMessage {
  id: string
  body: unknown
  attempts: number
  sentAtMs: number
  readyAtMs: number
}

export interface PumpReport {
  batches: number
  acknowledged: number
  retried: number
  /** Given up: in the dead letter queue, or gone. */
  dead: number
}

export type Consumer<Body = unknown> = (batch: MessageBatch<Body>) => Promise<void> | void

export interface MemoryQueue<Body = unknown> extends Queue<Body> {
  readonly name: string
  /** What waits, oldest first; a copy. */
  waiting(): QueuedMessage[]
  /** Delivers every message that is ready now, each at most once, in batches. A throwing consumer retries its batch. */
  pump(consumer: Consumer<Body>): Promise<PumpReport>
}

export function createMemoryQueue<Body = unknown>(options: MemoryQueueOptions): MemoryQueue<Body> {
  const { clock, name = 'queue', batchSize = BATCH_SIZE_DEFAULT, maxRetries = RETRIES_DEFAULT, deadLetter } = options
  let messages: QueuedMessage[] = []
  const metrics = () => ({
    backlogCount: messages.length,
    backlogBytes: messages.reduce((n, m) => n + size(m.body), 0),
  })
  const enqueue = (body: unknown, delaySeconds = 0) => {
    checkDelay(delaySeconds)
    const now = clock.now()
    const readyAtMs = now + delaySeconds * 1_000
    messages.push({ id: randomUUID(), body: structuredClone(body), attempts: 0, sentAtMs: now, readyAtMs })
  }
  const settle = async (delivery: Delivery, report: PumpReport) => {
    for (const { message, verdict } of delivery.verdicts()) {
      if (verdict === 'ack') report.acknowledged++
      else if (message.attempts > maxRetries) {
        report.dead++
        await deadLetter?.send(message.body)
      } else {
        report.retried++
        messages.push({ ...message, readyAtMs: clock.now() + verdict.delaySeconds * 1_000 })
      }
    }
  }
  const queue = {
    name,
    metrics: async () => metrics(),
    waiting: () => messages.map((message) => ({ ...message })),
    send: async (body: unknown, send: QueueSendOptions = {}) => {
      checkBody(body)
      enqueue(body, send.delaySeconds)
      return { metadata: { metrics: metrics() } }
    },
    sendBatch: async (batch: Iterable<{ body: unknown; delaySeconds?: number }>, send: QueueSendOptions = {}) => {
      const list = [...batch]
      if (list.length === 0) throw new TypeError('sendBatch() requires at least one message')
      if (list.length > SEND_BATCH_MESSAGES_MAX) {
        throw new Error(`batch message count of ${list.length} exceeds limit of ${SEND_BATCH_MESSAGES_MAX}`)
      }
      const total = list.reduce((bytes, { body }) => bytes + checkBody(body), 0)
      if (total > SEND_BATCH_BYTES_MAX) throw new Error(`batch size of ${total} bytes exceeds ${SEND_BATCH_BYTES_MAX}`)
      for (const { delaySeconds } of list) checkDelay(delaySeconds ?? 0)
      for (const { body, delaySeconds } of list) enqueue(body, delaySeconds ?? send.delaySeconds)
      return { metadata: { metrics: metrics() } }
    },
    pump: async (consumer: Consumer<Body>): Promise<PumpReport> => {
      const report: PumpReport = { batches: 0, acknowledged: 0, retried: 0, dead: 0 }
      const ready = messages.filter((message) => message.readyAtMs <= clock.now())
      messages = messages.filter((message) => message.readyAtMs > clock.now())
      for (let start = 0; start < ready.length; start += batchSize) {
        const delivery = new Delivery(name, ready.slice(start, start + batchSize), metrics)
        await delivery.run(consumer as Consumer)
        report.batches++
        await settle(delivery, report)
      }
      return report
    },
  }
  return queue as unknown as MemoryQueue<Body>
}

type Verdict = 'ack' | { delaySeconds: number }

/** One batch in the hands of a consumer. The first verdict on a message stands. */
class Delivery {
  readonly #messages: QueuedMessage[]
  readonly #verdicts = new Map<string, Verdict>()
  readonly #batch: MessageBatch

  constructor(queue: string, messages: QueuedMessage[], metrics: () => object) {
    this.#messages = messages.map((message) => ({ ...message, attempts: message.attempts + 1 }))
    const set = (id: string, verdict: Verdict) => {
      if (!this.#verdicts.has(id)) this.#verdicts.set(id, verdict)
    }
    const retryOf = (retry?: { delaySeconds?: number }) => ({ delaySeconds: retry?.delaySeconds ?? 0 })
    this.#batch = {
      queue,
      metadata: { metrics: metrics() },
      messages: this.#messages.map(({ id, body, attempts, sentAtMs }) => ({
        id,
        body: structuredClone(body),
        attempts,
        timestamp: new Date(sentAtMs),
        ack: () => set(id, 'ack'),
        retry: (retry?: { delaySeconds?: number }) => set(id, retryOf(retry)),
      })),
      ackAll: () => {
        for (const { id } of this.#messages) set(id, 'ack')
      },
      retryAll: (retry?: { delaySeconds?: number }) => {
        for (const { id } of this.#messages) set(id, retryOf(retry))
      },
    } as unknown as MessageBatch
  }

  async run(consumer: Consumer): Promise<void> {
    try {
      await consumer(this.#batch)
      this.#batch.ackAll()
    } catch {
      // As on the platform: what was acknowledged before the throw stays acknowledged, the rest comes again.
      this.#batch.retryAll()
    }
  }

  verdicts(): { message: QueuedMessage; verdict: Verdict }[] {
    return this.#messages.map((message) => ({ message, verdict: this.#verdicts.get(message.id)! }))
  }
}

const size = (body: unknown): number => Buffer.byteLength(JSON.stringify(body) ?? '')

function checkBody(body: unknown): number {
  if (body === undefined) throw new TypeError('Message body cannot be undefined')
  const bytes = size(body)
  if (bytes > MESSAGE_BYTES_MAX)
    throw new Error(`message length of ${bytes} bytes exceeds limit of ${MESSAGE_BYTES_MAX}`)
  return bytes
}

function checkDelay(delaySeconds: number): void {
  if (delaySeconds < 0 || delaySeconds > DELAY_SECONDS_MAX) {
    throw new Error(`delaySeconds must be between 0 and ${DELAY_SECONDS_MAX}, but got ${delaySeconds}`)
  }
}
