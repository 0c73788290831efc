import { afterAll, beforeAll, expect, test } from 'vitest'
import { seededRng } from '../../shared/base/rng.ts'
import { type Dataset, openDataset } from '../dataset/dataset.ts'
import { EvalFailure } from '../failure.ts'
import { generate, writeDataset } from '../testing/generated.ts'
import { audiencesOf, measureCold } from './measure.ts'
import { runCold, SHUFFLES } from './run_cold.ts'
import { COLD_SCORERS, type ColdScorer } from './scorers.ts'
import { hideItems } from './split.ts'

const SEED = 4
const SILENT = { step: () => {}, at: () => {}, clear: () => {} }
const OPTIONS = { task: null, cold: 0.2, seeds: 3, seed: SEED }

/** The two that need nothing of the product. */
const PLAIN = COLD_SCORERS.filter(({ name }) => name === 'activity' || name === 'text')

let dataset: Dataset
let remove: () => Promise<void>
beforeAll(async () => {
  const written = await writeDataset(generate(SEED, 120, 150))
  remove = written.remove
  dataset = openDataset(written.folder)
})
afterAll(() => remove())

test('nothing that is learned from tells of a hidden item', () => {
  const events = dataset.learnable({ exclude: [] })
  const split = hideItems(dataset, events, 0.2, seededRng(1))
  const hidden = new Set([...split.hidden].map((item) => dataset.items[item]!.id))
  expect(hidden.size).toBe(24)
  expect(split.kept.some((event) => hidden.has(event.item))).toBe(false)
  expect(split.kept.length + events.filter((event) => hidden.has(event.item)).length).toBe(events.length)
  for (const { at, users } of audiencesOf(split)) {
    const id = dataset.items[split.hidden[at]!]!.id
    const wanted = new Set(events.filter((event) => event.item === id).map((event) => event.user))
    expect(users.every((user) => wanted.has(split.users.names[user]!))).toBe(true)
  }
})

test('text finds the audience, activity does not, and the control holds one half', async () => {
  const report = await runCold(dataset, OPTIONS, SILENT, PLAIN)
  const { text, activity } = report.scorers
  expect(text!.auc!.lo).toBeGreaterThan(0.6)
  // Centred on each shopper, being active says nothing at all.
  expect(activity!.auc).toMatchObject({ value: 0.5, lo: 0.5, hi: 0.5 })
  expect(text!['hr@10']!.value).toBeGreaterThan(activity!['hr@10']!.value)
  expect(report.control).toMatchObject({ of: 'text', shuffles: SHUFFLES, holds: true })
  expect(report.paired).toEqual({})
})

test('the combination is compared with its parts, on the same draws', async () => {
  const named = (name: string): ColdScorer => ({ ...COLD_SCORERS.find((one) => one.name === 'text')!, name })
  const scorers = [...PLAIN, named('collaborative'), named('combination')]
  const report = await runCold(dataset, OPTIONS, SILENT, scorers)
  expect(report.control.of).toBe('combination')
  expect(Object.keys(report.paired)).toEqual(['combination - text', 'combination - collaborative'])
  for (const figures of Object.values(report.paired))
    for (const figure of Object.values(figures)) expect(figure).toEqual({ value: 0, lo: 0, hi: 0 })
})

test('a scorer that has seen the hidden items is noticed by the control', async () => {
  // It gives away who wanted what however the items are dealt out: each shopper's score hangs on the place alone.
  const leaky: ColdScorer = {
    name: 'combination',
    learn: ({ split }) => {
      let asked = 0
      return {
        userVector: (user) => {
          const own = new Float32Array(split.hidden.length)
          for (const at of split.wanted[user]!) own[at] = 1
          return own
        },
        itemVector: () => {
          const own = new Float32Array(split.hidden.length)
          own[asked++ % split.hidden.length] = 1
          return own
        },
      }
    },
  }
  const report = await runCold(dataset, OPTIONS, SILENT, [...PLAIN, leaky])
  expect(report.scorers.combination!.auc!.value).toBeGreaterThan(0.85)
  expect(report.control.holds).toBe(false)
})

test('measures of a known case', () => {
  const split = {
    hidden: Int32Array.of(0, 1),
    kept: [],
    users: { rows: [], names: [], counts: new Float64Array(0) },
    wanted: [Int32Array.of(0), Int32Array.of(1), new Int32Array(0), new Int32Array(0)],
  }
  const taste = [
    [3, 1],
    [1, 2],
    [9, 9],
    [0, 0],
  ]
  const { items, users } = measureCold(split, {
    userVector: (user) => Float32Array.from(taste[user]!),
    itemVector: (item) => Float32Array.of(item === 0 ? 1 : 0, item),
  })
  expect([...items.auc]).toEqual([1, 1])
  // As they are, the third shopper's scores stand above all.
  expect([...items['auc-raw']]).toEqual([2 / 3, 2 / 3])
  expect([...items['recall@1%']]).toEqual([0, 0])
  expect([...users['hr@10']]).toEqual([1, 1])
})

test('a dataset without events is refused', async () => {
  const { folder, remove: drop } = await writeDataset({ ...generate(SEED), events: [] })
  await expect(runCold(openDataset(folder), OPTIONS, SILENT)).rejects.toThrow(EvalFailure)
  await drop()
})
