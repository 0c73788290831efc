import { expect, test } from 'vitest'
import { manualClock } from '../base/clock.ts'
import type { AvailabilityChange, AvailabilityReader, OfferWindow } from '../store/catalogue/availability.ts'
import { createAvailabilityMemory, vetoed } from './availability.ts'

const START = 1_767_225_600_000
const SHOP = 'shop-a'

type All = Awaited<ReturnType<AvailabilityReader['all']>>
type Since = Awaited<ReturnType<AvailabilityReader['since']>>

/** A reader that answers what it is told, in the order in which it is told. */
function setUp() {
  const clock = manualClock(START)
  const alls: Array<Promise<All>> = []
  const deltas: Array<Promise<Since>> = []
  const reader: AvailabilityReader = { all: () => alls.shift()!, since: () => deltas.shift()! }
  const memory = createAvailabilityMemory(reader, clock)
  const all = (epoch: number, more: Partial<All> = {}): All => ({
    epoch,
    asOfMs: clock.now(),
    unsellable: [],
    windows: [],
    ...more,
  })
  const delta = (epoch: number, changes: AvailabilityChange[] = [], asOfMs = clock.now()): Since => ({
    epoch,
    asOfMs,
    changes,
    complete: true,
  })
  return { clock, memory, alls, deltas, all, delta }
}

const change = (
  id: string,
  epoch: number,
  sellable: boolean,
  window: OfferWindow | null = null,
): AvailabilityChange => ({
  id,
  epoch,
  offers: [{ market: '*', sellable, window }],
})
const until = (ms: number): OfferWindow => ({ validFromMs: null, validUntilMs: ms })

test('learns what became unsellable, and what came back', async () => {
  const { memory, alls, deltas, all, delta, clock } = setUp()
  alls.push(Promise.resolve(all(5, { unsellable: [['a', '*']] })))
  const known = await memory.fresh(SHOP, 0)
  expect([vetoed(known, 'a', '*', 'GB', START), vetoed(known, 'b', '*', 'GB', START)]).toEqual([true, false])
  clock.advance(1_000)
  deltas.push(Promise.resolve(delta(7, [change('a', 6, true), change('b', 7, false)])))
  const later = await memory.fresh(SHOP, 0)
  expect([vetoed(later, 'a', '*', 'GB', START), vetoed(later, 'b', '*', 'GB', START)]).toEqual([false, true])
  expect([later.changesSince, later.changedAt.get('b')]).toEqual([5, 7])
})

test('an offer ends by its window without any commit', async () => {
  const { memory, alls, all } = setUp()
  alls.push(Promise.resolve(all(1, { windows: [['a', '*', until(START + 5_000)]] })))
  const known = await memory.fresh(SHOP, 0)
  expect(vetoed(known, 'a', '*', 'GB', START + 4_999)).toBe(false)
  expect(vetoed(known, 'a', '*', 'GB', START + 5_000)).toBe(true)
})

test('an offer outside its window at the reading may be sold once the window opens', async () => {
  const { memory, alls, all } = setUp()
  const opens: OfferWindow = { validFromMs: START + 1_000, validUntilMs: null }
  alls.push(Promise.resolve(all(1, { unsellable: [['a', '*']], windows: [['a', '*', opens]] })))
  const known = await memory.fresh(SHOP, 0)
  expect(vetoed(known, 'a', '*', 'GB', START)).toBe(true)
  expect(vetoed(known, 'a', '*', 'GB', START + 1_000)).toBe(false)
})

test('a window that a change took away is forgotten', async () => {
  const { memory, alls, deltas, all, delta, clock } = setUp()
  alls.push(Promise.resolve(all(1, { windows: [['a', '*', until(START + 10)]] })))
  await memory.fresh(SHOP, 0)
  clock.advance(1_000)
  deltas.push(Promise.resolve(delta(2, [change('a', 2, true)])))
  expect(vetoed(await memory.fresh(SHOP, 0), 'a', '*', 'GB', clock.now())).toBe(false)
})

test('a load that ends late does not undo what a later one learned', async () => {
  const { memory, alls, deltas, all, delta, clock } = setUp()
  alls.push(Promise.resolve(all(1, { unsellable: [['a', '*']] })))
  await memory.fresh(SHOP, 0)
  clock.advance(1_000)
  const late = Promise.withResolvers<Since>()
  deltas.push(late.promise, Promise.resolve(delta(3, [change('a', 3, false)])))
  const slow = memory.fresh(SHOP, 0)
  await memory.fresh(SHOP, 0)
  // As the replica stood when the item was back for a moment.
  late.resolve(delta(2, [change('a', 2, true)]))
  expect(vetoed(await slow, 'a', '*', 'GB', clock.now())).toBe(true)
})

test('a load that ends late does not replace a newer snapshot of KV', async () => {
  const { memory, alls, deltas, all, delta, clock } = setUp()
  alls.push(Promise.resolve(all(1)))
  await memory.fresh(SHOP, 0)
  clock.advance(1_000)
  const late = Promise.withResolvers<Since>()
  deltas.push(late.promise)
  alls.push(Promise.resolve(all(7, { unsellable: [['z', '*']] })))
  const slow = memory.fresh(SHOP, 0)
  memory.adopt(SHOP, { epoch: 7, asOfMs: clock.now(), unsellable: { '*': ['z'] } })
  late.resolve(delta(2))
  expect(vetoed(await slow, 'z', '*', 'GB', clock.now())).toBe(true)
  expect(memory.get(SHOP)?.epoch).toBe(7)
})

test('a replica further behind changes nothing; a restored database starts afresh', async () => {
  const { memory, alls, deltas, all, delta, clock } = setUp()
  alls.push(Promise.resolve(all(9, { unsellable: [['a', '*']] })))
  const known = await memory.fresh(SHOP, 0)
  clock.advance(1_000)
  deltas.push(Promise.resolve(delta(8, [], START - 2_000)))
  expect(await memory.fresh(SHOP, 0)).toBe(known)
  expect([known.epoch, known.asOfMs]).toEqual([9, START])
  deltas.push(Promise.resolve(delta(3)))
  alls.push(Promise.resolve(all(3)))
  const restored = await memory.fresh(SHOP, 0)
  expect([restored.epoch, vetoed(restored, 'a', '*', 'GB', clock.now())]).toEqual([3, false])
})

test('takes a snapshot only when it knows more, and a confirmation only for its own epoch', async () => {
  const { memory, alls, all, clock } = setUp()
  alls.push(Promise.resolve(all(5)))
  await memory.fresh(SHOP, 0)
  const snapshot = (epoch: number, asOfMs: number) => ({ epoch, asOfMs, unsellable: { GB: ['z'] } })
  expect(memory.adopt(SHOP, snapshot(4, START - 1)).from).toBe('d1')
  expect(memory.adopt(SHOP, snapshot(5, START)).from).toBe('d1')
  clock.advance(500)
  memory.confirm(SHOP, 4, clock.now())
  expect(memory.get(SHOP)?.asOfMs).toBe(START)
  memory.confirm(SHOP, 5, clock.now())
  expect(memory.get(SHOP)?.asOfMs).toBe(START + 500)
  const adopted = memory.adopt(SHOP, snapshot(6, START + 400))
  expect([
    adopted.from,
    vetoed(adopted, 'z', '*', 'GB', clock.now()),
    vetoed(adopted, 'z', '*', 'DE', clock.now()),
  ]).toEqual(['kv', true, false])
})
