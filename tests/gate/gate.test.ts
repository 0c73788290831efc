import { expect, test } from 'vitest'
import { GATE } from '../../shared/gate/limits.ts'
import { NAIVE, type Noise, run } from './shop.ts'

const RUNS = 200
const seeds = (count: number) => Array.from({ length: count }, (_, at) => at + 1)
const SLIGHTLY_WORSE: Noise = () => 0.75

/** The share of runs that went live at some moment, of a provider that a replay had let into shadow by mistake. */
const livesOf = (noise: Noise, runs: number, judge?: Parameters<typeof run>[0]['judge']) =>
  seeds(runs).filter((seed) =>
    run({ seed, noise, shelvesADay: 120, days: 45, mode: 'shadow', ...(judge && { judge }) }).modes.includes('live'),
  ).length / runs

test('a provider that is slightly worse than the base order goes live in at most alpha of 200 shops', () => {
  expect(livesOf(SLIGHTLY_WORSE, RUNS)).toBeLessThanOrEqual(GATE.alpha)
}, 120_000)

test('a gate that believes the mean of the moment lets it live, and is caught', () => {
  expect(livesOf(SLIGHTLY_WORSE, 30, NAIVE)).toBeGreaterThan(4 * GATE.alpha)
}, 120_000)

test.each([
  [2, 2],
  [5, 5],
  [10, 10],
])(
  'a provider that is better for histories of up to %i items alone is live exactly there',
  (longest, crossing) => {
    const stories = seeds(4).map((seed) =>
      run({
        ...{ seed, shelvesADay: 600, days: 75, mode: 'off' },
        noise: (history) => (history <= longest ? 0.3 : 1.2),
      }),
    )
    expect(stories.map(({ state }) => [state.mode, state.crossing])).toEqual(stories.map(() => ['live', crossing]))
    // Off, shadow, trial, live: nobody but the evidence moved it.
    for (const { reasons } of stories) expect(reasons).toEqual(['replay_better', 'orders_enough', 'better'])
  },
  120_000,
)

test('one that turns worse goes back by itself, and only its own evidence counts when it is tried again', () => {
  for (const seed of seeds(2)) {
    const turns = 45
    const { modes, reasons, state } = run({
      ...{ seed, shelvesADay: 6_000, days: 80, mode: 'off' },
      noise: (_, day) => (day < turns ? 0.3 : 1.2),
    })
    expect(modes[turns - 1]).toBe('live')
    expect(modes.lastIndexOf('live')).toBeLessThan(turns + 25)
    expect(reasons).toContain('worse')
    expect(state.mode).not.toBe('live')
  }
}, 120_000)
