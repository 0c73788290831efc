/** Many small event objects become few, and nothing is lost, doubled or brought back on the way. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createOperations, DAY, interaction, NOW, SHOP } from '../../tests/support/unit_catalogue.ts'
import { faulty } from '../../workers/local/node/faulty.ts'
import { createMemoryR2 } from '../../workers/local/node/memory_r2.ts'
import { MINUTE_MS, manualClock } from '../base/clock.ts'
import { seededRng } from '../base/rng.ts'
import type { Interaction } from '../domain/event.ts'
import { silentLog } from '../observe/log.ts'
import { createArchive } from '../store/archive.ts'
import { coveredObjects } from '../store/event_objects.ts'
import { dayOf, eventRange, objectNames } from '../store/keys.ts'
import { createLearningArtefacts } from '../store/learning_artefacts.ts'
import { createErasureStore } from '../store/operations/erasures.ts'
import { createLeaseStore } from '../store/operations/leases.ts'
import type { EnrichDeps } from './deps.ts'
import { joinEvents } from './join_events.ts'
import { countActivities, readHistories } from './profiles/histories.ts'
import { alone } from './run.ts'

const SEED = 20_261_127
const TODAY = dayOf(NOW)
const SETTLED = dayOf(NOW - 9 * DAY)

async function setUp() {
  const clock = manualClock(NOW)
  const operations = await createOperations()
  const bucket = createMemoryR2({ clock })
  const archive = createArchive(bucket)
  const artefacts = createLearningArtefacts(bucket)
  const erasures = createErasureStore(operations)
  let named = 0
  const deps = {
    ...{ clock, log: silentLog, archive, artefacts, erasures, fencing: null },
    leases: createLeaseStore(operations),
    unique: () => `run-${++named}`,
  } as unknown as EnrichDeps
  const shaken = (seed: number): EnrichDeps => {
    const cut = (after: boolean) => ({ fault: { mode: 'error' as const, message: 'cut', after }, probability: 0.15 })
    const shaky = faulty(bucket, { rng: seededRng(seed), rules: [cut(false), cut(true)] })
    return { ...deps, archive: createArchive(shaky), artefacts: createLearningArtefacts(shaky) }
  }
  /** One fold: an object a day. */
  const fold = (seq: number, day: string, count = 1, shopper = 'u:1') =>
    archive.putEvents(
      SHOP,
      day,
      seq,
      seq,
      Array.from({ length: count }, (_, at) => interaction({ eventId: `e${seq}-${at}`, shopper })),
    )
  const read = async () =>
    (await readHistories(SHOP, archive, new Set(['u:1', 'u:2']), async () => {})).get('u:1') ?? []
  const names = async () => (await artefacts.objects(SHOP)).map(({ name }) => name.split('/').slice(3).join('/'))
  return { clock, deps, shaken, archive, artefacts, erasures, fold, read, names }
}
const idsOf = (events: readonly Interaction[]) => events.map(({ eventId }) => eventId).sort()

test('many objects of a day that goes on become one; a few wait; a settled day needs two', async () => {
  const { deps, fold, read, names, artefacts } = await setUp()
  for (let seq = 1; seq <= 15; seq++) await fold(seq, TODAY)
  await fold(1, SETTLED)
  await fold(2, SETTLED)
  const before = idsOf(await read())
  expect(await joinEvents(SHOP, deps)).not.toBeNull()
  expect((await names()).length).toBe(15 + 1)
  await fold(16, TODAY)
  expect(await joinEvents(SHOP, deps)).not.toBeNull()
  expect(await names()).toEqual([
    `${SETTLED}/000000000002-000000000002~000000000001.ndjson`,
    `${TODAY}/000000000016-000000000016~000000000015.ndjson`,
  ])
  expect(idsOf(await read())).toEqual([...before, 'e16-0'].sort())
  const lines = []
  for (const partition of await artefacts.partitions(SHOP))
    for await (const some of artefacts.lines(partition)) lines.push(...some.filter((line) => line !== ''))
  expect(lines.map((line) => (JSON.parse(line) as string[])[0])).toEqual([
    ...['e1-0', 'e2-0'],
    ...Array.from({ length: 16 }, (_, at) => `e${at + 1}-0`),
  ])
})

test('what was joined is joined with what comes, and a large object stands between others untouched', async () => {
  const { deps, fold, names, read } = await setUp()
  for (const seq of [1, 2]) await fold(seq, SETTLED)
  await fold(3, SETTLED, 20_000)
  for (const seq of [4, 5]) await fold(seq, SETTLED)
  await joinEvents(SHOP, deps)
  for (const seq of [6, 7]) await fold(seq, SETTLED)
  await joinEvents(SHOP, deps)
  expect(await names()).toEqual([
    `${SETTLED}/000000000002-000000000002~000000000001.ndjson`,
    `${SETTLED}/000000000003-000000000003.ndjson`,
    `${SETTLED}/000000000007-000000000007~000000000003.ndjson`,
  ])
  expect((await read()).length).toBeGreaterThan(0)
})

test('one turn joins so much and says that there is more', async () => {
  const { deps, fold, names } = await setUp()
  for (let seq = 1; seq <= 900; seq++) await fold(seq, TODAY)
  expect(await joinEvents(SHOP, deps)).toBeNull()
  const left = (await names()).length
  expect(left).toBeLessThan(900)
  while ((await joinEvents(SHOP, deps)) === null);
  expect((await names()).length).toBeLessThan(16)
})

/** Folds and joinings that die anywhere, a fold repeated, readers in between. */
const kept = (covered: boolean) =>
  fc.asyncProperty(fc.integer({ min: 0, max: 1_000_000 }), async (seed) => {
    const ready = await setUp()
    const rng = seededRng(seed)
    const told: string[] = []
    let seq = 0
    for (let round = 0; round < 12; round++) {
      for (let more = rng.int(12); more > 0; more--) {
        seq += 1
        const day = rng.next() < 0.5 ? TODAY : SETTLED
        const count = 1 + rng.int(3)
        await ready.fold(seq, day, count)
        for (let at = 0; at < count; at++) told.push(`e${seq}-${at}`)
        // Its finish was lost: it is done once more after whatever came in between.
        if (rng.next() < 0.2) {
          await joinEvents(SHOP, ready.shaken(rng.int(1e9))).catch(() => null)
          ready.clock.advance(MINUTE_MS)
          await ready.fold(seq, day, count)
        }
      }
      await joinEvents(SHOP, ready.shaken(rng.int(1e9))).catch(() => null)
      ready.clock.advance(MINUTE_MS)
      const partitions = covered ? await ready.artefacts.partitions(SHOP) : await ready.artefacts.objects(SHOP)
      const ids: string[] = []
      for (const { name } of partitions) ids.push(...idsOf(await ready.archive.readEvents(name)))
      expect(ids.sort(), `seed ${seed}`).toEqual([...told].sort())
    }
    while ((await joinEvents(SHOP, ready.deps)) === null);
    const left = (await ready.artefacts.objects(SHOP)).map(({ name }) => name)
    expect(coveredObjects(left).size, `seed ${seed}`).toBe(0)
  })

test('a joining that dies anywhere neither loses nor doubles an event', async () => {
  await fc.assert(kept(true), { seed: SEED, numRuns: 40 })
}, 60_000)

test('control: readers that take every object meet events twice', async () => {
  const details = await fc.check(kept(false), { seed: SEED, numRuns: 40, endOnFailure: true })
  expect(details.failed, `seed ${SEED}`).toBe(true)
}, 60_000)

test('nobody folds meanwhile, and while somebody does nothing is joined', async () => {
  const { deps, fold, names, archive } = await setUp()
  for (let seq = 1; seq <= 20; seq++) await fold(seq, TODAY)
  await alone('fold', deps, async () => {
    expect(await joinEvents(SHOP, deps)).not.toBeNull()
  })
  expect((await names()).length).toBe(20)
  const folds: boolean[] = []
  const watched: EnrichDeps = {
    ...deps,
    archive: {
      ...archive,
      async joinEvents(...args) {
        folds.push((await alone('fold', deps, async () => true)) === true)
        await archive.joinEvents(...args)
      },
    },
  }
  await joinEvents(SHOP, watched)
  expect(folds).toEqual([false])
})

/** Somebody else has the lease when the reading or the writing of a joining ends. */
test.each(['reads', 'writes'] as const)(
  'whose lease went while it %s puts nothing, or removes nothing',
  async (stage) => {
    const { clock, deps, fold, names, archive } = await setUp()
    for (let seq = 1; seq <= 20; seq++) await fold(seq, TODAY)
    const before = await names()
    const other = async () => {
      clock.advance(MINUTE_MS)
      expect(await deps.leases.take('fold', 'other', clock.now(), MINUTE_MS)).not.toBeNull()
    }
    const slow: EnrichDeps = {
      ...deps,
      archive: {
        ...archive,
        async joinEvents(shop, day, objects, ready) {
          const late = async () => {
            if (stage === 'reads') await other()
            await ready()
            if (stage === 'writes') await other()
          }
          await archive.joinEvents(shop, day, objects, late)
        },
      },
    }
    await joinEvents(SHOP, slow)
    const joined = (await names()).filter((name) => !before.includes(name))
    expect(joined).toHaveLength(stage === 'reads' ? 0 : 1)
    expect((await names()).filter((name) => before.includes(name))).toEqual(before)
  },
)

test('where shoppers are being forgotten nothing is joined, so that no line comes back', async () => {
  const { deps, fold, erasures, archive, names } = await setUp()
  for (let seq = 1; seq <= 20; seq++) await fold(seq, TODAY, 2, seq % 2 === 0 ? 'u:2' : 'u:1')
  await erasures.ask(SHOP, 'api', 'r', ['u:2'], NOW)
  expect(await joinEvents(SHOP, deps)).not.toBeNull()
  expect((await names()).length).toBe(20)
  for (const name of await archive.eventObjects(SHOP, null))
    await archive.withoutLines(name, (line) => !line.includes('u:2'))
  await erasures.finished((await erasures.next())!.seq, {}, NOW)
  // Half of the objects are gone, since nobody else was in them.
  for (let seq = 21; seq <= 40; seq++) await fold(seq, TODAY)
  await joinEvents(SHOP, deps)
  const [only] = await archive.eventObjects(SHOP, null)
  expect((await archive.readEvents(only!)).filter(({ shopper }) => shopper === 'u:2')).toEqual([])
  expect((await archive.readEvents(only!)).length).toBe(40)
})

test('an erasure that goes on behind one of the joined objects meets what they became', () => {
  const last = eventRange(objectNames.events(SHOP, TODAY, 40, 44))!
  const joined = objectNames.joinedEvents(SHOP, TODAY, last, 3)
  const again = objectNames.joinedEvents(SHOP, TODAY, eventRange(joined)!, 1)
  const names = [objectNames.events(SHOP, TODAY, 3, 7), objectNames.events(SHOP, TODAY, 40, 44), joined, again]
  expect(names.toSorted()).toEqual(names)
  expect(eventRange(again)).toEqual({ from: 40, to: 44, first: 1 })
})

test('whoever reads all events while they are joined reads them once', async () => {
  const { deps, fold, archive } = await setUp()
  for (let seq = 1; seq <= 20; seq++) await fold(seq, TODAY)
  let reads = 0
  const busy = {
    ...archive,
    async readEvents(name: string) {
      reads += 1
      if (reads === 5) await joinEvents(SHOP, deps)
      return archive.readEvents(name)
    },
  }
  const activities = await countActivities(SHOP, busy, 'day', async () => {})
  expect(activities.shoppers.get('u:1')?.events).toBe(20)
  expect(reads).toBe(6)
})
