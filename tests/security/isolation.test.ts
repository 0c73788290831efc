/** The short form of `npm run check:isolation`: three shops that are alike but for their marks, and no mark in another's things. */
import { expect, test, vi } from 'vitest'
import { createJudge } from './isolation_judge.ts'
import { maskIn, maskOf, priceOf, shopOf, stockOf, WHICH } from './isolation_marks.ts'
import { MUTANT_NAMES, type Mutant, outdatedMutants, tryMutant } from './isolation_mutants.ts'
import { holds, runIsolation } from './isolation_run.ts'
import { stepsOf } from './isolation_steps.ts'
import { difference, type Observed, twinsOf } from './isolation_twin.ts'

/** The runtime's own module, of which the model worker needs one class; without vitest `isolation_model.ts` gives it. */
vi.mock('cloudflare:workers', () => ({
  WorkerEntrypoint: class {
    ctx: unknown
    env: unknown
    constructor(ctx: unknown, env: unknown) {
      this.ctx = ctx
      this.env = env
    }
  },
}))

const SEED = 20_261_122
const SEQUENCES = 12
const replay = `node tests/security/isolation.ts --no-mutants --sequences ${SEQUENCES} --seed ${SEED} --show`

test('nothing of a shop is met in another', async () => {
  const report = await runIsolation({ seed: SEED, sequences: SEQUENCES, shrinks: 1 })
  expect(holds(report), `${replay}\n${JSON.stringify(report.failures[0] ?? null)}`).toEqual([])
  expect(report.twins).toBeGreaterThan(1)
  for (const where of [
    'answers',
    'provider',
    'log',
    'KV order',
    'KV reason',
    'R2 calls',
    'R2 learn',
    'vectors a',
    'vectors b',
  ])
    expect(report.looked[where], where).toBeGreaterThan(5)
}, 240_000)

const CONTROLS: readonly Mutant[] = [
  'that reads the neighbours of any shop’s item',
  'with one name for all shops’ cards',
]

test.each(CONTROLS)(
  'control: the product %s is caught',
  async (name) => {
    expect((await tryMutant(name, SEED, SEQUENCES)).caught).not.toBeNull()
  },
  240_000,
)

test('a seed gives the same steps again, and there are more mutants than ten, all of today’s source', () => {
  expect(outdatedMutants()).toEqual([])
  expect(stepsOf(SEED, 7)).toEqual(stepsOf(SEED, 7))
  expect(stepsOf(SEED, 7)).not.toEqual(stepsOf(SEED, 8))
  expect(MUTANT_NAMES.length).toBeGreaterThan(10)
})

test.each(WHICH)('a mark of shop %i is seen in whatever form', (which) => {
  const word = shopOf(which).slice(0, -'-shop'.length)
  const price = priceOf(which, 7)
  const money = (price / 100).toFixed(2)
  for (const value of [
    `The ${word.toUpperCase()} bowl`,
    { [`${word}_glaze`]: 1 },
    { deep: [{ offer: { amount: price } }] },
    stockOf(which, 3),
    `{"price":${price}}`,
    `costs ${money} now`,
    `costs ${money.replace('.', ',')} now`,
    Buffer.from(`x ${word} bowl and more`).toString('base64'),
    new TextEncoder().encode(word),
    new Map([['key', word]]),
  ])
    expect(maskIn(value), JSON.stringify(value)).toBe(maskOf(which))
  for (const value of [1_790_710_001_123, 0.710001, `at 1790710001123`, `e-${price}`, 'bowl', null, [[]]])
    expect(maskIn(value), JSON.stringify(value)).toBe(0)
})

test('the judge lets a shop be told its own words and what it said itself, and nothing else', async () => {
  const judge = createJudge()
  const [own, other] = [maskOf(0), maskOf(1)]
  await judge.as(own, async () => {
    judge.ones('answers', { title: 'zamberq bowl' })
    judge.says(own, ['zcobaltq-i-1'])
    judge.ones('answers', { missing: ['zcobaltq-i-1'] })
    expect(judge.findings).toEqual([])
    judge.ones('answers', { missing: ['zcobaltq-i-2'] })
  })
  judge.ones('stores', 'zamberq beside zcobaltq')
  judge.holds('rows', { shop: shopOf(1), title: 'zamberq' }, other)
  expect(judge.findings.map(({ where }) => where)).toEqual(['answers', 'stores', 'rows'])
})

test('twins that are answered otherwise are found', () => {
  const steps = [
    { which: 0, kind: 'jobs', seed: 1, atMs: 0 },
    { which: 1, kind: 'shelf', seed: 2, atMs: 1 },
    { which: 0, kind: 'work', seed: 3, atMs: 2 },
  ] as const
  const twins = twinsOf(steps)
  expect(twins.alone).toEqual([steps[0], steps[2]])
  const told = (text: string): Observed[] => [
    { step: steps[0], route: 'GET /v1/jobs', answer: { status: 200, text, json: {} } },
  ]
  expect(difference(twins, told('{"seq":7,"waiting":1}'), told('{"seq":9,"waiting":1}'))).toBeNull()
  expect(difference(twins, told('{"waiting":1}'), told('{"waiting":2}'))).not.toBeNull()
  expect(difference(twins, told('{}'), [])).not.toBeNull()
})
