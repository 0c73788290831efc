/** Bulk writes with an Idempotency-Key are done once and tell the same; hundreds of requests: `npm run check:bulk`. */
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { BULK_KEYS } from '../../shared/domain/bulk_request.ts'
import { BROKEN_WORKERS } from './bulk/broken.ts'
import { killedRun, onDisk } from './bulk/disk.ts'
import { asShipped, createWorld, randomRequest } from './bulk/world.ts'
import { checksOf, failingOf, QUICK_REQUESTS, SEED } from './bulk_repeats.ts'

const CHECKS = checksOf(SEED, QUICK_REQUESTS)

describe('as shipped', () => {
  for (const check of CHECKS) test(check.name, () => check.run({ adapt: asShipped }))
})

describe('a process that is killed, with databases on disk', () => {
  // Seeds of a request of items and of one of events.
  test.each([SEED, SEED + 2])('seed %i', async (seed) => {
    const request = randomRequest(seed, 'a-key-of-a-process-that-dies')
    const calm = await createWorld()
    const told = await calm.answer(request)
    const root = await mkdtemp(join(tmpdir(), 'shelfwise-bulk-'))
    try {
      // Migrating is most of the work, and the same for all of them.
      const template = join(root, 'template')
      await createWorld(asShipped, onDisk(template))
      // After the claim, after the first part, and when all is written and nothing said.
      for (const dieAfter of new Set([1, 2, calm.commits()])) {
        const directory = join(root, String(dieAfter))
        await cp(template, directory, { recursive: true })
        expect(await killedRun({ directory, request, dieAfter })).toBe('SIGKILL')
        const world = await createWorld(asShipped, onDisk(directory), 1)
        world.clock.advance(BULK_KEYS.heldMs + 1)
        const answer = await world.answer(request)
        expect([answer.body, answer.replayed], `after commit ${dieAfter}`).toEqual([told.body, true])
        expect(await world.state(), `after commit ${dieAfter}`).toEqual(await calm.state())
      }
    } finally {
      await rm(root, { recursive: true, force: true })
    }
  })
})

test.each(BROKEN_WORKERS)('negative control: a worker that $name is found', async ({ adapt, caughtBy }) => {
  const wanted = CHECKS.filter((check) => caughtBy.test(check.name))
  expect(wanted.length).toBeGreaterThan(0)
  expect(await failingOf(adapt, wanted)).not.toEqual([])
})
