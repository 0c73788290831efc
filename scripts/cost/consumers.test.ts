import { join } from 'node:path'
import { expect, test } from 'vitest'
import { unstable_readConfig as readConfig } from 'wrangler'
import { CONSUMERS } from './platform.ts'

interface Consumer {
  queue: string
  max_batch_size?: number
  max_batch_timeout?: number
}

test('queues are handed on as the workers’ configurations say', () => {
  const declared = ['enrich', 'ingest'].flatMap((worker) => {
    const { queues } = readConfig({ config: join(import.meta.dirname, '../../workers', worker, 'wrangler.toml') })
    return (queues.consumers ?? []).map(({ queue, max_batch_size, max_batch_timeout }: Consumer) => ({
      ...{ queue, batchSize: max_batch_size },
      everyMs: 1_000 * max_batch_timeout!,
    }))
  })
  for (const consumer of CONSUMERS) expect(declared).toContainEqual(consumer)
})
