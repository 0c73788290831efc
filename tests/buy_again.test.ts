/** Shelves of what a shopper has bought: from what was learned long ago and from what came since. */
import { beforeAll, expect, test } from 'vitest'
import { DAY_MS } from '../shared/base/clock.ts'
import { LIMITS } from '../shared/domain/limits.ts'
import { ask, serve } from './support/ask.ts'
import { demoShop } from './support/shops.ts'
import { createWorld, type ShelfParts, type World } from './support/world.ts'

const SHOPPER = 'u-of-habits'
let world: World
let isolate: () => ShelfParts
/** Bought often, once, and given back; all longer ago than the live store remembers. */
let often: string
let once: string
let returned: string
let since: string

beforeAll(async () => {
  const data = demoShop('hearth-and-field')
  const ids = data.items.filter(({ offers }) => offers.some((own) => own.market === 'GB')).map(({ id }) => id)
  ;[often, once, returned, since] = ids as [string, string, string, string]
  const at = (day: number) => new Date(data.newestMs - day * DAY_MS).toISOString()
  const event = (item_id: string, day: number, more: object = {}) => ({
    ...{ type: 'purchase', user_id: SHOPPER, item_id, occurred_at: at(day), event_id: `${item_id}-${day}`, ...more },
  })
  const looked = ids.slice(10, 40).map((id, place) => event(id, 5 - place / 100, { type: 'view' }))
  const events = [
    ...[event(often, 90), event(often, 60), event(often, 30), event(once, 60), event(returned, 40)],
    event(returned, 39, { type: 'refund' }),
    ...looked,
  ]
  world = await createWorld({ ...data, events: [...data.events, ...events] })
  const location = await world.location()
  isolate = () => location.isolate()
})

const again = async (parts: ShelfParts, more: object = {}) => {
  const { response } = await serve(parts, world.config, { placement: 'again', user_id: SHOPPER, ...more })
  return response
}
const ids = ({ items }: Awaited<ReturnType<typeof again>>) => items.map(({ id }) => id)

test('what was bought and kept comes back, the habit first; the shelf is short rather than filled', async () => {
  const response = await again(isolate())
  expect(ids(response)).toEqual([often, once])
  expect(response.items[0]!.sources).toContain('bought_before')
  expect(response.next_cursor).toBeNull()
  expect(response.served).toMatchObject({ strategy: 'again', degraded: [] })
})

test('what the live store remembers is not what this rests on', async () => {
  const forgetful = isolate()
  const response = await again({ ...forgetful, live: { ...forgetful.live, recent: async () => [] } })
  expect(ids(response)).toEqual([often, once])
})

test('negative control: without habits the shelf knows only the last events', async () => {
  const response = await again({ ...isolate(), habits: { get: async () => null } })
  expect(ids(response)).toEqual([])
})

/** A shop's own candidates in the order for buying again, among them what the shopper bought. */
const reranked = async (parts: ShelfParts) => {
  const asked = world.data.items.map(({ id }) => id).filter((id) => id !== returned)
  const { ids: order, answer } = await ask(parts, world.config, {
    ...{ placement: 'again', user_id: SHOPPER, candidate_item_ids: asked.slice(0, LIMITS.rerankItems) },
  })
  return { order, answer }
}

test('candidates of the shop’s own are put in order by habits as well, and all come back', async () => {
  const { order, answer } = await reranked(isolate())
  expect(order.slice(0, 2)).toEqual([often, once])
  expect(order.length).toBeGreaterThan(20)
  expect(answer.sourceCounts.bought_before).toBe(2)
})

test('negative control: without habits nothing tells what was bought long ago from the rest', async () => {
  const { order, answer } = await reranked({ ...isolate(), habits: { get: async () => null } })
  expect(order.slice(0, 2).toSorted()).not.toEqual([often, once].toSorted())
  expect(answer.sourceCounts.bought_before).toBeUndefined()
})

test('habits that do not answer cost the shelf its memory, not the answer', async () => {
  const habits = { get: () => Promise.reject(new Error('down')) }
  const response = await again({ ...isolate(), habits })
  expect([ids(response), response.served.degraded]).toEqual([[], ['habits']])
})

test('a purchase of this minute is there before anything is learned of it', async () => {
  await world.sendEvents([{ type: 'purchase', user_id: SHOPPER, item_id: since, event_id: 'now' }])
  expect(ids(await again(isolate())).sort()).toEqual([often, once, since].sort())
})

test('a shopper who bought nothing, and nobody at all, have an empty shelf', async () => {
  const parts = isolate()
  expect(ids(await again(parts, { user_id: 'u-nobody' }))).toEqual([])
  const { response } = await serve(parts, world.config, { placement: 'again' })
  expect(response.items).toEqual([])
})

test('a history that the request carries is enough', async () => {
  const { response } = await serve(isolate(), world.config, { placement: 'again', history: [once, since, once] })
  expect(response.items.map(({ id }) => id).sort()).toEqual([once, since].sort())
})

test('on other shelves what was bought does not come again', async () => {
  const { response } = await serve(isolate(), world.config, { placement: 'home', limit: 50, history: [often, once] })
  for (const id of [often, once]) expect(ids(response)).not.toContain(id)
})
