/** Rules over the whole pipeline: what they may do to a shelf, and what a shelf owes whatever they say. */
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { ask, hashesOf, requestOf, serve } from '../../tests/support/ask.ts'
import { anyRules, ruleOf } from '../../tests/support/rules.ts'
import { demoShop } from '../../tests/support/shops.ts'
import { createWorld, type Location, type ShelfParts, type World } from '../../tests/support/world.ts'
import { HOUR_MS } from '../base/clock.ts'
import type { ItemLine } from '../domain/item.ts'
import type { Rule } from '../domain/rule.ts'
import { rulesPreviewSchema } from '../domain/rule_answers.ts'
import type { ShopConfig } from '../domain/shop.ts'
import { previewRules } from '../recommend.ts'

const SEED = 20_260_602
const USER = { user_id: 'u-ruled' }
/** Items that no shelf may show: sold out, deleted, and never there. */
const [SOLD_OUT, GONE, UNKNOWN] = ['zz-sold-out', 'zz-gone', 'zz-unknown']
const LOW = 'zz-low'

let world: World
let location: Location
let isolate: ShelfParts

const line = (id: string, stock: number): ItemLine => ({
  ...{ id, title: `Teapot ${id}`, brand: 'Zz', categories: ['Kitchen > Tea'], created_at: '2024-01-01T00:00:00Z' },
  offers: [{ market: '*', currency: 'GBP', price: 2_000, stock }],
})

beforeAll(async () => {
  world = await createWorld(demoShop('hearth-and-field'))
  await world.putItems([line(SOLD_OUT, 0), line(GONE, 5), line(LOW, 2)])
  await world.deleteItem(GONE)
  await world.catchUp()
  location = await world.location()
  isolate = location.isolate()
})

const itemIds = () => world.data.items.map((item) => item.id)
let versions = 100
/** As published: no two sets have one version. */
const configWith = (rules: Rule[], version = ++versions): ShopConfig => ({ ...world.config, rules: { version, rules } })
const shelf = async (rules: Rule[], body: Record<string, unknown>, shown = new Set<number>()) =>
  ask(isolate, configWith(rules), body, shown)
const idIn = (...value: string[]) => ({ items: { field: 'id', op: 'in', value } })
const home = { placement: 'home', ...USER, limit: 12 }

/** An item that the plain shelf does not even consider. */
async function unheardOf(): Promise<string> {
  const { answer } = await shelf([], home)
  const ranked = new Set(answer.ranked.map((one) => one.candidate.id))
  return itemIds().find((id) => !ranked.has(id))!
}

test('a pinned item is shown although no source brings it, at no further call', async () => {
  const id = await unheardOf()
  const plain = await shelf([], home)
  const pinned = await shelf([ruleOf('p', { kind: 'pin', item_ids: [id], positions: [3] })], home)
  expect(pinned.ids[2]).toBe(id)
  expect(pinned.ids.filter((one) => one !== id)).toEqual(plain.ids.filter((one) => one !== id).slice(0, 11))
  expect(pinned.stages.waves).toBeLessThanOrEqual(2)
  expect(pinned.stages.calls).toBe(plain.stages.calls)
})

test('a pin shows nothing that a shelf may not show', async () => {
  const [seed, cart, excluded, bought, turnedDown] = itemIds().slice(30, 35) as [string, string, string, string, string]
  await world.sendEvents([
    { type: 'purchase', item_id: bought, ...USER },
    { type: 'feedback', value: 'hide', item_id: turnedDown, ...USER },
  ])
  const forbidden = [SOLD_OUT, GONE, UNKNOWN, seed, cart, excluded, bought, turnedDown]
  const free = itemIds()[36]!
  const pin = ruleOf('p', { kind: 'pin', item_ids: [...forbidden, free] }, { priority: 9 })
  const body = { ...home, item_ids: [seed], cart_item_ids: [cart], exclude_item_ids: [excluded] }
  const { ids } = await shelf([pin], body)
  expect(ids.filter((id) => forbidden.includes(id))).toEqual([])
  // Everything before it fell out, so that the one that may be shown comes first.
  expect([ids[0], ids.length]).toEqual([free, 12])
  const filtered = await shelf([pin], { ...body, filter: { not: { field: 'id', op: 'eq', value: free } } })
  expect(filtered.ids).not.toContain(free)
})

test('negative control: the same pin shows each of them where nothing speaks against it', async () => {
  const ids = itemIds().slice(30, 35)
  const pin = ruleOf('p', { kind: 'pin', item_ids: ids })
  const who = { placement: 'home', user_id: 'u-somebody-else', limit: 12 }
  expect((await shelf([pin], who)).ids.slice(0, 5)).toEqual(ids)
})

test('a shelf stays full although rules hide most of what there is', async () => {
  const plain = await shelf([], home)
  const categories = [...new Set(plain.answer.ranked.flatMap((one) => one.card.categories))]
  const hide = ruleOf('h', { kind: 'hide' }, { items: { field: 'category', op: 'in', value: categories.slice(0, 8) } })
  const byId = ruleOf('i', { kind: 'hide' }, idIn(...plain.answer.ranked.slice(0, 60).map((one) => one.candidate.id)))
  for (const rules of [[hide], [byId], [hide, byId]]) {
    const { answer, ids } = await shelf(rules, home)
    const effects = answer.rules.effects
    expect([ids.length, ids.filter((id) => effects.get(id)?.some((one) => one.effect === 'hidden'))]).toEqual([12, []])
    expect(
      answer.shown.filter(
        ({ card }) => rules.includes(hide) && categories.slice(0, 8).some((one) => card.categories.includes(one)),
      ),
    ).toEqual([])
  }
})

test('stock is known of every card, with D1 and without', async () => {
  const low = ruleOf('s', { kind: 'stock', below: 3, effect: 'hide' })
  const pin = ruleOf('p', { kind: 'pin', item_ids: [LOW] })
  expect((await shelf([pin], home)).answer.shown[0]!.card).toMatchObject({ id: LOW, stock: 2 })
  expect((await shelf([pin, low], home)).ids).not.toContain(LOW)
  expect((await shelf([pin, ruleOf('s', { kind: 'stock', below: 2, effect: 'hide' })], home)).ids[0]).toBe(LOW)
  location.d1.down()
  try {
    const dark = location.isolate()
    expect((await ask(dark, configWith([pin]), home)).answer.shown[0]!.card).toMatchObject({ id: LOW, stock: 2 })
    const { answer, ids } = await ask(location.isolate(), configWith([pin, low]), home)
    expect([answer.rung, ids.includes(LOW)]).toEqual([expect.stringMatching(/^L[345]$/), false])
  } finally {
    location.d1.up()
    isolate = location.isolate()
  }
})

test('positions go over pages, and no page repeats an item', async () => {
  const id = await unheardOf()
  const rules = [
    ruleOf('p', { kind: 'pin', item_ids: [id], positions: [15] }),
    ruleOf('q', { kind: 'pin', item_ids: itemIds().slice(40, 42) }),
  ]
  const first = await shelf(rules, home)
  const second = await shelf(rules, home, hashesOf(first.ids))
  expect([first.ids.slice(0, 2), second.ids[2]]).toEqual([itemIds().slice(40, 42), id])
  expect(second.ids.filter((one) => first.ids.includes(one))).toEqual([])
})

test('a shopper is new until something is known of them', async () => {
  const only = (shopper: 'new' | 'known') => ruleOf('p', { kind: 'pin', item_ids: [LOW] }, { when: { shopper } })
  const nobody = { placement: 'home', limit: 12 }
  expect((await shelf([only('new')], nobody)).ids[0]).toBe(LOW)
  expect((await shelf([only('known')], nobody)).ids[0]).not.toBe(LOW)
  expect((await shelf([only('known')], home)).ids[0]).toBe(LOW)
  expect((await shelf([only('new')], { ...nobody, recent: [{ item_id: itemIds()[0] }] })).ids[0]).not.toBe(LOW)
})

test('a published rule and one that begins are never answered by an older shared shelf', async () => {
  const body = { placement: 'home', limit: 9 }
  const pin = (more: object = {}) => [ruleOf('p', { kind: 'pin', item_ids: [LOW] }, { ...more })]
  const at = async (rules: Rule[], version: number) => {
    const { answer, ids } = await ask(isolate, configWith(rules, version), body)
    return [answer.cache, ids[0] === LOW]
  }
  expect([await at([], 1), await at([], 1)]).toEqual([
    ['none', false],
    ['hit', false],
  ])
  expect([await at(pin(), 2), await at(pin(), 2)]).toEqual([
    ['none', true],
    ['hit', true],
  ])
  const starts = world.clock.now() + 5_000
  const later = pin({ from: new Date(starts).toISOString(), until: new Date(starts + HOUR_MS).toISOString() })
  expect([await at(later, 3), await at(later, 3)]).toEqual([
    ['none', false],
    ['hit', false],
  ])
  world.clock.advance(5_000)
  expect([await at(later, 3), await at(later, 3)]).toEqual([
    ['none', true],
    ['hit', true],
  ])
})

test('the impression notes version and items placed by a rule, from the cache as well; the trace tells secret keys', async () => {
  const hide = ruleOf('h', { kind: 'hide' }, { items: { field: 'brand', op: 'eq', value: 'Zz' } })
  const config = configWith([ruleOf('p', { kind: 'pin', item_ids: itemIds().slice(50, 51) }), hide], 7)
  const body = { placement: 'home', limit: 7 }
  for (const cache of ['none', 'hit']) {
    const { impressions, response } = await serve(isolate, config, body)
    expect([response.served.cache, impressions[0]]).toMatchObject([
      cache,
      { rules_version: 7, by_rule: itemIds().slice(50, 51) },
    ])
  }
  const traced = { ...home, explain: 'trace' }
  const told = (await serve(isolate, config, traced)).response.trace!
  expect(told.rules).toMatchObject({ version: 7, in_force: ['h', 'p'] })
  const pinned = told.candidates.find((one) => one.id === itemIds()[50])
  expect(pinned).toMatchObject({ outcome: 'shown_at_1', rules: [{ rule: 'p', effect: 'pinned' }] })
  const open = (await serve(isolate, config, traced, 'pk')).response.trace!
  expect([open.rules, open.candidates.filter((one) => one.rules !== undefined)]).toEqual([undefined, []])
})

test(`random rules break no promise of a shelf (seed ${SEED})`, { timeout: 120_000 }, async () => {
  const [seed, cart, excluded] = itemIds().slice(60, 63) as [string, string, string]
  const forbidden = [SOLD_OUT, GONE, UNKNOWN, seed, cart, excluded]
  const named = [...forbidden, LOW, ...itemIds().slice(0, 20)]
  const body = { ...home, item_ids: [seed], cart_item_ids: [cart], exclude_item_ids: [excluded] }
  await fc.assert(
    fc.asyncProperty(anyRules(named), async (rules) => {
      const { ids, answer, stages } = await shelf(rules, body)
      expect(ids.filter((id) => forbidden.includes(id))).toEqual([])
      expect(new Set(ids).size).toBe(ids.length)
      expect(stages.waves).toBeLessThanOrEqual(2)
      const free = answer.ranked.filter(
        ({ card }) => !answer.rules.effects.get(card.id)?.some((one) => one.effect === 'hidden'),
      )
      expect(ids.length).toBe(Math.min(12, free.length))
    }),
    { seed: SEED, numRuns: 60 },
  )
})

test('a preview tells what a draft changes and by which rule, and leaves nothing behind', async () => {
  const written: string[] = []
  const parts: ShelfParts = {
    ...isolate,
    cache: { ...isolate.cache, putShelf: async (_shop, digest) => void written.push(digest) },
  }
  const later: Array<() => Promise<unknown>> = []
  const [first, second] = (await shelf([], { placement: 'home', limit: 6 })).ids as [string, string]
  const draft = [
    ruleOf('pin', { kind: 'pin', item_ids: [UNKNOWN, LOW] }),
    ruleOf('hide', { kind: 'hide' }, idIn(first)),
    ruleOf('bury', { kind: 'bury' }, idIn(second)),
    ruleOf('off', { kind: 'bury' }, { ...idIn(second), enabled: false }),
    ruleOf('cart', { kind: 'hide' }, { ...idIn(second), when: { placements: ['cart', 'nowhere'] } }),
    ruleOf('next', { kind: 'pin', item_ids: [second] }, { from: '2099-01-01T00:00:00Z' }),
  ]
  const deps = { ...parts, defer: (_label: string, work: () => Promise<unknown>) => void later.push(work) }
  const preview = async (body: Record<string, unknown>) =>
    rulesPreviewSchema.parse(await previewRules(requestOf(configWith([], 4), body), draft, deps))
  const told = await preview({ placement: 'home', limit: 6 })
  expect([told.active_version, told.before.items[0]!.id, told.after.items.length]).toEqual([4, first, 6])
  expect(told.after.items[0]).toMatchObject({ id: LOW, rank: 1, rules: [{ rule: 'pin', effect: 'pinned' }] })
  expect(told.kept_back.filter((one) => one.before_rank !== null && one.before_rank <= 2)).toMatchObject([
    { id: second, before_rank: 2, rules: [{ rule: 'bury', effect: 'buried' }] },
    { id: first, before_rank: 1, rules: [{ rule: 'hide', effect: 'hidden' }] },
  ])
  expect(Object.fromEntries(told.rules.map((one) => [one.id, one.why_not]))).toEqual({
    ...{ pin: null, hide: null, bury: null, off: 'disabled', cart: 'placement', next: 'not_begun' },
  })
  expect(told.rules[0]!.missing).toEqual([UNKNOWN])
  expect(told.warnings).toEqual([{ rule: 'cart', detail: 'the shop has no placement "nowhere"' }])
  // A campaign is looked at before it begins.
  const ahead = await preview({ placement: 'home', limit: 6, as_of: '2099-01-02T00:00:00Z' })
  expect([ahead.at, ahead.rules.at(-1)!.why_not]).toEqual(['2099-01-02T00:00:00.000Z', null])
  for (const work of later) await work()
  expect(written).toEqual([])
  // The same isolate does keep what is asked of it in earnest.
  await ask(parts, configWith([], 4), { placement: 'home', limit: 6 })
  expect(written).toHaveLength(1)
})
