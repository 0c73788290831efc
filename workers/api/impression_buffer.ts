import type { Queue } from '@cloudflare/workers-types'
import type { Log } from '../../shared/observe/log.ts'
import type { ImpressionRecord } from '../../shared/recommend/impression.ts'

/** Records wait this long for company: a queue operation per shelf would cost more than the shelf. */
const WAIT_MS = 1_000
/** Bytes of one message; the platform's limit is 128,000. */
const MESSAGE_BYTES = 100_000
/** Records held at most; beyond it the oldest are sent at once. */
const RECORDS_MAX = 400

/** Collects impression records of an isolate and sends them in few messages. */
export interface ImpressionBuffer {
  /** The promise ends when the record has been sent; it belongs into waitUntil. */
  add(record: ImpressionRecord): Promise<void>
}

export function createImpressionBuffer(queue: Queue<ImpressionRecord[]>, log: Log): ImpressionBuffer {
  let waiting: ImpressionRecord[] = []
  let flushing: Promise<void> | null = null

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
    add(record) {
      waiting.push(record)
      if (waiting.length >= RECORDS_MAX) return send()
      // One timer for all that come meanwhile; each request's waitUntil keeps it alive.
      flushing ??= scheduler.wait(WAIT_MS).then(() => {
        flushing = null
        return send()
      })
      return flushing
    },
  }
}

function packed(records: readonly ImpressionRecord[]): ImpressionRecord[][] {
  const messages: ImpressionRecord[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const record of records) {
    const bytes = JSON.stringify(record).length * 2
    if (size + bytes > MESSAGE_BYTES) {
      messages.push([])
      size = 0
    }
    messages.at(-1)!.push(record)
    size += bytes
  }
  return messages
}
