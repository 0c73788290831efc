import type { Queue } from '@cloudflare/workers-types'
import type { Clock } from '../../shared/base/clock.ts'
import type { Log } from '../../shared/observe/log.ts'
import type { ImpressionRecord } from '../../shared/recommend/impression.ts'

/** Records wait this long for company: a queue operation per shelf would cost more than the shelf. */
const WAIT_MS = 1_000
/** A request that promised to send and has not by then was abandoned: the next one takes over. */
const ABANDONED_MS = 3 * WAIT_MS
/** Characters of one message; the platform's limit is 128,000 bytes, and ids may take three bytes a character. */
const MESSAGE_CHARS = 40_000
/** Records held at most; then they are sent at once. */
const RECORDS_MAX = 200

/** Collects impression records of an isolate and sends them in few messages. */
export interface ImpressionBuffer {
  /** Ends when this request's part is done; it belongs into waitUntil. */
  add(record: ImpressionRecord): Promise<void>
}

export function createImpressionBuffer(queue: Queue<ImpressionRecord[]>, clock: Clock, log: Log): ImpressionBuffer {
  let waiting: ImpressionRecord[] = []
  let promisedAtMs = Number.NEGATIVE_INFINITY

  const send = async () => {
    const records = waiting
    waiting = []
    for (const message of packed(records)) {
      try {
        await queue.send(message)
      } catch (error) {
        log.error('impressions_lost', error, { records: message.length })
      }
    }
  }
  return {
    async add(record) {
      waiting.push(record)
      if (waiting.length >= RECORDS_MAX) return send()
      // One request waits and sends for all; the others leave at once. Promises are not shared between requests.
      const nowMs = clock.now()
      if (nowMs - promisedAtMs < ABANDONED_MS) return
      promisedAtMs = nowMs
      await scheduler.wait(WAIT_MS)
      promisedAtMs = Number.NEGATIVE_INFINITY
      return send()
    },
  }
}

function packed(records: readonly ImpressionRecord[]): ImpressionRecord[][] {
  const messages: ImpressionRecord[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const record of records) {
    const chars = sizeOf(record)
    if (size + chars > MESSAGE_CHARS) {
      messages.push([])
      size = 0
    }
    messages.at(-1)!.push(record)
    size += chars
  }
  return messages
}

/** Characters of a record's JSON, near enough and without making it. */
function sizeOf(record: ImpressionRecord): number {
  let chars = 600 + (record.query?.length ?? 0)
  for (const id of [...record.seeds, ...record.cart, ...record.shown]) chars += id.length + 8
  for (const [id, , sources] of record.candidates) chars += id.length + 16 + sources.length * 16
  return chars
}
