import type { Platform } from '../platform/client.ts'
import { findOrCreate } from '../platform/ensure.ts'
import type { Step } from '../steps.ts'

export interface Queue {
  queue_id: string
  queue_name: string
  consumers?: ReadonlyArray<{
    type?: string
    script?: string
    service?: string
    dead_letter_queue?: string | null
    settings?: { batch_size?: number; max_retries?: number; max_wait_time_ms?: number; max_concurrency?: number | null }
  }>
}

/** Null where there is none. */
export const findQueue = async (name: string, path: string, platform: Platform): Promise<Queue | null> =>
  (await platform.list<Queue>(`${path}/queues?name=${encodeURIComponent(name)}`, `queue ${name}`)).find(
    (one) => one.queue_name === name,
  ) ?? null

/** A queue is used by its name; its consumer comes with the worker that consumes it. */
export function queueStep(name: string, path: string, platform: Platform, sleep: (ms: number) => Promise<void>): Step {
  const what = `queue ${name}`
  const find = () => findQueue(name, path, platform)
  return {
    name: what,
    look: async () => ((await find()) === null ? { done: false, said: 'create' } : { done: true, said: 'there' }),
    async take() {
      await findOrCreate(what, find, () => platform.write<Queue>('POST', `${path}/queues`, { queue_name: name }), sleep)
    },
  }
}
