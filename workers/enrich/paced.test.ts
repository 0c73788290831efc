import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createItemWriter } from '../../shared/store/catalogue/item_writes.ts'
import { createEnrichStores, createFencing } from '../../shared/store/enrich_stores.ts'
import { createLeaseStore } from '../../shared/store/operations/leases.ts'
import { createCatalogue, createOperations, itemWrite, NOW, SHOP } from '../../tests/support/unit_catalogue.ts'
import { allPaced, createBreath, paced, pacedFencing } from './paced.ts'

const immediate = { answer: async (n: number) => n }

/** A request of several steps that are ready at once, beside a run that asks a store a hundred times. */
async function besides(store: typeof immediate): Promise<number> {
  let asked = 0
  const run = async () => {
    for (let n = 0; n < 100; n++) asked += Math.sign(await store.answer(1))
  }
  const request = async () => {
    for (let step = 0; step < 20; step++) await immediate.answer(step)
    return asked
  }
  const running = run()
  const before = await request()
  await running
  return before
}

test('a request that is ready stands before the rest of a run', async () => {
  expect(await besides(paced(immediate, async () => void (await turn())))).toBe(0)
})

test('control: without a breath the run takes turns with the request', async () => {
  expect(await besides(immediate)).toBeGreaterThan(5)
})

test('a paced store gives and refuses what the store does', async () => {
  let breaths = 0
  const store = {
    base: 1,
    sum: async (a: number, b: number) => a + b,
    async own(): Promise<number> {
      return this.base
    },
    fail: (): Promise<never> => Promise.reject(new Error('away')),
  }
  const { sum, own, fail } = store
  const slow = paced({ sum, own: own.bind(store), fail }, async () => {
    breaths += 1
  })
  expect([await slow.sum(1, 2), await slow.own()]).toEqual([3, 1])
  await expect(slow.fail()).rejects.toThrow('away')
  expect(breaths).toBe(3)
})

test('the stores of a lease are paced, and refuse a former holder as before', async () => {
  const [catalogue, operations] = [await createCatalogue(), await createOperations()]
  let breaths = 0
  const rest = async () => {
    breaths += 1
  }
  const leases = createLeaseStore(operations)
  const fencing = pacedFencing(createFencing(catalogue, operations), rest)
  await createItemWriter(catalogue).apply(SHOP, [itemWrite({ id: 'a', title: 'A' })], NOW)
  const former = (await leases.take('work', 'one', NOW, 1_000))!
  const held = fencing.stores(former)
  const entries = await held.catalogue.outbox(10)
  expect([entries.length, breaths]).toEqual([1, 1])
  await fencing.raise((await leases.take('work', 'two', NOW + 2_000, 1_000))!)
  await expect(held.catalogue.clearOutbox(entries.map((entry) => entry.seq))).rejects.toThrow()
  expect(await allPaced(createEnrichStores(catalogue, operations), rest).catalogue.outbox(10)).toEqual(entries)
})

/** A thread on which each wait takes as long as it is told to. */
function crowded(lagMs: number) {
  let nowMs = NOW
  let waits = 0
  const breathe = createBreath(
    () => nowMs,
    async () => {
      waits += 1
      nowMs += lagMs
    },
  )
  return {
    waits: () => waits,
    /** Breathes `times` times with so many milliseconds of work between. */
    async work(times: number, workMs: number) {
      for (let n = 0; n < times; n++) {
        await breathe()
        nowMs += workMs
      }
    },
  }
}

test('where the thread is free every breath is one, where it is crowded work goes on for a fifth of the time', async () => {
  const free = crowded(1)
  await free.work(100, 3)
  expect(free.waits()).toBe(100)
  const full = crowded(200)
  await full.work(100, 5)
  // 200 ms of waiting for 50 ms of work.
  expect(full.waits()).toBe(10)
})

test('nobody waits longer for a turn than its end, by the clock or where that stands still by calls', async () => {
  const slow = crowded(60_000)
  await slow.work(100, 10)
  expect(slow.waits()).toBe(20)
  const still = crowded(200)
  await still.work(110, 0)
  expect(still.waits()).toBe(10)
})
