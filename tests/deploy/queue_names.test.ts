/** A second installation's queues have an ending on their names: the consumers know them all the same. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readDeclared } from '../../scripts/deploy/declared.ts'
import { consume as consumeInEnrich } from '../../workers/enrich/queues.ts'
import { consume as consumeInIngest } from '../../workers/ingest/queue.ts'

const ROOT = join(import.meta.dirname, '../..')

/** Whether a worker has a consumer for the queue: whatever it does then fails for want of everything. */
async function knows(
  consume: (batch: never, deps: never, defer: never) => Promise<void>,
  queue: string,
): Promise<boolean> {
  const error = await consume({ queue, messages: [] } as never, {} as never, (() => {}) as never).catch(
    (thrown: Error) => thrown,
  )
  return !/Unexpected queue/.test(String(error))
}

test.each([null, 'staging', 'eu-2'])(
  'every consumed queue of the installation %s has its consumer',
  async (environment) => {
    const { workers, named } = readDeclared(ROOT, environment)
    let seen = 0
    for (const { key, raw } of workers)
      for (const { queue } of raw.queues?.consumers ?? []) {
        expect(await knows(key === 'ingest' ? consumeInIngest : consumeInEnrich, named(queue)), named(queue)).toBe(true)
        seen++
      }
    expect(seen).toBe(6)
  },
)

test.each(['shelfwise-other', 'shelfwise-inboxes', 'shelfwise-outboxes', ''])(
  'the queue “%s” is nobody’s',
  async (queue) => {
    expect(await knows(consumeInIngest, queue)).toBe(false)
    expect(await knows(consumeInEnrich, queue)).toBe(false)
  },
)
