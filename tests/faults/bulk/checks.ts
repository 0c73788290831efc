/** What a bulk write with an Idempotency-Key is held to. */
import assert from 'node:assert/strict'
import { BULK_KEYS } from '../../../shared/domain/bulk_request.ts'
import type { Check } from '../../contract/checks.ts'
import { type Adapt, type BulkAnswer, type BulkRequest, createWorld, ITEMS, randomRequest } from './world.ts'

export interface BulkForm {
  adapt: Adapt
}

const KEY = '8e03978e-40d5-43dd-bc93-6894a57f9324'
const ITEM = { title: 'Cup', offers: [{ market: '*', currency: 'EUR', price: 100 }] }
const itemsOf = (lines: readonly unknown[], key: string | null = KEY): BulkRequest => ({
  ...{ path: '/v1/items:bulk', type: 'application/x-ndjson', key },
  text: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
})
const eventsOf = (lines: readonly unknown[], key: string | null = KEY): BulkRequest => ({
  ...itemsOf(lines, key),
  path: '/v1/events:bulk',
})
const CUP = itemsOf([{ id: 'cup', ...ITEM }])
/** Without ids of their own: only the key can tell them from others. */
const VIEWS = eventsOf([1, 2, 3].map(() => ({ type: 'view', item_id: 'cup', user_id: 'u' })))
const code = (answer: BulkAnswer) => [answer.status, answer.body.code]
const HELD_OVER_MS = BULK_KEYS.heldMs + 1_000

export const BULK_CHECKS: ReadonlyArray<Check<BulkForm>> = [
  {
    name: 'the same request again gives the same answer and does nothing',
    async run({ adapt }) {
      for (const request of [CUP, VIEWS]) {
        const world = await createWorld(adapt)
        const first = await world.answer(request)
        const state = await world.state()
        world.clock.advance(BULK_KEYS.ttlMs / 2)
        const again = await world.answer(request)
        assert.equal(first.status, 200)
        assert.deepEqual([again.status, again.body], [200, first.body])
        assert.deepEqual([first.replayed, again.replayed], [false, true])
        assert.deepEqual(await world.state(), state)
      }
    },
  },
  {
    name: 'another body, query, type or path under the key is refused',
    async run({ adapt }) {
      const world = await createWorld(adapt)
      await world.answer(CUP)
      const state = await world.state()
      const others: BulkRequest[] = [
        itemsOf([{ id: 'cup', ...ITEM, title: 'Mug' }]),
        { ...CUP, path: '/v1/items:bulk?market=DE' },
        { ...CUP, type: 'application/jsonl' },
        { ...CUP, path: '/v1/events:bulk' },
      ]
      for (const other of others)
        assert.deepEqual(code(await world.answer(other)), [422, 'idempotency_key_reused'], other.path)
      assert.deepEqual(await world.state(), state)
    },
  },
  {
    name: 'a request under way is refused until its time is over',
    async run({ adapt }) {
      const world = await createWorld(adapt)
      assert.equal(await world.send(CUP, 1), 'died')
      const meanwhile = await world.answer(CUP)
      assert.deepEqual(code(meanwhile), [409, 'idempotency_key_in_use'])
      assert.equal(meanwhile.retryAfter, String(BULK_KEYS.heldMs / 1_000))
      assert.deepEqual(code(await world.answer(VIEWS)), [422, 'idempotency_key_reused'])
      world.clock.advance(BULK_KEYS.heldMs)
      assert.equal((await world.answer(CUP)).status, 200)
    },
  },
  {
    name: 'what was forgotten since does not come back',
    async run({ adapt }) {
      const world = await createWorld(adapt)
      const first = await world.answer(VIEWS)
      assert.equal((await world.recents()).length, 1)
      await world.forget()
      const state = await world.state()
      assert.deepEqual((await world.answer(VIEWS)).body, first.body)
      assert.deepEqual(await world.state(), state)
      assert.deepEqual(await world.recents(), [])
    },
  },
  {
    name: 'keys are of one shop',
    async run({ adapt }) {
      const world = await createWorld(adapt)
      await world.answer(CUP)
      const other = await world.answer(itemsOf([{ id: 'plate', ...ITEM }]), 'two')
      assert.deepEqual([other.status, other.replayed], [200, false])
    },
  },
  {
    name: 'what was refused before anything was written leaves its key free',
    async run({ adapt }) {
      const world = await createWorld(adapt)
      const refused: BulkRequest[] = [
        { ...CUP, type: 'image/png' },
        { ...CUP, text: `${'x'.repeat(300_000)}\n` },
        { ...CUP, text: `id,title,price\na,A,1\n`, path: '/v1/items:bulk?format=orders' },
        { ...VIEWS, text: '\n'.repeat(6_000) },
      ]
      for (const request of refused) assert.ok((await world.answer(request)).status >= 400, request.path)
      const taken = await world.answer(CUP)
      assert.deepEqual([taken.status, taken.replayed], [200, false])
    },
  },
  {
    name: 'a key is forgotten after a day, and not before',
    async run({ adapt }) {
      const world = await createWorld(adapt)
      await world.answer(VIEWS)
      world.clock.advance(BULK_KEYS.ttlMs - 1)
      assert.equal((await world.answer(VIEWS)).replayed, true)
      world.clock.advance(1)
      const anew = await world.answer(VIEWS)
      assert.deepEqual([anew.replayed, anew.body.accepted], [false, 3])
    },
  },
  {
    name: 'a shop has so many keys and no more',
    async run({ adapt }) {
      const world = await createWorld(adapt)
      await world.fillKeys('one', BULK_KEYS.perShop)
      world.clock.advance(60_000)
      const full = await world.answer(CUP)
      assert.deepEqual(code(full), [429, 'rate_limited'])
      assert.equal(full.retryAfter, String((BULK_KEYS.ttlMs - 60_000) / 1_000))
      assert.equal((await world.answer(CUP, 'two')).status, 200)
      assert.equal((await world.answer({ ...CUP, key: null })).status, 200)
      world.clock.advance(BULK_KEYS.ttlMs)
      assert.equal((await world.answer(CUP)).status, 200)
    },
  },
  {
    name: 'the keys of a shop tell of so many items and no more',
    async run({ adapt }) {
      const world = await createWorld(adapt)
      const cups = (key: string, count = 1) =>
        itemsOf(
          Array.from({ length: count }, (_, at) => ({ id: `cup-${at}`, ...ITEM })),
          key,
        )
      assert.equal((await world.answer({ ...VIEWS, key: 'events' })).status, 200)
      world.clock.advance(60_000)
      await world.fillKeys('one', BULK_KEYS.itemsPerShop / 1_000 - 1, 1_000)
      world.clock.advance(60_000)
      assert.equal((await world.answer(cups('most', 990))).status, 200)
      const full = await world.answer(cups('more', 11))
      assert.deepEqual(code(full), [429, 'rate_limited'])
      // The oldest key told of no item: the next ones have to go.
      assert.equal(full.retryAfter, String((BULK_KEYS.ttlMs - 60_000) / 1_000))
      // How many a feed has is not known yet.
      const feed = { ...cups('feed'), type: 'text/csv', text: 'id,title,price\na,A,1\n' }
      assert.deepEqual(code(await world.answer(feed)), [429, 'rate_limited'])
      const taken = [cups('few', 2), cups('most', 990), { ...VIEWS, key: 'more-events' }, { ...feed, key: null }]
      for (const request of taken) assert.equal((await world.answer(request)).status, 200, String(request.key))
      assert.equal((await world.answer(cups('more', 11), 'two')).status, 200)
      world.clock.advance(BULK_KEYS.ttlMs - 60_000)
      assert.equal((await world.answer(cups('more', 11))).status, 200)
    },
  },
  {
    name: 'a dry run takes no notice of a key',
    async run({ adapt }) {
      const world = await createWorld(adapt)
      const dry = { ...CUP, path: '/v1/items:bulk?dry_run=true' }
      for (let time = 0; time < 2; time++) assert.equal((await world.answer(dry)).replayed, false)
      assert.deepEqual([(await world.answer(CUP)).status, (await world.answer(dry)).status], [200, 200])
    },
  },
  {
    name: 'a key stands in quotes or without, and is refused when it is none',
    async run({ adapt }) {
      const world = await createWorld(adapt)
      await world.answer(CUP)
      assert.equal((await world.answer({ ...CUP, key: `"${KEY}"` })).replayed, true)
      for (const key of ['', '"', 'two words', '"open', 'x'.repeat(BULK_KEYS.chars + 1), '""', 'é'])
        assert.deepEqual(code(await world.answer({ ...CUP, key })), [400, 'invalid_request'], key)
      for (const key of ['x'.repeat(BULK_KEYS.chars), '"two words"', '"a \\"quoted\\" word"'])
        assert.equal((await world.answer({ ...CUP, key })).status, 200, key)
    },
  },
  {
    name: 'a write that came in between stays',
    async run({ adapt }) {
      const world = await createWorld(adapt)
      // Dies after the claim: nothing is written yet.
      assert.equal(await world.send(CUP, 1), 'died')
      world.clock.advance(10_000)
      await world.answer(itemsOf([{ id: 'cup', ...ITEM, title: 'Mug' }], null))
      world.clock.advance(HELD_OVER_MS)
      const answer = await world.answer(CUP)
      assert.deepEqual(answer.body.results, [{ line: 1, id: 'cup', outcome: 'stale' }])
      assert.match(JSON.stringify(await world.state()), /Mug/)
    },
  },
]

/** A random request, killed after each of its commits and once more while it comes again: done once, told alike. */
export function killCheck(seed: number): Check<BulkForm> {
  return {
    name: `killed after every commit (seed ${seed})`,
    async run({ adapt }) {
      const request = randomRequest(seed, KEY)
      const before = randomRequest(seed + 1, null)
      const prepared = async () => {
        const world = await createWorld(adapt)
        await world.answer(before)
        world.clock.advance(60_000)
        return world
      }
      const calm = await prepared()
      const told = await calm.answer(request)
      const commits = calm.commits()
      const state = await calm.state()
      assert.equal(told.status, 200)
      for (let dieAfter = 1; dieAfter <= commits; dieAfter++) {
        const world = await prepared()
        assert.equal(await world.send(request, dieAfter), 'died')
        world.clock.advance(HELD_OVER_MS)
        await world.send(request, 1 + ((dieAfter * 7) % commits))
        world.clock.advance(HELD_OVER_MS)
        const answer = await world.answer(request)
        assert.deepEqual(answer.body, told.body, `after commit ${dieAfter} of ${commits}`)
        assert.deepEqual(await world.state(), state, `after commit ${dieAfter} of ${commits}`)
      }
    },
  }
}

/** The same with a newer write of every item between the death and the return: nothing old comes back. */
export function betweenCheck(seed: number): Check<BulkForm> {
  return {
    name: `killed with newer writes in between (seed ${seed})`,
    async run({ adapt }) {
      const request = randomRequest(seed, KEY)
      const ids = Array.from({ length: ITEMS }, (_, at) => `i${at}`)
      const newer = itemsOf(
        ids.map((id, at) => (at % 3 === 0 ? { id, deleted: true } : { id, ...ITEM, title: `New ${id}` })),
        null,
      )
      const run = async (dieAfter: number | null) => {
        const world = await createWorld(adapt)
        await world.send(request, dieAfter)
        const commits = world.commits()
        world.clock.advance(HELD_OVER_MS)
        await world.answer(newer)
        world.clock.advance(HELD_OVER_MS)
        assert.equal((await world.answer(request)).status, 200)
        return { commits, state: await world.state() }
      }
      const calm = await run(null)
      for (let dieAfter = 1; dieAfter <= calm.commits; dieAfter++)
        assert.deepEqual((await run(dieAfter)).state, calm.state, `after commit ${dieAfter} of ${calm.commits}`)
    },
  }
}
