import type { MessageBatch, Queue } from '@cloudflare/workers-types'
import type { MemoryQueue } from '../../../workers/local/node/memory_queue.ts'
import type { Meter } from '../meter.ts'

/** An operation is each 64 KB of a message that is written, read or deleted. */
const OPERATION_BYTES = 64_000
/** Reading and deleting. */
const PER_DELIVERY = 2

const operationsOf = (body: unknown) =>
  Math.max(1, Math.ceil(Buffer.byteLength(JSON.stringify(body) ?? '') / OPERATION_BYTES))

/** The producer's end of a queue: counts what is written. */
export function countedQueue(queue: MemoryQueue, meter: Meter): Queue {
  return {
    send(body: unknown, ...rest: []) {
      meter.add('queues.operations', operationsOf(body))
      return meter.apart(() => queue.send(body, ...rest))
    },
    sendBatch(messages: Array<{ body: unknown }>, ...rest: []) {
      for (const { body } of messages) meter.add('queues.operations', operationsOf(body))
      return meter.apart(() => queue.sendBatch(messages, ...rest))
    },
  } as unknown as Queue
}

/** Counts what handing a batch to its consumer costs: each message is read, and deleted when it is done. */
export function countDelivery(batch: MessageBatch, meter: Meter): void {
  for (const { body } of batch.messages) meter.add('queues.operations', PER_DELIVERY * operationsOf(body))
}
