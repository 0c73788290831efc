/** The contract of queries: what is searched, what comes back, and how it is scored. */
import assert from 'node:assert/strict'
import { randomVectors } from '../../../workers/local/testing/vectors.ts'
import { type Metric, WIDTH } from './door.ts'
import { at, type Case } from './try.ts'

const SEED = 20_261_122

export const ASKING: readonly Case[] = [
  {
    rule: 'a query in a namespace sees that namespace, one without sees all',
    async run({ write, own, names, query, mark }) {
      const metadata = { tag: mark }
      await write('upsert', [
        { id: own('a'), values: at(1), namespace: own('n'), metadata },
        { id: own('b'), values: at(1), namespace: own('m'), metadata },
        { id: own('c'), values: at(1), metadata },
      ])
      const seen = async (options: object) => names((await query(at(1), options)).matches).sort()
      assert.deepEqual(await seen({ namespace: own('n') }), ['a'])
      assert.deepEqual(await seen({ namespace: own('m') }), ['b'])
      assert.deepEqual(await seen({ namespace: own('none') }), [])
      assert.deepEqual(await seen({ filter: { tag: mark } }), ['a', 'b', 'c'])
    },
  },
  {
    rule: 'a vector that moves to another namespace leaves the first',
    async run({ write, own, query }) {
      await write('upsert', [{ id: own('a'), values: at(1), namespace: own('n') }])
      await write('upsert', [{ id: own('a'), values: at(1), namespace: own('m') }])
      assert.equal((await query(at(1), { namespace: own('n') })).count, 0)
      assert.equal((await query(at(1), { namespace: own('m') })).count, 1)
    },
  },
  {
    rule: 'five come back unless topK says otherwise, at most a hundred',
    async run({ write, own, query, refused }) {
      const namespace = own('n')
      const rows = Array.from({ length: 120 }, (_, index) => ({
        id: own(`v${index}`),
        values: at(1, index),
        namespace,
      }))
      await write('upsert', rows)
      const answer = await query(at(1), { namespace })
      assert.equal(answer.count, 5)
      assert.equal(answer.matches.length, 5)
      assert.equal((await query(at(1), { namespace, topK: 100 })).count, 100)
      const text = 'max top K is 100, but got 101'
      await refused(query(at(1), { namespace, topK: 101 }), 'VECTOR_QUERY', { code: 40_025, text })
      await refused(query(at(1), { namespace, topK: 0 }), 'VECTOR_QUERY')
    },
  },
  {
    rule: 'with values or all metadata at most fifty come back; with indexed metadata a hundred',
    async run({ query, own, refused }) {
      const namespace = own('n')
      for (const asked of [{ returnValues: true }, { returnMetadata: 'all' }, { returnMetadata: true }]) {
        await query(at(1), { namespace, topK: 50, ...asked })
        const text = 'max top K is 50, but got 51'
        await refused(query(at(1), { namespace, topK: 51, ...asked }), 'VECTOR_QUERY', { code: 40_025, text })
      }
      await query(at(1), { namespace, topK: 100, returnMetadata: 'indexed' })
      const text = 'max top K is 100, but got 101'
      const over = query(at(1), { namespace, topK: 101, returnMetadata: 'indexed' })
      await refused(over, 'VECTOR_QUERY', { code: 40_025, text })
    },
  },
  {
    rule: 'a match has its id and score, and what else was asked for',
    async run({ write, own, query }) {
      const namespace = own('n')
      const kind = 'é'.repeat(40)
      const metadata = { kind, note: 'n', maker: { city: 'Oslo' }, list: ['a', 'b'] }
      await write('upsert', [{ id: own('a'), values: at(1), namespace, metadata }])
      const match = async (options: object) => {
        const { score, ...rest } = (await query(at(1), { namespace, ...options })).matches[0]!
        assert.equal(typeof score, 'number')
        return rest
      }
      const bare = { id: own('a'), namespace }
      assert.deepEqual(await match({}), bare)
      assert.deepEqual(await match({ returnMetadata: 'none' }), bare)
      assert.deepEqual(await match({ returnValues: true }), { ...bare, values: at(1) })
      assert.deepEqual(await match({ returnMetadata: 'all' }), { ...bare, metadata })
      assert.deepEqual(await match({ returnMetadata: true }), { ...bare, metadata })
      // An index holds 64 bytes of a string.
      const { metadata: indexed } = await match({ returnMetadata: 'indexed' })
      assert.equal(indexed?.kind, 'é'.repeat(32))
      assert.equal(indexed?.note, undefined)
    },
  },
  {
    rule: 'metadata is asked for by level: false cannot be read, another word is not sent',
    async run({ query, refused }) {
      const text = 'returnMetadata: expected value'
      await refused(query(at(1), { returnMetadata: false }), 'VECTOR_QUERY', { code: 40_026, text })
      await assert.rejects(query(at(1), { returnMetadata: 'foo' }), {
        message: 'Invalid returnMetadata option. Expected: true, false, "none", "indexed" or "all"; got: foo',
      })
    },
  },
  {
    rule: 'a query by id searches around that vector, which is among the matches; an unknown id is refused',
    async run({ write, own, names, queryById, refused }) {
      const namespace = own('n')
      await write('upsert', [
        { id: own('a'), values: at(1), namespace },
        { id: own('b'), values: at(1, 1), namespace },
        { id: own('c'), values: at(-1), namespace },
      ])
      assert.deepEqual(names((await queryById(own('b'), { namespace, topK: 2 })).matches), ['b', 'a'])
      await refused(queryById(own('unknown'), { namespace }), 'VECTOR_QUERY')
    },
  },
  {
    rule: 'unknown ids are left out of what is got',
    async run({ write, own, names, get }) {
      await write('upsert', [{ id: own('a'), values: at(1) }])
      assert.deepEqual(names(await get([own('unknown'), own('a')])), ['a'])
    },
  },
  {
    rule: 'scores are exact when values come back, and approximate when not',
    async run({ write, own, query }) {
      const namespace = own('n')
      const rows = randomVectors(200, WIDTH, SEED)
      await write(
        'upsert',
        rows.map((values, index) => ({ id: own(`v${index}`), values, namespace })),
      )
      const [question] = randomVectors(1, WIDTH, SEED + 1)
      const truth = new Map(rows.map((values, index) => [own(`v${index}`), scoreOf('cosine', question!, values)]))
      const error = ({ id, score }: { id: string; score: number }) => Math.abs(score - truth.get(id)!)
      const exact = (await query(question!, { namespace, topK: 50, returnValues: true })).matches
      assert.ok(Math.max(...exact.map(error)) < 1e-5, 'exact with values')
      const rough = (await query(question!, { namespace, topK: 50 })).matches
      assert.ok(Math.max(...rough.map(error)) > 1e-5, 'approximate without values')
      assert.ok(Math.max(...rough.map(error)) < 0.1, 'near the exact ones')
      assert.equal(rough.length, 50)
      const shared = rough.filter((match) => exact.some(({ id }) => id === match.id)).length
      assert.ok(shared >= 40, `${shared} of the best 50 found`)
    },
  },
  ...(['cosine', 'euclidean', 'dot-product'] as const).map(
    (metric): Case => ({
      rule: `${metric}: best first in its own direction, by its own formula`,
      metric,
      async run({ write, own, query }) {
        const namespace = own('n')
        const rows = [...randomVectors(150, WIDTH, SEED + 2), at(3), at(0.5), at(-1)]
        await write(
          'upsert',
          rows.map((values, index) => ({ id: own(`v${index}`), values, namespace })),
        )
        for (const question of [at(1), ...randomVectors(3, WIDTH, SEED + 3)]) {
          const expected = rows
            .map((values, index) => ({ id: own(`v${index}`), score: scoreOf(metric, question, values) }))
            .sort((a, b) => (metric === 'cosine' ? b.score - a.score : a.score - b.score))
            .slice(0, 20)
          const { matches } = await query(question, { namespace, topK: 20, returnValues: true })
          for (const [place, { score }] of expected.entries()) {
            const off = Math.abs(matches[place]!.score - score)
            assert.ok(off < 1e-4, `place ${place}: ${matches[place]!.score} instead of ${score}`)
          }
        }
      },
    }),
  ),
]

/** Cosine higher is better; euclidean a distance and dot-product negated, lower is better. */
function scoreOf(metric: Metric, a: readonly number[], b: readonly number[]): number {
  const dot = a.reduce((sum, value, i) => sum + value * b[i]!, 0)
  if (metric === 'dot-product') return -dot
  if (metric === 'euclidean') return Math.hypot(...a.map((value, i) => value - b[i]!))
  return dot / (Math.hypot(...a) * Math.hypot(...b))
}
