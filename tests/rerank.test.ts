/** A shop's own candidates through `POST /v1/rerank`: all that can be sold come back in order, and nothing else. */
import { beforeAll, expect, test } from 'vitest'
import { seededRng } from '../shared/base/rng.ts'
import { LIMITS } from '../shared/domain/limits.ts'
import type { RecommendationResponse } from '../shared/domain/recommendation.ts'
import { rankerVersion } from '../shared/rank/defaults.ts'
import { type ApiDoor, openApiDoor } from './support/api_door.ts'
import { demoShop, type ShopData } from './support/shops.ts'
import { createWorld, type World } from './support/world.ts'

const PATH = '/v1/rerank'
let world: World
let door: ApiDoor
let sellable: string[]
let unsellable: string[]

beforeAll(async () => {
  const data = demoShop('hearth-and-field')
  world = await createWorld(data)
  door = await openApiDoor(world, (await world.location()).isolate())
  sellable = data.items.filter(({ offers }) => canBeSold(offers, data.body.market)).map(({ id }) => id)
  // One of them is taken from sale, one is deleted.
  const [out, gone] = sellable.splice(0, 2)
  const item = data.items.find(({ id }) => id === out)!
  const offers = item.offers.map((own) => ({ ...own, visible: false }))
  await world.putItems([{ ...item, updated_at: new Date(world.clock.now()).toISOString(), offers }])
  await world.deleteItem(gone!)
  unsellable = [out!, gone!, 'no-such-item']
})
/** The market's own offer decides, where there is one. */
function canBeSold(offers: ShopData['items'][number]['offers'], market: string): boolean {
  const offer = offers.find((own) => own.market === market) ?? offers.find((own) => own.market === '*')
  return offer !== undefined && (offer.variants ?? [offer]).some(({ stock }) => stock === undefined || stock > 0)
}

async function rerank(json: Record<string, unknown>) {
  const { status, body } = await door.post<RecommendationResponse>(PATH, json)
  expect([status, body]).toMatchObject([200, {}])
  return body
}
const ids = ({ items }: RecommendationResponse) => items.map(({ id }) => id)

test('all candidates that can be sold come back once, in any order that they were brought, and nothing else', async () => {
  const rng = seededRng(1)
  for (const count of [1, 12, 60, sellable.length]) {
    const chosen = rng.shuffle(sellable).slice(0, Math.min(count, LIMITS.rerankItems - unsellable.length))
    const body = await rerank({ candidate_item_ids: rng.shuffle([...chosen, ...unsellable]), user_id: 'u-1' })
    expect(ids(body).sort()).toEqual([...chosen].sort())
    expect(body.next_cursor).toBeNull()
    const other = await rerank({ candidate_item_ids: [...chosen, ...unsellable].reverse(), user_id: 'u-1' })
    expect(ids(other)).toEqual(ids(body))
  }
})

test('the order is the shopper’s, with reasons and the name of the order', async () => {
  const chosen = sellable.slice(0, 40)
  const seed = sellable[50]!
  const plain = await rerank({ candidate_item_ids: chosen, placement: 'product' })
  const about = await rerank({ candidate_item_ids: chosen, placement: 'product', item_ids: [seed], explain: 'trace' })
  expect(ids(about)).not.toEqual(ids(plain))
  expect(about.served).toMatchObject({ strategy: 'product', order: rankerVersion(world.config.ranker), rung: 'L2' })
  const scores = new Map(about.trace!.candidates.map(({ id, score }) => [id, score]))
  const told = ids(about).map((id) => scores.get(id)!)
  expect(told).toEqual([...told].sort((a, b) => b - a))
})

test('what the shopper has bought may be among the candidates, though a shelf would leave it out', async () => {
  const [bought] = sellable
  const history = [[bought, world.clock.now() / 1_000 - 86_400]]
  const body = await rerank({ candidate_item_ids: sellable.slice(0, 10), placement: 'home', history })
  expect(ids(body)).toContain(bought)
  const shelf = await door.post<RecommendationResponse>('/v1/recommendations', {
    placement: 'home',
    history,
    limit: 50,
  })
  expect(ids(shelf.body)).not.toContain(bought)
})

test('seeds and the cart may be candidates as well; exclusions and filters still hold', async () => {
  const chosen = sellable.slice(0, 10)
  const [seed, inCart, out] = chosen
  const body = await rerank({
    ...{ candidate_item_ids: chosen, item_ids: [seed], cart_item_ids: [inCart], exclude_item_ids: [out] },
  })
  expect(ids(body).sort()).toEqual(chosen.filter((id) => id !== out).sort())
  const none = await rerank({ candidate_item_ids: chosen, filter: { field: 'price', op: 'lt', value: 0 } })
  expect(ids(none)).toEqual([])
})

test('a limit cuts the end of the same order', async () => {
  const chosen = sellable.slice(0, 30)
  const all = ids(await rerank({ candidate_item_ids: chosen, user_id: 'u-1' }))
  expect(ids(await rerank({ candidate_item_ids: chosen, user_id: 'u-1', limit: 7 }))).toEqual(all.slice(0, 7))
})

test('candidates named twice come once', async () => {
  const [one, other] = sellable
  expect(ids(await rerank({ candidate_item_ids: [one, other, one] })).sort()).toEqual([one, other].sort())
})

test('limits, cursors and keys', async () => {
  const refused = async (json: unknown, kind?: 'pk') => {
    const { status, body } = await door.post(PATH, json, kind)
    return [status, body.code]
  }
  const many = Array.from({ length: LIMITS.rerankItems + 1 }, (_, at) => `i${at}`)
  expect(await refused({})).toEqual([400, 'invalid_request'])
  expect(await refused({ candidate_item_ids: [] })).toEqual([400, 'invalid_request'])
  expect(await refused({ candidate_item_ids: many })).toEqual([400, 'invalid_request'])
  expect(await refused({ candidate_item_ids: ['a'], limit: LIMITS.rerankItems + 1 })).toEqual([400, 'invalid_request'])
  expect(await refused({ candidate_item_ids: ['a'], cursor: 'x' })).toEqual([400, 'invalid_request'])
  expect(await refused({ candidate_item_ids: ['a'], placement: 'nowhere' })).toEqual([404, 'unknown_placement'])
  const asOf = { candidate_item_ids: ['a'], as_of: '2026-01-01T00:00:00Z' }
  expect(await refused(asOf, 'pk')).toEqual([403, 'forbidden'])
  expect((await door.post(PATH, { candidate_item_ids: [sellable[0]] }, 'pk')).status).toBe(200)
})

test('negative control: a shelf of the same request brings others, and would be noticed', async () => {
  const chosen = sellable.slice(0, 3)
  const { body } = await door.post<RecommendationResponse>('/v1/recommendations', { user_id: 'u-1' })
  expect(ids(body).filter((id) => !chosen.includes(id)).length).toBeGreaterThan(0)
})
