/** The contract of metadata indexes and of the filters that read them. */
import assert from 'node:assert/strict'
import { at, type Case } from './try.ts'

/** What each vector of the operators' case holds. */
const GOODS = {
  book: { kind: 'book', price: 10, sold: false, maker: { city: 'Oslo' } },
  boot: { kind: 'boot', price: 20, sold: true, maker: { city: 'Bergen' } },
  bow: { kind: 'bow', price: 20.5, sold: false },
  nothing: {},
}

/** Filters with the goods that they find. `nothing` has no value in any of these fields. */
const OPERATORS: ReadonlyArray<[object, string[]]> = [
  [{ kind: 'book' }, ['book']],
  [{ kind: { $eq: 'boot' } }, ['boot']],
  [{ price: 20 }, ['boot']],
  [{ sold: true }, ['boot']],
  [{ 'maker.city': 'Oslo' }, ['book']],
  [{ kind: { $in: ['book', 'bow', 'none'] } }, ['book', 'bow']],
  [{ price: { $in: [10, 20] } }, ['book', 'boot']],
  [{ price: { $lt: 20 } }, ['book']],
  [{ price: { $lte: 20 } }, ['book', 'boot']],
  [{ price: { $gt: 20 } }, ['bow']],
  [{ price: { $gte: 20 } }, ['boot', 'bow']],
  [{ price: { $gte: 10, $lt: 20.5 } }, ['book', 'boot']],
  [{ price: { $gt: 10, $lte: 20 } }, ['boot']],
  [{ kind: { $gte: 'boo', $lt: 'bop' } }, ['book', 'boot']],
  [{ price: { $lt: 'x' } }, []],
  [{ price: '10' }, []],
  [{ kind: 'book', price: { $lt: 20 } }, ['book']],
  [{ kind: 'book', price: { $gt: 20 } }, []],
]

/** Of these it is checked only among the goods that have a value. */
const NEGATIONS: ReadonlyArray<[object, string[]]> = [
  [{ kind: { $ne: 'book' } }, ['boot', 'bow']],
  [{ kind: { $nin: ['book', 'boot'] } }, ['bow']],
  [{ sold: { $ne: true } }, ['book', 'bow']],
]

const WRONG: readonly unknown[] = [
  {},
  { '': 1 },
  { $or: [{ kind: 'book' }] },
  { 'a"b': 1 },
  { ['k'.repeat(513)]: 1 },
  { kind: {} },
  { kind: ['book'] },
  { kind: { $regex: 'x' } },
  { kind: { $in: 'book' } },
  { kind: { $in: [{}] } },
  { kind: { $eq: ['book'] } },
  { price: { $lt: true } },
  { price: { $lt: 1, $lte: 2 } },
  { price: { $gt: 1, $ne: 2 } },
  { kind: { $eq: 'a', $in: ['b'] } },
  { kind: 'x'.repeat(2_048 - 11) },
]

export const FILTERING: readonly Case[] = [
  {
    rule: 'an index holds the vectors that were written after it, and not those before',
    async run({ write, own, names, query, createMetadataIndex, settle, mark }) {
      const late = `late${mark.replaceAll(/[^a-z0-9]/g, '')}`
      const namespace = own('n')
      const row = (name: string) => ({ id: own(name), values: at(1), namespace, metadata: { [late]: 'yes' } })
      const found = async () => names((await query(at(1), { namespace, filter: { [late]: 'yes' } })).matches).sort()
      await write('upsert', [row('before')])
      assert.deepEqual(await found(), [])
      await settle(await createMetadataIndex(late, 'string'))
      assert.deepEqual(await found(), [])
      await write('upsert', [row('after')])
      assert.deepEqual(await found(), ['after'])
      await write('upsert', [row('before')])
      assert.deepEqual(await found(), ['after', 'before'])
    },
  },
  {
    rule: 'a vector that follows its index in the log is in it, whenever either is processed',
    ownTime: true,
    async run({ accept, own, names, query, createMetadataIndex, settle }) {
      const row = (name: string) => ({ id: own(name), values: at(1), metadata: { late: 'yes' } })
      await accept('upsert', [row('before')])
      await createMetadataIndex('late', 'string')
      await settle(await accept('upsert', [row('after')]))
      assert.deepEqual(names((await query(at(1), { filter: { late: 'yes' } })).matches), ['after'])
    },
  },
  {
    rule: 'a filter on a field without an index finds nothing',
    async run({ write, own, query }) {
      const namespace = own('n')
      await write('upsert', [{ id: own('a'), values: at(1), namespace, metadata: { unindexed: 'x' } }])
      assert.equal((await query(at(1), { namespace, filter: { unindexed: 'x' } })).count, 0)
    },
  },
  {
    rule: 'a filter is applied before the best are taken',
    async run({ write, own, names, query }) {
      const namespace = own('n')
      const near = Array.from({ length: 300 }, (_, index) => ({
        ...{ id: own(`near${index}`), values: at(1, index / 1_000), namespace, metadata: { kind: 'book' } },
      }))
      await write('upsert', [...near, { id: own('far'), values: at(-1), namespace, metadata: { kind: 'shoe' } }])
      const { matches } = await query(at(1), { namespace, topK: 1, filter: { kind: 'shoe' } })
      assert.deepEqual(names(matches), ['far'])
    },
  },
  {
    rule: 'operators compare values of their own type; fields are joined by and',
    async run({ write, own, names, query }) {
      const namespace = own('n')
      const rows = Object.entries(GOODS).map(([name, metadata]) => ({
        id: own(name),
        values: at(1),
        namespace,
        metadata,
      }))
      await write('upsert', rows)
      const found = async (filter: object) => names((await query(at(1), { namespace, filter })).matches).sort()
      for (const [filter, expected] of OPERATORS)
        assert.deepEqual(await found(filter), expected, JSON.stringify(filter))
      for (const [filter, expected] of NEGATIONS) {
        const seen = (await found(filter)).filter((name) => name !== 'nothing')
        assert.deepEqual(seen, expected, JSON.stringify(filter))
      }
    },
  },
  {
    rule: 'what is no filter is refused',
    async run({ query, own, refused }) {
      const namespace = own('n')
      for (const filter of WRONG) await refused(query(at(1), { namespace, filter }), 'VECTOR_QUERY')
      for (const filter of [{ ['k'.repeat(512)]: 1 }, { kind: 'x'.repeat(2_047 - 11) }])
        assert.equal((await query(at(1), { namespace, filter })).count, 0)
    },
  },
  {
    rule: 'strings that share their first 64 bytes cannot be told apart',
    async run({ write, own, names, query }) {
      const namespace = own('n')
      const start = `${'é'.repeat(31)}x`
      // 63 bytes, then a character of two: it does not fit, so the index ends before it.
      const kinds = { ends: start, cut: `${start}é`, long: `${start}éyz`, other: `${start.slice(2)}xx` }
      const rows = Object.entries(kinds).map(([name, kind]) => ({
        id: own(name),
        values: at(1),
        namespace,
        metadata: { kind },
      }))
      await write('upsert', rows)
      const found = async (kind: unknown) => names((await query(at(1), { namespace, filter: { kind } })).matches).sort()
      assert.deepEqual(await found(kinds.long), ['cut', 'ends', 'long'])
      assert.deepEqual(await found(start), ['cut', 'ends', 'long'])
      assert.deepEqual(await found({ $in: [`${start}éANYTHING`] }), ['cut', 'ends', 'long'])
      assert.deepEqual(await found(kinds.other), ['other'])
    },
  },
]
