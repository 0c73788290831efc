import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Explored, type ExploreOptions, explore, isNewcomer, mayExplore, type Room } from './explore.ts'
import { included } from './explore_sampling.ts'

const SEED = 20_261_125
const SEEDS = 10_000

const page = (length: number, news: readonly number[] = []) =>
  Array.from({ length }, (_, at) => ({ id: news.includes(at) ? `new-${at}` : `old-${at}` }))
const newcomer = (id: string, over: { events?: number; shown?: number; clicks?: number } = {}) => ({
  id,
  events: 0,
  shown: 0,
  clicks: 0,
  entry: { id },
  ...over,
})
const NEWS = ['a', 'b', 'c', 'd', 'e', 'f'].map((id, at) =>
  newcomer(id, { events: at * 4, shown: at * 10, clicks: at % 3 }),
)
const OPTIONS: Omit<ExploreOptions, 'seed'> = { floor: 0.17, cap: 0.3, first: 3, last: 8 }

type Page = Array<Explored<{ id: string }>>
const pages = (run: (seed: string) => Page): Page[] => Array.from({ length: SEEDS }, (_, n) => run(`request-${n}`))
const isNew = ({ entry }: { entry: { id: string } }) => !entry.id.startsWith('old')
const shareOf = (all: readonly Page[]) => all.flat().filter(isNew).length / all.flat().length

test('newcomers have the floor of places over requests, and never more than the cap of a page', () => {
  const all = pages((seed) => explore(page(10), NEWS, { ...OPTIONS, seed }))
  expect(shareOf(all)).toBeGreaterThan(0.165)
  expect(shareOf(all)).toBeLessThan(0.175)
  for (const one of all) {
    expect(one).toHaveLength(10)
    expect(new Set(one.map(({ entry }) => entry.id)).size).toBe(10)
    expect(one.filter(isNew).length).toBeLessThanOrEqual(3)
    for (const [at, { exploring }] of one.entries()) if (exploring) expect(at >= 2 && at < 8).toBe(true)
    const old = one.filter((own) => !isNew(own)).map(({ entry }) => Number(entry.id.slice(4)))
    expect(old).toEqual([...old].sort((a, b) => a - b))
  }
})

test('control: the plain page has none of them, and a page of newcomers alone breaks the cap', () => {
  const plain = page(10).map((entry) => ({ entry, propensity: 1, exploring: false }))
  expect(shareOf([plain])).toBe(0)
  const eager = explore(page(10), NEWS, { ...OPTIONS, floor: 1, cap: 1, seed: 's' })
  expect(eager.filter(isNew).length).toBeGreaterThan(3)
})

const manyPages = () =>
  pages((seed) => explore(page(10, [4]), [...NEWS, newcomer('new-4')], { ...OPTIONS, floor: 0.26, seed }))

/** The largest difference between how often an entry is seen at its place and what is told, in standard errors. */
function worstError(all: readonly Page[], told: (own: Page[number], place: number) => number): number {
  const seen = new Map<string, { count: number; propensity: number }>()
  for (const one of all) {
    for (const [place, own] of one.entries()) {
      const key = `${place} ${own.entry.id}`
      const known = seen.get(key) ?? { count: 0, propensity: told(own, place) }
      known.count += 1
      seen.set(key, known)
    }
  }
  return [...seen.values()].reduce((worst, { count, propensity }) => {
    const variance = Math.max(propensity * (1 - propensity), 1e-6)
    return Math.max(worst, Math.abs(count / SEEDS - propensity) / Math.sqrt(variance / SEEDS))
  }, 0)
}

test('propensities are how often each entry is seen at its place', () => {
  const all = manyPages()
  expect(worstError(all, ({ propensity }) => propensity)).toBeLessThan(4.5)
  const told = new Map(all.flat().map(({ entry, propensity }, at) => [`${at % 10} ${entry.id}`, propensity]))
  expect([...told.values()].filter((propensity) => propensity < 1).length).toBeGreaterThan(10)
  // Nothing that may be seen at a place is left out: probabilities of a place add up to one.
  for (let place = 0; place < 10; place++) {
    const sum = [...told].reduce((total, [key, own]) => total + (key.startsWith(`${place} `) ? own : 0), 0)
    expect(sum).toBeCloseTo(1, 9)
  }
})

test('control: the same check finds propensities that are 1, or those of the item wherever it stands', () => {
  const all = manyPages()
  expect(worstError(all, () => 1)).toBeGreaterThan(50)
  const anywhere = new Map<string, number>()
  for (const { entry } of all.flat()) anywhere.set(entry.id, (anywhere.get(entry.id) ?? 0) + 1 / SEEDS)
  expect(worstError(all, ({ entry }) => Math.min(1, anywhere.get(entry.id)!))).toBeGreaterThan(20)
})

test('who is known less, or clicked more, is shown more', () => {
  const two = [
    newcomer('known', { events: 60 }),
    newcomer('unknown'),
    newcomer('liked', { shown: 20, clicks: 12 }),
    newcomer('passed', { shown: 20 }),
  ]
  const all = pages((seed) => explore(page(10), two, { ...OPTIONS, floor: 0.1, seed }))
  const times = (id: string) => all.flat().filter(({ entry }) => entry.id === id).length
  expect(times('unknown')).toBeGreaterThan(2 * times('known'))
  expect(times('liked')).toBeGreaterThan(5 * times('passed'))
  expect(times('passed')).toBeGreaterThan(0)
})

test('newcomers that stand on the page by themselves count', () => {
  const all = pages((seed) =>
    explore(page(10, [0, 6]), [...NEWS, newcomer('new-0'), newcomer('new-6')], { ...OPTIONS, seed }),
  )
  expect(all.every((one) => one.every(({ exploring, propensity }) => !exploring && propensity === 1))).toBe(true)
  expect(all[0]!.map(({ entry }) => entry.id)).toEqual(page(10, [0, 6]).map(({ id }) => id))
})

test('any page, newcomers and options: as long as before, nothing twice, within cap and place, the same for the same request', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 24 }),
      fc.array(fc.nat(30), { maxLength: 12 }),
      fc.array(fc.record({ events: fc.nat(50), shown: fc.nat(50) }), { maxLength: 8 }),
      fc.record({ floor: fc.double({ min: 0, max: 1, noNaN: true }), cap: fc.double({ min: 0, max: 1, noNaN: true }) }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 0, max: 30 }),
      fc.string(),
      (length, standing, waiting, limits, first, last, seed) => {
        const own = page(length, standing)
        const news = [
          ...standing.map((at) => newcomer(`new-${at}`)),
          ...waiting.map((counts, at) =>
            newcomer(`waiting-${at}`, { ...counts, clicks: Math.floor(counts.shown / 3) }),
          ),
        ]
        const options = { ...limits, first, last, seed }
        const found = explore(own, news, options)
        expect(explore(own, [...news].reverse(), options)).toEqual(found)
        expect(found).toHaveLength(length)
        expect(new Set(found.map(({ entry }) => entry.id)).size).toBe(length)
        const merit = own.filter(({ id }) => id.startsWith('new')).length
        expect(found.filter(isNew).length).toBeLessThanOrEqual(Math.max(merit, Math.floor(limits.cap * length)))
        for (const [at, { exploring, propensity }] of found.entries()) {
          expect(propensity).toBeGreaterThan(0)
          expect(propensity).toBeLessThanOrEqual(1 + 1e-9)
          if (exploring) expect(at + 1 >= first && at + 1 <= last).toBe(true)
        }
      },
    ),
    { seed: SEED, numRuns: 1_000 },
  )
})

/** A page may have three of a kind; the kind is the id's last letter. */
const kindOf = ({ id }: { id: string }) => id.at(-1)!
const KIND_MAX = 3
const roomOn = (entries: ReadonlyArray<{ id: string }>): Room<{ id: string }> => {
  const counts = new Map<string, number>()
  const add = (entry: { id: string }) => void counts.set(kindOf(entry), (counts.get(kindOf(entry)) ?? 0) + 1)
  for (const entry of entries) add(entry)
  return { fits: (entry) => (counts.get(kindOf(entry)) ?? 0) < KIND_MAX, add }
}
/** Room for two more of x, one of y, and none of z; several are drawn together. */
const kinds = ['1z', '2x', '3z', '4y', '5z', '6y', '7w', '8v', '9u', '0t'].map((id) => ({ id: `old-${id}` }))
const crowd = ['ax', 'bx', 'cx', 'dx', 'ay', 'by', 'az', 'bz'].map((id, at) => newcomer(id, { events: at }))
const crowded = (run: typeof explore = explore) =>
  pages((seed) => run(kinds, crowd, { floor: 0.35, cap: 0.5, first: 1, last: 10, seed }, roomOn))
const most = (one: Page) =>
  Math.max(...[...Map.groupBy(one, ({ entry }) => kindOf(entry)).values()].map((own) => own.length))

test('newcomers keep within caps, alone and together, and propensities stay those of what is seen', () => {
  const all = crowded()
  expect(Math.max(...all.map(most))).toBe(KIND_MAX)
  expect(all.every((one) => one.length === kinds.length && new Set(one.map(({ entry }) => entry.id)).size === 10)).toBe(
    true,
  )
  expect(worstError(all, ({ propensity }) => propensity)).toBeLessThan(4.5)
  const seen = new Set(all.flat().map(({ entry }) => entry.id))
  expect(crowd.filter(({ id }) => seen.has(id)).map(({ id }) => id)).toEqual(['ax', 'bx', 'cx', 'dx', 'ay', 'by'])
})

test('control: without caps, or with room counted for each alone, a page has too many of a kind', () => {
  const anyone: typeof explore = (page, newcomers, options) => explore(page, newcomers, options)
  const alone: typeof explore = (page, newcomers, options, room) =>
    explore(page, newcomers, options, (entries) => ({ ...room!(entries), add: () => {} }))
  for (const broken of [anyone, alone])
    expect(Math.max(...crowded(broken).map(most)), `${broken}`).toBeGreaterThan(KIND_MAX)
})

test('inclusion probabilities add up to the sample, and none is above one', () => {
  expect([...included([8, 1, 1], 2)].map((own) => Math.round(own * 1e9) / 1e9)).toEqual([1, 0.5, 0.5])
  expect([...included([1, 1, 1], 3)]).toEqual([1, 1, 1])
  expect([...included([1, 3], 1)]).toEqual([0.25, 0.75])
  expect([...included([1, 3], 0)]).toEqual([0, 0])
})

test('plain requests are left alone, and items of many events are no newcomers', () => {
  const request = { diversity: 0.3, query: null, asOfMs: null }
  expect(mayExplore(request)).toBe(true)
  expect(
    [{ diversity: 0 }, { query: 'tea' }, { asOfMs: 5 }].map((over) => mayExplore({ ...request, ...over })),
  ).toEqual([false, false, false])
  expect([isNewcomer(19), isNewcomer(20)]).toEqual([true, false])
})
