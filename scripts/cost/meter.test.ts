import { expect, test } from 'vitest'
import { createMeter, scaled, sumOf } from './meter.ts'

test('work is counted by whose it is, also what goes on while other work is done', async () => {
  const meter = createMeter(() => 0)
  let wake = () => {}
  const later = new Promise<void>((resolve) => {
    wake = resolve
  })
  let left: Promise<void> = Promise.resolve()
  await meter.during('first', async () => {
    meter.add('kv.reads', 1)
    left = later.then(() => meter.add('kv.reads', 10))
  })
  await meter.during('second', async () => {
    meter.add('kv.reads', 100)
    await meter.during('inner', async () => meter.add('kv.reads', 1_000))
    wake()
    await left
  })
  expect(['first', 'second', 'inner'].map((name) => meter.counts(name)['kv.reads'])).toEqual([11, 100, 1_000])
})

test("CPU is charged once, without the stand-ins' own", async () => {
  let cpu = 0
  const meter = createMeter(() => cpu)
  await meter.during('outer', async () => {
    cpu += 5
    await meter.during('inner', async () => {
      cpu += 20
    })
    cpu += 2
  })
  cpu += 50
  await meter.during('outer', async () => {
    cpu += 1
  })
  expect([meter.counts('outer')['workers.cpuMs'], meter.counts('inner')['workers.cpuMs']]).toEqual([8, 20])
  await meter.during('stand-in', async () => {
    meter.apart(() => {
      const endsAt = performance.now() + 3
      while (performance.now() < endsAt);
    })
    cpu += 1
  })
  expect(meter.counts('stand-in')['workers.cpuMs']).toBe(0)
})

test('counts add up and scale', () => {
  const sum = sumOf([
    { a: 1, b: 2 },
    { b: 3, c: 4 },
  ])
  expect(sum).toEqual({ a: 1, b: 5, c: 4 })
  expect(scaled(sum, 2)).toEqual({ a: 2, b: 10, c: 8 })
})
