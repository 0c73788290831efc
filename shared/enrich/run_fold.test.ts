/** A fold holds its lease over every object that it puts: objects know no fence. */
import { expect, test } from 'vitest'
import { createOperations, DAY, interaction, NOW, SHOP } from '../../tests/support/unit_catalogue.ts'
import { createMemoryR2 } from '../../workers/local/node/memory_r2.ts'
import { manualClock, SECOND_MS } from '../base/clock.ts'
import { foldEvents } from '../learn/fold_events.ts'
import { silentLog } from '../observe/log.ts'
import { type Archive, createArchive } from '../store/archive.ts'
import { createEventInbox } from '../store/operations/event_inbox.ts'
import { createJobStore } from '../store/operations/jobs.ts'
import { createLeaseStore } from '../store/operations/leases.ts'
import type { EnrichDeps } from './deps.ts'
import { alone, QUICK_LEASE_MS, runFold } from './run.ts'

const DAYS = 20
/** Objects that a fold has under way at once. */
const AT_ONCE = 6

/** One batch with an event on each of twenty days. */
async function setUp(put: (at: number, write: () => Promise<void>) => Promise<void>) {
  const clock = manualClock(NOW)
  const operations = await createOperations()
  const inbox = createEventInbox(operations)
  const inner = createArchive(createMemoryR2({ clock }))
  const events = Array.from({ length: DAYS }, (_, at) => {
    const eventId = `e${at}`
    return { eventId, interactions: [interaction({ eventId, atMs: NOW - at * DAY })] }
  })
  await inbox.accept(SHOP, events, 'b', NOW, null)
  let puts = 0
  const archive: Archive = { ...inner, putEvents: (...args) => put(++puts, () => inner.putEvents(...args)) }
  let named = 0
  const deps = {
    ...{ clock, log: silentLog, inbox, archive, jobs: createJobStore(operations), fencing: null },
    leases: createLeaseStore(operations),
    learning: { noteNewestEvent: async () => {} },
    unique: () => `run-${++named}`,
  } as unknown as EnrichDeps
  const folds = async () => (await alone('fold', deps, async () => true, QUICK_LEASE_MS)) === true
  return { clock, deps, inbox, folds, objects: () => inner.eventObjects(SHOP, null) }
}

test('a fold of many objects keeps its lease, however slow the objects are', async () => {
  const met: boolean[] = []
  const ready = await setUp(async (_at, write) => {
    ready.clock.advance(2 * SECOND_MS)
    met.push(await ready.folds())
    await write()
  })
  expect(await runFold(ready.deps)).not.toBeNull()
  expect(ready.clock.now() - NOW).toBeGreaterThan(QUICK_LEASE_MS)
  expect(met).toEqual(Array.from({ length: DAYS }, () => false))
  expect(await ready.objects()).toHaveLength(DAYS)
  expect(await ready.inbox.waiting()).toBe(0)
})

/** A fold sleeps over its lease while its first objects are under way, and an eraser has its turn meanwhile. */
const overslept = () => {
  let taken = false
  const ready = setUp(async (at, write) => {
    const { clock, folds } = await ready
    if (at === 1) {
      clock.advance(QUICK_LEASE_MS + SECOND_MS)
      taken = await folds()
    }
    await write()
  })
  return { ready, wasTaken: () => taken }
}

test('a fold that lost its lease puts no further object', async () => {
  const { ready, wasTaken } = overslept()
  const { deps, objects, inbox } = await ready
  expect(await runFold(deps)).toBeNull()
  expect(wasTaken()).toBe(true)
  expect(await objects()).toHaveLength(AT_ONCE)
  expect(await inbox.waiting()).toBe(1)
})

test('control: without keeping the lease it goes on with what it had read', async () => {
  const { ready, wasTaken } = overslept()
  const { deps, objects } = await ready
  await alone(
    'fold',
    deps,
    () =>
      foldEvents(deps.inbox, deps.archive, async () => {
        throw new Error('died')
      }),
    QUICK_LEASE_MS,
  ).catch((error: Error) => expect(error.message).toBe('died'))
  expect(wasTaken()).toBe(true)
  expect(await objects()).toHaveLength(DAYS)
})

test('no object is put unless the lease outlasts it', async () => {
  const left: unknown[] = []
  const ready = await setUp(async (_at, write) => {
    // Nobody gets it while the object may still be under way, were this fold to die now.
    left.push(await ready.deps.leases.take('fold', 'another', ready.clock.now() + 14 * SECOND_MS, 1))
    ready.clock.advance(SECOND_MS)
    await write()
  })
  await runFold(ready.deps)
  expect(left).toEqual(Array.from({ length: DAYS }, () => null))
})

test('an object that fails waits for those beside it before the lease is handed back', async () => {
  let late = false
  let lateWasHeld = false
  const ready = await setUp(async (at, write) => {
    if (at === 1) throw new Error('R2 is down')
    if (at === AT_ONCE) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      late = true
      lateWasHeld = !(await ready.folds())
    }
    await write()
  })
  await expect(runFold(ready.deps)).rejects.toThrow('R2 is down')
  expect([late, lateWasHeld]).toEqual([true, true])
  expect(await ready.folds()).toBe(true)
})
