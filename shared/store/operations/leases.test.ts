import { expect, test } from 'vitest'
import { createOperations, NOW } from '../../../tests/support/unit_catalogue.ts'
import { createLeaseStore } from './leases.ts'

const setUp = async () => createLeaseStore(await createOperations())

test('of fifty that ask at once exactly one gets the lease', async () => {
  const store = await setUp()
  const takes = await Promise.all(
    Array.from({ length: 50 }, (_, index) => store.take('work', `run-${index}`, NOW, 1_000)),
  )
  expect(takes.filter((lease) => lease !== null)).toHaveLength(1)
})

test('nobody gets it before its end, anybody at its end; the fence grows with every grant', async () => {
  const store = await setUp()
  const first = await store.take('work', 'a', NOW, 1_000)
  expect(await store.take('work', 'b', NOW + 999, 1_000)).toBeNull()
  const second = await store.take('work', 'b', NOW + 1_000, 1_000)
  expect([first!.fence, second!.fence]).toEqual([1, 2])
  await store.release(second!)
  expect((await store.take('work', 'a', NOW + 1_001, 1_000))!.fence).toBe(3)
})

test('a lease that was lost is neither renewed nor released by its former holder', async () => {
  const store = await setUp()
  const slept = await store.take('work', 'a', NOW, 1_000)
  const successor = await store.take('work', 'b', NOW + 2_000, 1_000)
  expect(await store.renew(slept!, NOW + 2_001, 60_000)).toBe(false)
  await store.release(slept!)
  expect(await store.take('work', 'c', NOW + 2_002, 1_000)).toBeNull()
  expect(await store.renew(successor!, NOW + 2_003, 5_000)).toBe(true)
  expect(await store.take('work', 'c', NOW + 7_002, 1_000)).toBeNull()
})

test('the same holder with an older fence is a former holder too', async () => {
  const store = await setUp()
  const old = await store.take('work', 'a', NOW, 10)
  await store.take('work', 'a', NOW + 10, 1_000)
  expect(await store.renew(old!, NOW + 11, 1_000)).toBe(false)
})

test('leases of different names do not meet', async () => {
  const store = await setUp()
  expect(await store.take('x', 'a', NOW, 1_000)).not.toBeNull()
  expect(await store.take('y', 'b', NOW, 1_000)).not.toBeNull()
})
