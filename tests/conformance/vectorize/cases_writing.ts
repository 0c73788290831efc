/** The contract of mutations: when they are seen, and what they leave. */
import assert from 'node:assert/strict'
import { DELAY_MS, WIDTH } from './door.ts'
import { at, type Case } from './try.ts'

export const WRITING: readonly Case[] = [
  {
    rule: 'a mutation is accepted at once and seen after a while',
    ownTime: true,
    async run({ accept, advance, query, get, own, call }) {
      await accept('upsert', [{ id: own('a'), values: at(1) }])
      await advance(DELAY_MS - 1)
      assert.deepEqual(await query(at(1)), { count: 0, matches: [] })
      assert.deepEqual(await get([own('a')]), [])
      assert.equal(((await call('describe')) as { vectorCount: number }).vectorCount, 0)
      await advance(1)
      assert.equal((await query(at(1))).count, 1)
      assert.equal((await get([own('a')])).length, 1)
    },
  },
  {
    rule: 'the watermark names the last mutation that reads see, its time as text',
    ownTime: true,
    async run({ accept, advance, own, call }) {
      const info = async () => (await call('describe')) as Record<string, unknown>
      const first = await accept('upsert', [{ id: own('a'), values: at(1) }])
      const second = await accept('upsert', [{ id: own('b'), values: at(1) }])
      await advance(DELAY_MS - 1)
      await accept('deleteByIds', [own('a')])
      assert.notEqual((await info()).processedUpToMutation, first)
      await advance(1)
      const seen = await info()
      assert.equal(seen.processedUpToMutation, second)
      assert.equal(seen.vectorCount, 2)
      assert.equal(seen.dimensions, WIDTH)
      const text = seen.processedUpToDatetime
      assert.ok(typeof text === 'string' && !Number.isNaN(Date.parse(text)), 'the time is text')
      assert.notEqual(first, second)
    },
  },
  {
    rule: 'mutations are processed in the order in which they were accepted',
    ownTime: true,
    async run({ accept, advance, own, get }) {
      await accept('upsert', [{ id: own('a'), values: at(1) }])
      await advance(DELAY_MS / 2)
      await accept('deleteByIds', [own('a')])
      await advance(DELAY_MS / 2)
      assert.equal((await get([own('a')])).length, 1)
      await advance(DELAY_MS / 2)
      assert.deepEqual(await get([own('a')]), [])
    },
  },
  {
    rule: 'insert leaves an id that is there as it is, without an error',
    async run({ write, own, get }) {
      await write('insert', [{ id: own('a'), values: at(1), namespace: own('n'), metadata: { kind: 'old' } }])
      await write('insert', [
        { id: own('a'), values: at(2), metadata: { kind: 'new' } },
        { id: own('b'), values: at(3) },
      ])
      assert.deepEqual(await get([own('a'), own('b')]), [
        { id: own('a'), values: at(1), namespace: own('n'), metadata: { kind: 'old' } },
        { id: own('b'), values: at(3) },
      ])
    },
  },
  {
    rule: 'of equal ids in one insert the first stays, of those in one upsert the last',
    async run({ write, own, get }) {
      const twice = (name: string) => [
        { id: own(name), values: at(1) },
        { id: own(name), values: at(2) },
      ]
      await write('insert', twice('inserted'))
      await write('upsert', twice('upserted'))
      assert.deepEqual(await get([own('inserted'), own('upserted')]), [
        { id: own('inserted'), values: at(1) },
        { id: own('upserted'), values: at(2) },
      ])
    },
  },
  {
    rule: 'upsert replaces the whole vector and merges nothing',
    async run({ write, own, get, query }) {
      await write('upsert', [{ id: own('a'), values: at(1), namespace: own('n'), metadata: { kind: 'old', price: 1 } }])
      await write('upsert', [{ id: own('a'), values: at(0, 1), namespace: own('n'), metadata: { price: 2 } }])
      const replaced = { id: own('a'), values: at(0, 1), namespace: own('n'), metadata: { price: 2 } }
      assert.deepEqual(await get([own('a')]), [replaced])
      await write('upsert', [{ id: own('a'), values: at(0, 1), namespace: own('m') }])
      assert.deepEqual(await get([own('a')]), [{ id: own('a'), values: at(0, 1), namespace: own('m') }])
      assert.equal((await query(at(1), { namespace: own('n') })).count, 0)
      assert.equal((await query(at(1), { namespace: own('m') })).count, 1)
    },
  },
  {
    rule: 'delete forgets ids and passes over unknown ones',
    async run({ write, own, names, get, query }) {
      const rows = ['a', 'b', 'c', 'd'].map((name) => ({ id: own(name), values: at(1), namespace: own('n') }))
      await write('upsert', rows)
      await write('deleteByIds', [own('a'), own('c'), own('unknown')])
      const { matches } = await query(at(1), { namespace: own('n') })
      assert.deepEqual(names(matches).sort(), ['b', 'd'])
      assert.deepEqual(names(await get(rows.map(({ id }) => id))), ['b', 'd'])
    },
  },
  {
    rule: 'a refused batch leaves nothing behind',
    async run({ refused, call, write, own, get }) {
      const batch = [
        { id: own('good'), values: at(1) },
        { id: own('bad'), values: [1] },
      ]
      await refused(call('upsert', batch), 'VECTOR_UPSERT', { code: 40_012 })
      await write('upsert', [{ id: own('later'), values: at(1) }])
      assert.equal((await get([own('good'), own('later')])).length, 1)
    },
  },
  {
    rule: 'values are kept in float32, and typed arrays are taken',
    async run({ write, own, get, query }) {
      const values = at(0.1, 0.2)
      await write('upsert', [
        { id: own('list'), values, namespace: own('n') },
        { id: own('typed'), values: Float32Array.from(values), namespace: own('n') },
      ])
      const kept = at(Math.fround(0.1), Math.fround(0.2))
      assert.deepEqual(
        (await get([own('list'), own('typed')])).map((row) => row.values),
        [kept, kept],
      )
      assert.equal((await query(Float32Array.from(values), { namespace: own('n') })).count, 2)
    },
  },
  {
    rule: 'wrong dimensions are refused, each operation in its own words',
    async run({ refused, call, own }) {
      const text = `expected ${WIDTH} dimensions, and got 2 dimensions`
      const batch = [{ id: own('a'), values: [1, 2] }]
      const what = `invalid vector for id=${JSON.stringify(own('a'))}, ${text}`
      await refused(call('upsert', batch), 'VECTOR_UPSERT', { code: 40_012, text: what })
      await refused(call('insert', batch), 'VECTOR_INSERT', { code: 40_012, text: what })
      await refused(call('query', [1, 2]), 'VECTOR_QUERY', { code: 40_006, text: `invalid query vector, ${text}` })
    },
  },
  {
    rule: 'an id has at most 64 bytes, whatever its characters',
    async run({ refused, call, write, own, get }) {
      const room = 64 - own('').length
      const fits = own('é'.repeat(Math.floor(room / 2)) + 'x'.repeat(room % 2))
      await write('upsert', [{ id: fits, values: at(1) }])
      assert.equal((await get([fits])).length, 1)
      const text = 'id too long; max is 64 bytes, got 66 bytes'
      const long = `${fits}é`
      await refused(call('upsert', [{ id: long, values: at(1) }]), 'VECTOR_UPSERT', { code: 40_008, text })
    },
  },
  {
    rule: 'metadata is at most 10 KiB of compact JSON',
    async run({ refused, call, accept, own }) {
      const sized = (bytes: number) => [{ id: own('a'), values: at(1), metadata: { text: 'x'.repeat(bytes - 11) } }]
      await accept('upsert', sized(10_240))
      const text = 'must not exceed 10240 bytes, got 10241 bytes'
      await refused(call('upsert', sized(10_241)), 'VECTOR_UPSERT', { code: 40_016, text })
    },
  },
  {
    rule: 'keys of metadata can be steps of a path, at every level',
    async run({ refused, call, own, accept }) {
      const withKey = (key: string) => [{ id: own('a'), values: at(1), metadata: { [key]: 'x' } }]
      await accept('upsert', withKey('a$b c|d'))
      for (const key of ['', 'a.b', 'a"b', '$a'])
        await refused(call('upsert', withKey(key)), 'VECTOR_UPSERT', { code: 40_018 })
      const nested = [{ id: own('a'), values: at(1), metadata: { maker: { 'a.b': 'x' } } }]
      await refused(call('upsert', nested), 'VECTOR_UPSERT', { code: 40_018 })
    },
  },
  {
    rule: 'half a character is no text',
    async run({ refused, call, own }) {
      const batch = [{ id: own('a'), values: at(1), metadata: { text: 'cut \ud835' } }]
      const text = 'failed to parse'
      await refused(call('upsert', batch), 'VECTOR_UPSERT', { code: 40_023, text })
    },
  },
  {
    rule: 'one call takes so many vectors and no more',
    async run({ refused, call, accept, own, batchMax }) {
      const many = (count: number) =>
        Array.from({ length: count }, (_, index) => ({ id: own(`v${index}`), values: at(index + 1) }))
      await accept('upsert', many(batchMax))
      await refused(call('upsert', many(batchMax + 1)), 'VECTOR_UPSERT')
      await refused(call('insert', many(batchMax + 1)), 'VECTOR_INSERT')
    },
  },
  {
    rule: 'one call takes 20 ids to get, and 100 to delete',
    async run({ refused, call, get, accept, own }) {
      const ids = (count: number) => Array.from({ length: count }, (_, index) => own(`v${index}`))
      const text = (max: number) => `too many ids in payload; max id count is ${max}, got ${max + 1}`
      await get(ids(20))
      await refused(call('getByIds', ids(21)), 'VECTOR_GET', { code: 40_007, text: text(20) })
      await accept('deleteByIds', ids(100))
      await refused(call('deleteByIds', ids(101)), 'VECTOR_DELETE', { code: 40_007, text: text(100) })
    },
  },
]
