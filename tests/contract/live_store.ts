/** What a shopper's last events are held to, wherever they are kept. */
import assert from 'node:assert/strict'
import { type Rng, seededRng } from '../../shared/base/rng.ts'
import { EVENT_TYPES } from '../../shared/domain/event.ts'
import { LIMITS } from '../../shared/domain/limits.ts'
import type { LiveEraser } from '../../shared/store/live/forget.ts'
import { type LiveStore, packRecent, RECENT_TTL_SECONDS, type RecentEvent } from '../../shared/store/live/live.ts'
import { NOW, OTHER_SHOP, SHOP } from '../support/unit_catalogue.ts'
import type { Check } from './checks.ts'

export interface LiveForm {
  store: LiveStore
  eraser: LiveEraser
  /** Events that lie there, read or not, and the seconds until they are forgotten; null where another forgets them. */
  held(shop: string, shopper: string): Promise<{ events: number; lifeSeconds: number | null }>
}

const KEPT = LIMITS.recentEventsKept
export const event = (item: string, atMs = NOW, over: Partial<RecentEvent> = {}): RecentEvent => ({
  ...{ item, type: 'view', atMs, value: null },
  ...over,
})
const append = (store: LiveStore, events: RecentEvent[], shopper = 'u:1', shop = SHOP) =>
  store.append(shop, [{ shopper, events }], NOW)
const items = async (store: LiveStore, shopper = 'u:1', shop = SHOP) =>
  (await store.recent(shop, shopper)).map((own) => own.item)
const rowsOf = (shoppers: readonly string[]) => shoppers.map((shopper) => ({ shopper, events: [event('i')] }))

/** Ids that look like something else, or sort otherwise in another order of letters. */
export const ODD_IDS = [
  ...['007', '1e5', 'true', 'null', '{"a":1}', '[1]', '12345678901234567890', '9007199254740993', 'OK', 'T0s='],
  ...['商品 𠮷', '～', '𠮷', "it's", '"', '\\', '*', '?', '[a-z]', 'a:b', ' ', '\u00e9', 'e\u0301'],
]

export const LIVE_CHECKS: ReadonlyArray<Check<LiveForm>> = [
  {
    name: 'an unknown shopper has no past',
    run: async ({ store }) => assert.deepEqual(await store.recent(SHOP, 'u:nobody'), []),
  },
  {
    name: 'gives back what was written, newest last',
    async run({ store }) {
      const events = [event('a', NOW), event('b', NOW + 1, { type: 'feedback', value: -0.5 }), event('c', NOW + 2)]
      await append(store, events.slice(0, 1))
      await append(store, events.slice(1))
      assert.deepEqual(await store.recent(SHOP, 'u:1'), events)
    },
  },
  {
    name: 'orders by time however the events came in',
    async run({ store }) {
      await append(store, [event('c', NOW + 2), event('a', NOW)])
      await append(store, [event('b', NOW + 1)])
      assert.deepEqual(await items(store), ['a', 'b', 'c'])
    },
  },
  {
    name: 'orders events of one moment by their bytes',
    async run({ store }) {
      await append(store, [event('𠮷'), event('b'), event('～')])
      await append(store, [event('a')])
      assert.deepEqual(await items(store), ['a', 'b', '～', '𠮷'])
    },
  },
  {
    name: 'keeps the newest twenty, and not the last to arrive',
    async run({ store }) {
      const newer = Array.from({ length: KEPT + 5 }, (_, index) => event(`n${index}`, NOW + index))
      const kept = newer.slice(5).map((own) => own.item)
      for (const one of newer) await append(store, [one])
      assert.deepEqual(await items(store), kept)
      // An import of the past must not push out what the shopper just did.
      const past = Array.from({ length: KEPT }, (_, index) => event(`old${index}`, NOW - 1_000 + index))
      await append(store, past)
      assert.deepEqual(await items(store), kept)
    },
  },
  {
    name: 'a repeated event counts once and takes no place from others',
    async run({ store }) {
      const events = Array.from({ length: KEPT }, (_, index) => event(`i${index}`, NOW + index))
      await append(store, [...events.slice(0, 2), ...events.slice(0, 2)])
      assert.deepEqual(await items(store), ['i0', 'i1'])
      await append(store, events)
      await append(store, events.slice(-10))
      assert.deepEqual(
        await items(store),
        events.map((own) => own.item),
      )
    },
  },
  {
    name: 'several shoppers and shops in their own rows',
    async run({ store }) {
      const both = ['u:1', 'a:1'].map((shopper) => ({ shopper, events: [event(shopper)] }))
      await store.append(SHOP, both, NOW)
      await append(store, [event('x')], 'u:1', OTHER_SHOP)
      const all = [await items(store), await items(store, 'a:1'), await items(store, 'u:1', OTHER_SHOP)]
      assert.deepEqual(all, [['u:1'], ['a:1'], ['x']])
    },
  },
  {
    name: 'nothing to write is no failure',
    async run({ store }) {
      await store.append(SHOP, [], NOW)
      await store.append(SHOP, [{ shopper: 'u:1', events: [] }], NOW)
      assert.deepEqual(await items(store), [])
    },
  },
  {
    name: 'ids that look like something else survive',
    async run({ store }) {
      for (const id of ODD_IDS) {
        await append(store, [event(id)], `u:${id}`)
        assert.deepEqual(await store.recent(SHOP, `u:${id}`), [event(id)], id)
      }
    },
  },
  {
    name: 'takes five thousand events of a thousand shoppers at once',
    async run({ store }) {
      const long = 'x'.repeat(LIMITS.idChars - 4)
      const rows = Array.from({ length: 1_000 }, (_, who) => ({
        shopper: `u:${who}`,
        events: Array.from({ length: 5 }, (_, index) => event(`${long}${who}`, NOW + index)),
      }))
      await store.append(SHOP, rows, NOW)
      for (const who of [0, 500, 999]) assert.equal((await store.recent(SHOP, `u:${who}`)).length, 5)
    },
  },
  {
    name: 'lets nothing lie that is never read',
    async run({ store, held }) {
      for (let index = 0; index < 2 * KEPT; index++) await append(store, [event(`i${index}`, NOW + index)])
      assert.equal((await held(SHOP, 'u:1')).events, KEPT)
    },
  },
  {
    name: 'a shopper is forgotten ninety days after the last event',
    async run({ store, held }) {
      for (const item of ['a', 'b']) {
        await append(store, [event(item)])
        const { lifeSeconds } = await held(SHOP, 'u:1')
        if (lifeSeconds !== null) assert.ok(Math.abs(lifeSeconds - RECENT_TTL_SECONDS) < 60, `${lifeSeconds} s`)
      }
    },
  },
  {
    name: 'erases the named shoppers, once, and nobody else',
    async run({ store, eraser }) {
      for (const shop of [SHOP, OTHER_SHOP]) await store.append(shop, rowsOf(['u:5', 'u:55', 'a:order:x:5']), NOW)
      assert.equal(await eraser.erase(SHOP, ['u:5', 'a:order:x:5', 'u:nobody']), 2)
      assert.equal(await eraser.erase(SHOP, ['u:5', 'a:order:x:5']), 0)
      assert.deepEqual(await items(store, 'u:5'), [])
      assert.deepEqual(await items(store, 'u:55'), ['i'])
      assert.deepEqual(await items(store, 'u:5', OTHER_SHOP), ['i'])
    },
  },
  {
    name: 'erases all shoppers of a shop, however many, and of no other',
    async run({ store, eraser }) {
      const many = Array.from({ length: 1_200 }, (_, index) => `u:${index}`)
      await store.append(SHOP, rowsOf(many), NOW)
      // A shop whose name begins like the other's.
      await store.append(`${SHOP}-b`, rowsOf(['u:1']), NOW)
      assert.equal(await eraser.erase(SHOP, 'all'), 1_200)
      assert.equal(await eraser.erase(SHOP, 'all'), 0)
      for (const shopper of ['u:0', 'u:600', 'u:1199']) assert.deepEqual(await items(store, shopper), [])
      assert.deepEqual(await items(store, 'u:1', `${SHOP}-b`), ['i'])
    },
  },
]

/** A model of it in plain lists. */
class PlainLists {
  readonly #byShopper = new Map<string, RecentEvent[]>()
  readonly #key = (shop: string, shopper: string) => `${shop} ${shopper}`
  recent(shop: string, shopper: string): RecentEvent[] {
    return this.#byShopper.get(this.#key(shop, shopper)) ?? []
  }
  append(shop: string, shopper: string, events: readonly RecentEvent[]): void {
    const all = [...this.recent(shop, shopper), ...events]
    const distinct = [...new Map(all.map((own) => [JSON.stringify(packRecent(own)), own]))]
    const sorted = distinct.sort(
      ([a, one], [b, other]) => one.atMs - other.atMs || Buffer.compare(Buffer.from(a), Buffer.from(b)),
    )
    this.#byShopper.set(
      this.#key(shop, shopper),
      sorted.slice(-KEPT).map(([, own]) => own),
    )
  }
  erase(shop: string, shoppers: readonly string[] | 'all'): number {
    const wanted = (key: string) =>
      shoppers === 'all' ? key.startsWith(`${shop} `) : shoppers.some((who) => key === this.#key(shop, who))
    const gone = [...this.#byShopper.keys()].filter(wanted)
    for (const key of gone) this.#byShopper.delete(key)
    return gone.length
  }
}

function randomEvent(rng: Rng): RecentEvent {
  const type = EVENT_TYPES[rng.int(EVENT_TYPES.length)]!
  const item = rng.next() < 0.3 ? ODD_IDS[rng.int(ODD_IDS.length)]! : `i${rng.int(30)}`
  const value = type === 'feedback' ? [-1, -0.5, 0.1, 1e-7, 1][rng.int(5)]! : null
  return { item, type, atMs: NOW + rng.int(40), value }
}

/** Any sequence of calls leaves what plain lists would hold. */
export function sequenceCheck(seed: number, calls: number): Check<LiveForm> {
  return {
    name: `holds what plain lists would (seed ${seed}, ${calls} calls)`,
    async run({ store, eraser }) {
      const rng = seededRng(seed)
      const model = new PlainLists()
      const shops = [SHOP, OTHER_SHOP, `${SHOP}-b`]
      const who = ['u:1', 'u:11', 'a:1', `u:${ODD_IDS[rng.int(ODD_IDS.length)]}`]
      for (let call = 0; call < calls; call++) {
        const shop = shops[rng.int(shops.length)]!
        const kind = rng.next()
        if (kind < 0.05) assert.equal(await eraser.erase(shop, 'all'), model.erase(shop, 'all'), `call ${call}`)
        else if (kind < 0.15) {
          const gone = who.filter(() => rng.next() < 0.5)
          assert.equal(await eraser.erase(shop, gone), model.erase(shop, gone), `call ${call}`)
        } else {
          const rows = who
            .filter(() => rng.next() < 0.5)
            .map((shopper) => ({ shopper, events: Array.from({ length: 1 + rng.int(8) }, () => randomEvent(rng)) }))
          await store.append(shop, rows, NOW)
          for (const row of rows) model.append(shop, row.shopper, row.events)
        }
        for (const shopper of who)
          assert.deepEqual(await store.recent(shop, shopper), model.recent(shop, shopper), `call ${call}: ${shopper}`)
      }
    },
  }
}
