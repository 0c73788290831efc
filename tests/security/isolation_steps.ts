/** What one shop does in one step, drawn from the step's own seed: a step is the same whatever stands before it. */
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../shared/base/clock.ts'
import { hash32 } from '../../shared/base/hash.ts'
import { type Rng, seededRng } from '../../shared/base/rng.ts'
import { objectNames } from '../../shared/store/keys.ts'
import { CRONS } from '../../workers/enrich/crons.ts'
import { signShopify, signStandard } from '../support/webhook_senders.ts'
import { ADMIN_KEY, type Answer, type City } from './isolation_city.ts'
import { MARKS, maskOf, maskOfShop, priceOf, shopOf, stockOf, WHICH, type Which } from './isolation_marks.ts'
import {
  anonymousOf,
  bodyOf,
  hookSecret,
  itemBody,
  itemsOf,
  keyOf,
  marketsOf,
  ownItems,
  ownPlacement,
  placementsOf,
  SECRETS,
  shopifySecret,
  shoppersOf,
  sourcesOf,
} from './isolation_shops.ts'

export interface Step {
  which: Which
  kind: Kind
  seed: number
  /** Since the beginning. Steps that are left out take their time nevertheless. */
  atMs: number
}

/** What shops were told in a sequence and may use in a later step, their own or another's. */
export interface Told {
  cursors: string[][]
  recommendations: string[][]
  erasures: string[][]
}
export const nothingTold = (): Told => ({
  cursors: [[], [], []],
  recommendations: [[], [], []],
  erasures: [[], [], []],
})

interface Doing {
  city: City
  which: Which
  rng: Rng
  told: Told
  /** Statuses by route: a check whose requests are all refused sees nothing. */
  answered(route: string, answer: Answer): void
}

const JSON_TYPE = 'application/json'

function send(doing: Doing, method: string, path: string, json?: unknown, kind: 'pk' | 'sk' = 'sk', said?: string[]) {
  return ask(doing, { method, path, json, key: keyOf(kind, doing.which), said })
}

interface Sending {
  method: string
  path: string
  json?: unknown
  lines?: readonly unknown[]
  key: string | null
  said?: string[] | undefined
}

async function ask(doing: Doing, { method, path, json, lines, key, said }: Sending): Promise<Answer> {
  const body = lines !== undefined ? lines.map((line) => JSON.stringify(line)).join('\n') : JSON.stringify(json)
  const type = lines !== undefined ? 'application/x-ndjson' : JSON_TYPE
  const asking = { method, path, key, ...(body === undefined ? {} : { body, type }) }
  if (said !== undefined) doing.city.judge.says(maskOf(doing.which), said)
  const answer = await doing.city.ask(maskOf(doing.which), asking)
  const route = patternOf(path)
  doing.answered(`${method} ${route}`, answer)
  return answer
}

/** Behind these a name stands. */
const NAMED: ReadonlySet<string> = new Set([
  'gates',
  'ranker',
  'webhooks',
  'users',
  'erasures',
  'placements',
  'keys',
  'calls',
])

/** A route as it is registered, near enough: `/v1/items/*`. */
const patternOf = (path: string): string =>
  path
    .split('?')[0]!
    .split('/')
    .map((part, at, parts) =>
      at > 2 &&
      part !== 'deliveries' &&
      (NAMED.has(parts[at - 1]!) || !/^[a-z-]+$/.test(part) || MARKS.some((mark) => part.startsWith(mark)))
        ? '*'
        : part,
    )
    .join('/')

const some = <T>(rng: Rng, list: readonly T[], most: number): T[] => rng.shuffle(list).slice(0, 1 + rng.int(most))
const iso = (ms: number) => new Date(ms).toISOString()
const maybe = (rng: Rng, chance: number, part: () => object): object => (rng.next() < chance ? part() : {})

/** A filter over things of the shop, or over what all have. */
const filterOf = ({ which, rng }: Doing): object => {
  const mark = MARKS[which]
  return rng.pick([
    { field: 'brand', op: 'in', value: [`${mark} works 0`, `${mark} works 1`] },
    { field: `attribute.${mark}_glaze`, op: 'exists', value: true },
    { not: { field: 'tag', op: 'eq', value: `${mark}-none` } },
    {
      any: [
        { field: 'price', op: 'lt', value: priceOf(which, 300) },
        { field: 'on_sale', op: 'eq', value: true },
      ],
    },
  ])
}

const WORDS = ['red teapot', 'gift', 'steel bowl for tea', 'oak', 'something warm for evenings']
const queryOf = ({ which, rng }: Doing) => (rng.next() < 0.5 ? rng.pick(WORDS) : `${MARKS[which]} ${rng.pick(WORDS)}`)

function shelfBody(doing: Doing): Record<string, unknown> {
  const { which, rng, city, told } = doing
  const items = itemsOf(which)
  const nowMs = city.platform.now()
  const placement = rng.pick(placementsOf(which))
  return {
    placement,
    limit: 1 + rng.int(8),
    ...(placement === 'product' ? { item_ids: some(rng, items, 2) } : {}),
    ...(placement === 'cart' ? { cart_item_ids: some(rng, items, 3) } : {}),
    ...maybe(rng, 0.4, () => ({ user_id: rng.pick(shoppersOf(which)) })),
    ...maybe(rng, 0.2, () => ({ anonymous_id: rng.pick(anonymousOf(which)), session_id: `${MARKS[which]}-s` })),
    ...maybe(rng, 0.15, () => ({ recent: some(rng, items, 3).map((item_id) => ({ item_id, type: 'view' })) })),
    ...maybe(rng, 0.15, () => ({ history: some(rng, items, 4).map((id, at) => [id, nowMs / 1_000 - 600 + at]) })),
    ...maybe(rng, 0.25, () => ({ query: queryOf(doing) })),
    ...maybe(rng, 0.3, () => ({ market: rng.pick(marketsOf(which)) })),
    ...maybe(rng, 0.15, () => ({ locale: rng.pick(['de-DE', 'fr-FR', 'en-GB']) })),
    ...maybe(rng, 0.2, () => ({ filter: filterOf(doing) })),
    ...maybe(rng, 0.15, () => ({ exclude_item_ids: some(rng, items, 3) })),
    ...maybe(rng, 0.5, () => ({ explain: rng.pick(['none', 'short', 'full', 'trace']) })),
    ...maybe(rng, 0.15, () => ({ freshness: 'strict' })),
    ...maybe(rng, 0.2, () => ({ diversity: rng.next() })),
    ...maybe(rng, 0.25, () => ({ wait_ms: 5_000 })),
    ...(told.cursors[which]!.length > 0 ? maybe(rng, 0.15, () => ({ cursor: rng.pick(told.cursors[which]!) })) : {}),
  }
}

async function shelf(doing: Doing, body = shelfBody(doing)): Promise<void> {
  const { rng, which, told } = doing
  const kind = rng.pick(['pk', 'sk'] as const)
  const { json } = await send(doing, 'POST', '/v1/recommendations', body, kind)
  if (typeof json.next_cursor === 'string') told.cursors[which]!.push(json.next_cursor)
  if (typeof json.recommendation_id === 'string') told.recommendations[which]!.push(json.recommendation_id)
}

async function addressedShelf(doing: Doing): Promise<void> {
  const { rng, which } = doing
  const query = new URLSearchParams({
    placement: rng.pick(placementsOf(which)),
    limit: '6',
    user_id: rng.pick(shoppersOf(which)),
  })
  await send(doing, 'GET', `/v1/recommendations?${query}`, undefined, 'pk')
}

/** What many shoppers see alike: the cached shelf. */
const sharedShelf = (doing: Doing) =>
  shelf(doing, { placement: doing.rng.pick(['home', 'generic', ownPlacement(doing.which)]), limit: 6 })

async function rerank(doing: Doing): Promise<void> {
  const { cursor: _cursor, wait_ms: _wait, filter: _filter, ...body } = shelfBody(doing)
  await send(doing, 'POST', '/v1/rerank', { ...body, candidate_item_ids: some(doing.rng, itemsOf(doing.which), 8) })
}

async function explain(doing: Doing): Promise<void> {
  const { rng, which } = doing
  const [id, other] = rng.shuffle(itemsOf(which))
  const query = new URLSearchParams({
    placement: rng.pick(placementsOf(which)),
    item_id: id!,
    user_id: rng.pick(shoppersOf(which)),
  })
  if (rng.next() < 0.4) query.set('instead_of', other!)
  await send(doing, 'GET', `/v1/explain?${query}`, undefined, rng.pick(['pk', 'sk'] as const))
}

async function itemDetails(doing: Doing): Promise<void> {
  const { rng, which } = doing
  const id = encodeURIComponent(rng.pick(itemsOf(which)))
  if (rng.next() < 0.4) await send(doing, 'GET', `/v1/items/${id}/audience`)
  else await send(doing, 'GET', `/v1/items/${id}?market=${rng.pick(marketsOf(which))}`, undefined, 'pk')
}

const newBody = ({ which, rng, city }: Doing, id: string) =>
  itemBody(which, id, rng.int(1_000), rng, city.platform.now())

async function putItem(doing: Doing): Promise<void> {
  const id = doing.rng.pick(itemsOf(doing.which))
  await send(doing, 'PUT', `/v1/items/${encodeURIComponent(id)}`, newBody(doing, id))
}

async function deleteItem(doing: Doing): Promise<void> {
  await send(doing, 'DELETE', `/v1/items/${encodeURIComponent(doing.rng.pick(itemsOf(doing.which)))}`)
}

async function bulkItems(doing: Doing): Promise<void> {
  const { rng, which } = doing
  const lines = some(rng, itemsOf(which), 5).map((id) =>
    rng.next() < 0.15 ? { id, deleted: true } : { id, ...newBody(doing, id), ...maybe(rng, 0.1, () => ({ title: 7 })) },
  )
  const path = `/v1/items:bulk${rng.next() < 0.2 ? '?dry_run=true' : ''}`
  await ask(doing, { method: 'POST', path, lines, key: keyOf('sk', which) })
}

function eventOf({ which, rng, city, told }: Doing): Record<string, unknown> {
  const occurred_at = iso(city.platform.now() - rng.int(600_000))
  const who =
    rng.next() < 0.7 ? { user_id: rng.pick(shoppersOf(which)) } : { anonymous_id: rng.pick(anonymousOf(which)) }
  const shown = told.recommendations[which]!
  const base = {
    ...{ ...who, occurred_at, market: rng.pick(marketsOf(which)) },
    // Alike in all shops, so that one that was seen in another is not taken for one that was seen here.
    event_id: rng.next() < 0.5 ? `e-${rng.int(20)}` : `${MARKS[which]}-e-${rng.int(1e9)}`,
    ...(shown.length > 0 ? maybe(rng, 0.4, () => ({ recommendation_id: rng.pick(shown) })) : {}),
  }
  const item_id = rng.pick(itemsOf(which))
  const type = rng.pick(['view', 'click', 'add_to_cart', 'purchase', 'purchase', 'refund', 'feedback', 'impression'])
  if (type === 'impression') return { ...base, type, item_ids: some(rng, itemsOf(which), 4) }
  if (type === 'feedback') return { ...base, type, item_id, value: rng.pick(['like', 'dislike', 'hide']) }
  if (type !== 'purchase' && type !== 'refund') return { ...base, type, item_id }
  const items = some(rng, itemsOf(which), 3).map((id) => ({
    item_id: id,
    price: priceOf(which, rng.int(400)),
    variant_id: 'v-1',
  }))
  return { ...base, type, order_id: `${MARKS[which]}-o-${rng.int(99)}`, currency: 'GBP', items }
}

async function events(doing: Doing): Promise<void> {
  const { rng, which } = doing
  const list = Array.from({ length: 1 + rng.int(5) }, () => eventOf(doing))
  if (rng.next() < 0.7) await send(doing, 'POST', '/v1/events', { events: list }, rng.pick(['pk', 'sk'] as const))
  else
    await ask(doing, {
      method: 'POST',
      path: '/v1/events:bulk',
      lines: [...list, { type: MARKS[which] }],
      key: keyOf('sk', which),
    })
}

const hookOf = (doing: Doing): { type: string; data: unknown } => {
  const { rng, which } = doing
  const id = rng.pick(itemsOf(which))
  const item = { id, ...newBody(doing, id) }
  const order = {
    ...{ order_id: `${MARKS[which]}-w-${rng.int(50)}`, user_id: rng.pick(shoppersOf(which)), currency: 'GBP' },
    items: some(rng, itemsOf(which), 3).map((item_id) => ({
      item_id,
      quantity: 1,
      price: priceOf(which, rng.int(400)),
    })),
  }
  return rng.pick([
    { type: 'product.updated', data: item },
    { type: 'product.created', data: item },
    { type: 'product.deleted', data: { id } },
    { type: 'order.created', data: order },
    { type: 'order.refunded', data: { ...order, refund_id: `${MARKS[which]}-r-${rng.int(50)}` } },
    { type: 'events.created', data: { events: [eventOf(doing)] } },
    // Cannot be taken: a letter is kept with the whole body.
    { type: 'product.updated', data: { ...item, offers: MARKS[which] } },
    { type: `${MARKS[which]}.unknown`, data: item },
  ])
}

async function standardHook(doing: Doing): Promise<void> {
  const { rng, which, city } = doing
  const nowMs = city.platform.now()
  const { type, data } = hookOf(doing)
  const id = rng.next() < 0.5 ? `d-${rng.int(10)}` : `${MARKS[which]}-d-${rng.int(1e9)}`
  const text = JSON.stringify({ type, timestamp: iso(nowMs), data })
  const { headers, body } = signStandard(hookSecret(which), id, nowMs, text)
  await deliver(doing, rng.pick(sourcesOf(which)), headers, body)
}

async function deliver(doing: Doing, source: string, headers: Record<string, string>, body: string): Promise<void> {
  const path = `/webhooks/${source}/${shopOf(doing.which)}`
  const answer = await doing.city.ask(maskOf(doing.which), { method: 'POST', path, key: null, headers, body })
  doing.answered('POST /webhooks', answer)
}

async function shopifyHook(doing: Doing): Promise<void> {
  const { rng, which, city } = doing
  const mark = MARKS[which]
  const nowMs = city.platform.now()
  const id = rng.int(6)
  const price = (priceOf(which, rng.int(400)) / 100).toFixed(2)
  const product = {
    ...{ id, title: `${mark} platform chair`, body_html: `<p>${mark} words</p>`, vendor: `${mark} vendor` },
    ...{ product_type: `${mark} type`, handle: `${mark}-chair-${id}`, status: 'active', tags: `${mark}, gift` },
    updated_at: iso(nowMs),
    variants: [{ id: 10 + id, title: `${mark} S`, price, inventory_item_id: 100 + id, inventory_quantity: 3 }],
  }
  const line = { id: 1, product_id: id, variant_id: 10 + id, quantity: 1, price }
  const customer = { id: 77, email: `someone@${mark}.example` }
  const [topic, body] = rng.pick<[string, unknown]>([
    ['products/update', product],
    ['products/delete', { id }],
    [
      'inventory_levels/update',
      { inventory_item_id: 100 + id, location_id: 5, available: stockOf(which, rng.int(400)), updated_at: iso(nowMs) },
    ],
    [
      'orders/create',
      { id: 900 + id, customer, currency: 'GBP', created_at: iso(nowMs), updated_at: iso(nowMs), line_items: [line] },
    ],
    ['customers/redact', { shop_id: 1, customer, orders_to_redact: [900 + id] }],
    ['customers/data_request', { shop_id: 1, customer, orders_requested: [900 + id], data_request: { id: 9 } }],
    ['products/update', { ...product, variants: mark }],
  ])
  const envelope = { topic, id: `w-${rng.int(10)}`, triggeredAtMs: nowMs, shopDomain: `${mark}.myshopify.com` }
  const delivery = signShopify(shopifySecret(which), envelope, JSON.stringify(body))
  await deliver(doing, 'shopify', delivery.headers, delivery.body)
}

async function sources(doing: Doing): Promise<void> {
  const { rng, which } = doing
  const source = rng.pick([...sourcesOf(which), 'shopify'])
  const body =
    source === 'shopify'
      ? { kind: 'shopify', secrets: [shopifySecret(which)], market: 'GB' }
      : { kind: 'standard', secrets: [hookSecret(which)], market: rng.pick(marketsOf(which)) }
  const does = rng.int(10)
  if (does < 4) await send(doing, 'PUT', `/v1/webhooks/${source}`, body)
  else if (does < 6) await send(doing, 'GET', `/v1/webhooks/${source}`)
  else if (does < 7) await send(doing, 'GET', '/v1/webhooks')
  else if (does < 9) await send(doing, 'GET', `/v1/webhooks/deliveries?limit=5`)
  else await send(doing, 'DELETE', `/v1/webhooks/${source}`)
}

export function ruleOf(which: Which, rng: Rng): object {
  const mark = MARKS[which]
  const items = { field: 'id', op: 'in', value: some(rng, itemsOf(which), 3) }
  const brand = { field: 'brand', op: 'eq', value: `${mark} works 1` }
  const action = rng.pick<object>([
    { kind: 'pin', item_ids: some(rng, itemsOf(which), 2) },
    { kind: 'boost', factor: 1.5 },
    { kind: 'bury' },
    { kind: 'hide' },
    { kind: 'cap', at_most: 2, per: `attribute.${mark}_glaze` },
    { kind: 'stock', below: stockOf(which, 100), effect: 'bury' },
  ])
  const kind = (action as { kind: string }).kind
  const needs = ['boost', 'bury', 'hide'].includes(kind)
  return {
    ...{ id: `${mark}-rule-${rng.int(1e6)}`, name: `The ${mark} rule`, action },
    ...(needs ? { items: rng.next() < 0.5 ? items : brand } : {}),
    ...maybe(rng, 0.3, () => ({
      when: { placements: [rng.pick(placementsOf(which))], markets: [rng.pick(marketsOf(which))] },
    })),
  }
}

async function rules(doing: Doing): Promise<void> {
  const { rng, which } = doing
  const base = `/v1/shops/${shopOf(which)}/rules`
  const list = Array.from({ length: 1 + rng.int(3) }, () => ruleOf(which, rng))
  const note = `${MARKS[which]} says so`
  const does = rng.int(10)
  if (does < 4) await send(doing, 'PUT', base, { rules: list, note, label: `${MARKS[which]} merchant` })
  else if (does < 7)
    await send(doing, 'POST', `${base}/preview`, { rules: list, request: { placement: 'home', limit: 5 } })
  else if (does < 8) await send(doing, 'POST', `${base}/rollback`, { version: rng.int(3), note })
  else if (does < 9) await send(doing, 'GET', `${base}/versions?limit=3`)
  else await send(doing, 'GET', `${base}/versions/${1 + rng.int(3)}`)
}

async function ranker(doing: Doing): Promise<void> {
  const { rng } = doing
  const { json } = await send(doing, 'GET', '/v1/ranker')
  const versions = (json.versions ?? []) as Array<{ version: string }>
  const does = rng.int(4)
  if (does === 0) await send(doing, 'POST', '/v1/ranker:release', {})
  else if (does === 1)
    await send(doing, 'POST', '/v1/ranker:rollback', {
      version: rng.pick(['shipped', ...versions.map(({ version }) => version)]),
    })
  else await send(doing, 'GET', `/v1/ranker/${encodeURIComponent(versions[0]?.version ?? 'shipped')}`)
}

async function gates(doing: Doing): Promise<void> {
  const { rng, which } = doing
  const placement = rng.pick(placementsOf(which))
  const worth = { click_micro: 2 * rng.int(500) + 1, margin: 0.3, currency: 'GBP', cap_micro: 10_000 }
  const does = rng.int(8)
  if (does < 3)
    await send(doing, 'PUT', `/v1/gates/${placement}`, {
      mode: rng.pick(['live', 'live', 'trial', 'shadow', 'off']),
      crossing: rng.int(20),
    })
  else if (does < 4) await send(doing, 'DELETE', `/v1/gates/${placement}`)
  else if (does < 5) await send(doing, 'PUT', '/v1/gates:worth', worth)
  else if (does < 6) await send(doing, 'GET', '/v1/gates:worth')
  else if (does < 7) await send(doing, 'DELETE', '/v1/gates:worth')
  else await send(doing, 'GET', '/v1/gates')
}

async function jobs(doing: Doing): Promise<void> {
  if (doing.rng.next() < 0.7) await send(doing, 'GET', '/v1/jobs')
  else await send(doing, 'POST', '/v1/enrichment:retry', {})
}

async function letters(doing: Doing): Promise<void> {
  const { rng } = doing
  const { json } = await send(doing, 'GET', '/v1/dead-letters?limit=20')
  const list = (json.dead_letters ?? []) as Array<{ seq: number }>
  if (list.length === 0) return
  const { seq } = rng.pick(list)
  const does = rng.int(10)
  if (does < 5) await send(doing, 'GET', `/v1/dead-letters/${seq}`)
  else if (does < 8) await send(doing, 'POST', `/v1/dead-letters/${seq}/replay`, {})
  else await send(doing, 'DELETE', `/v1/dead-letters/${seq}`)
}

/** Keys of calls that a shop's calls are kept under. */
const callsOf = ({ city }: Doing, which: Which): string[] => {
  const prefix = objectNames.callsOfShop(shopOf(which))
  return [...city.stores.objects.keys()]
    .filter((name) => name.startsWith(prefix))
    .map((name) => decodeURIComponent(name.slice(name.lastIndexOf('/') + 1, -'.json'.length)))
}

async function modelCalls(doing: Doing): Promise<void> {
  const { rng, which } = doing
  const keys = callsOf(doing, which)
  if (keys.length === 0) return
  const path = `/v1/model/calls/${encodeURIComponent(rng.pick(keys))}`
  if (rng.next() < 0.7) await send(doing, 'GET', path)
  else await send(doing, 'POST', `${path}/again`, {})
}

async function exports(doing: Doing): Promise<void> {
  const { rng } = doing
  const path = rng.pick(['/v1/items', '/v1/events'])
  let cursor: unknown
  for (let page = 0; page < 3; page++) {
    const { json } = await send(
      doing,
      'GET',
      `${path}?limit=7${typeof cursor === 'string' ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
    )
    cursor = json.cursor ?? json.next
    if (typeof cursor !== 'string') return
  }
}

/** What is held of a shopper, and forgetting one. */
async function users(doing: Doing): Promise<void> {
  const { rng, which, told } = doing
  const user = `/v1/users/${rng.pick(shoppersOf(which))}`
  const does = rng.int(10)
  if (does < 5) await send(doing, 'GET', `${user}?anonymous_id=${rng.pick(anonymousOf(which))}`)
  else if (does < 8) {
    const { json } = await send(doing, 'DELETE', user)
    if (typeof json.erasure === 'string') told.erasures[which]!.push(json.erasure)
  } else if (told.erasures[which]!.length > 0)
    await send(doing, 'GET', `/v1/erasures/${rng.pick(told.erasures[which]!)}`)
}

/** An administrator about one shop. */
async function admin(doing: Doing): Promise<void> {
  const { rng, which } = doing
  const shop = `/v1/shops/${shopOf(which)}`
  const as = (method: string, path: string, json?: unknown) => ask(doing, { method, path, json, key: ADMIN_KEY })
  const does = rng.int(8)
  if (does === 0) await as('PUT', shop, bodyOf(which, rng.int(99)))
  else if (does === 1) await as('PUT', `${shop}/budget`, { daily: 500 + which })
  else if (does === 2) {
    const key = {
      kind: 'sk',
      label: `${MARKS[which]} spare`,
      secret: `${MARKS[which]}-spare-${rng.int(1e9)}`.padEnd(36, '0'),
    }
    const { json } = await as('POST', `${shop}/keys`, key)
    if (rng.next() < 0.6) await as('DELETE', `${shop}/keys/${String(json.hash)}`)
  } else if (does === 3) await as('GET', `${shop}/rules`)
  else if (does === 4) await as('GET', shop)
  else if (does === 5)
    await as('POST', `${shop}/rules/preview`, { rules: [ruleOf(which, rng)], request: { placement: 'home' } })
  else if (does === 6) await as('GET', `/admin/dead-letters?shop=${shopOf(which)}&limit=20`)
  else await send(doing, 'PUT', `/v1/placements/${ownPlacement(which)}`, placementBody(which, rng))
}

export const placementBody = (which: Which, rng: Rng) => ({
  title: { en: `The ${MARKS[which]} corner`, de: `Die ${MARKS[which]} Ecke` },
  strategy: rng.pick(['home', 'generic'] as const),
  limit: 4 + rng.int(6),
})

/** An administrator about everybody: each entry is one shop's. */
async function overview(doing: Doing): Promise<void> {
  const { city, rng } = doing
  const overall = rng.pick(['/admin/jobs', '/admin/dead-letters?limit=50'])
  const answer = await city.ask(0, { method: 'GET', path: overall, key: ADMIN_KEY })
  doing.answered(`GET ${patternOf(overall)}`, answer)
  const entries = (answer.json.shops ?? answer.json.dead_letters ?? []) as Array<{ shop: string; seq?: number }>
  for (const entry of entries) city.judge.holds('answers to administrators', entry, maskOfShop(entry.shop))
  const letter = entries.length > 0 ? rng.pick(entries) : undefined
  if (letter?.seq === undefined || letter.shop === '') return
  const [method, end] = rng.pick([
    ['GET', ''],
    ['GET', ''],
    ['POST', '/replay'],
    ['DELETE', ''],
  ] as const)
  const path = `/admin/dead-letters/${letter.seq}${end}`
  doing.answered(
    `${method} ${patternOf(path)}`,
    await city.ask(maskOfShop(letter.shop), { method, path, key: ADMIN_KEY }),
  )
}

/** A word in quotes, alone and as it stands in JSON, and in JSON within JSON. */
const quotedWays = (word: string): string[] => ['"', '\\"', '\\\\\\"'].map((quote) => `${quote}${word}${quote}`)

/** A shop asks for what is another's, by its name: it is told its own words at most. */
async function foreign(doing: Doing): Promise<void> {
  const { rng, which, city, told } = doing
  const other = rng.pick(WHICH.filter((one) => one !== which))
  const id = rng.pick(ownItems(other))
  const key = keyOf('sk', which)
  const asks: Array<() => Sending> = [
    () => ({ method: 'GET', path: `/v1/items/${id}`, key, said: [id] }),
    () => ({ method: 'GET', path: `/v1/items/${id}/audience`, key, said: [id] }),
    () => ({
      method: 'POST',
      path: '/v1/recommendations',
      json: { placement: 'product', item_ids: [id, 'i-1'] },
      key,
      said: [id],
    }),
    () => ({
      method: 'POST',
      path: '/v1/rerank',
      json: { placement: 'home', candidate_item_ids: [id, 'i-1', 'i-2'] },
      key,
      said: [id],
    }),
    () => ({
      method: 'POST',
      path: '/v1/recommendations',
      json: { placement: 'home', user_id: `${MARKS[other]}-u` },
      key,
      said: [`${MARKS[other]}-u`],
    }),
    () => ({
      method: 'POST',
      path: '/v1/recommendations',
      json: { placement: 'home', query: `${MARKS[other]} teapot` },
      key,
      said: [`${MARKS[other]} teapot`, `${MARKS[other]}teapot`, ...quotedWays(MARKS[other])],
    }),
    () => ({ method: 'GET', path: `/v1/explain?placement=home&item_id=${id}`, key, said: [id] }),
    () => ({
      method: 'POST',
      path: '/v1/recommendations',
      json: { placement: ownPlacement(other) },
      key,
      said: [ownPlacement(other)],
    }),
    () => ({ method: 'GET', path: `/v1/shops/${shopOf(other)}`, key, said: [shopOf(other)] }),
    () => ({ method: 'GET', path: `/v1/shops/${shopOf(other)}/rules`, key, said: [shopOf(other)] }),
    () => ({
      method: 'POST',
      path: '/v1/recommendations',
      json: { placement: 'home', cursor: told.cursors[other]?.at(-1) ?? 'none' },
      key,
    }),
    () => ({
      method: 'GET',
      path: '/v1/items/i-1',
      key: `sk_${shopOf(which)}_${SECRETS.sk(other)}`,
      said: [SECRETS.sk(other)],
    }),
    ...told.erasures[other]!.slice(-1).map((erasure) => () => ({
      method: 'GET',
      path: `/v1/erasures/${erasure}`,
      key,
    })),
    ...callsOf(doing, other)
      .slice(-1)
      .map((call) => () => {
        const path = encodeURIComponent(call)
        return {
          method: 'GET',
          path: `/v1/model/calls/${path}`,
          key,
          said: [call, path, JSON.stringify(call).slice(1, -1)],
        }
      }),
  ]
  const [seq] = rng.shuffle(foreignLetters(city, other))
  if (seq !== undefined && rng.next() < 0.3) await ask(doing, { key, ...letterAsked(rng, seq) })
  else await ask(doing, rng.pick(asks)())
}

const letterAsked = (rng: Rng, seq: number): Omit<Sending, 'key'> => {
  const path = `/v1/dead-letters/${seq}`
  return rng.pick([
    { method: 'GET', path },
    { method: 'DELETE', path },
    { method: 'POST', path: `${path}/replay`, json: {} },
  ])
}

const foreignLetters = ({ stores }: City, other: Which): number[] =>
  stores.databases.operations
    .execute([
      { sql: 'SELECT seq FROM dead_letters WHERE shop = ?1 ORDER BY seq DESC LIMIT 2', params: [shopOf(other)] },
    ])[0]!
    .rows.map(([seq]) => Number(seq))

/** A message that nobody can take: several shops' records, which must become letters of each. */
async function poison({ city, rng, which }: Doing): Promise<void> {
  const record = (one: Which) => ({
    v: 1,
    shop: shopOf(one),
    at: 'never',
    query: `${MARKS[one]} words`,
    shown: ownItems(one),
  })
  const both = rng.next() < 0.5 ? [record(which)] : [record(which), record(rng.pick(WHICH)), record(which)]
  await city.queues.impressions.send(both)
  await city.pump()
  await city.pump()
}

async function burst(doing: Doing): Promise<void> {
  const { rng } = doing
  const { judge } = doing.city
  const seeds = Array.from({ length: 4 }, () => ({ which: rng.pick(WHICH), seed: rng.int(1e9) }))
  judge.crowded = true
  await Promise.all(
    seeds.map(({ which, seed }) => {
      const own = { ...doing, which, rng: seededRng(seed) }
      return seed % 3 === 0 ? sharedShelf(own) : seed % 3 === 1 ? shelf(own) : events(own)
    }),
  )
  judge.crowded = false
}

const work = async ({ city, rng }: Doing) => {
  await city.cron(CRONS.work)
  if (rng.next() < 0.5) await city.pump()
}

const WAITS = [2 * SECOND_MS, 40 * SECOND_MS, 2 * MINUTE_MS, 15 * MINUTE_MS, 7 * HOUR_MS]
/** What a request takes at most: impressions wait a second for company. */
const REQUEST_MS = 1_500
/** A pulse beats for a minute; learning is asked for again for a minute. */
const CRON_MS = 2 * MINUTE_MS

/** Kinds of steps, in what proportion they come, and how long they take. */
const KINDS = {
  shelf: [shelf, 16, REQUEST_MS],
  addressedShelf: [addressedShelf, 4, REQUEST_MS],
  sharedShelf: [sharedShelf, 6, REQUEST_MS],
  rerank: [rerank, 4, REQUEST_MS],
  explain: [explain, 4, REQUEST_MS],
  itemDetails: [itemDetails, 4, REQUEST_MS],
  putItem: [putItem, 5, REQUEST_MS],
  deleteItem: [deleteItem, 2, REQUEST_MS],
  bulkItems: [bulkItems, 3, REQUEST_MS],
  events: [events, 8, REQUEST_MS],
  standardHook: [standardHook, 6, REQUEST_MS],
  shopifyHook: [shopifyHook, 4, REQUEST_MS],
  sources: [sources, 2, REQUEST_MS],
  rules: [rules, 4, REQUEST_MS],
  ranker: [ranker, 2, REQUEST_MS],
  gates: [gates, 3, REQUEST_MS],
  jobs: [jobs, 2, REQUEST_MS],
  letters: [letters, 4, REQUEST_MS],
  modelCalls: [modelCalls, 3, REQUEST_MS],
  exports: [exports, 2, REQUEST_MS],
  users: [users, 3, REQUEST_MS],
  admin: [admin, 3, REQUEST_MS],
  overview: [overview, 2, REQUEST_MS],
  foreign: [foreign, 6, REQUEST_MS],
  poison: [poison, 1, 10 * SECOND_MS],
  burst: [burst, 2, 5 * SECOND_MS],
  pump: [({ city }: Doing) => city.pump(), 6, 10 * SECOND_MS],
  work: [work, 4, CRON_MS],
  tidy: [({ city }: Doing) => city.cron(CRONS.tidy), 1, CRON_MS],
  pulse: [({ city }: Doing) => city.cron(CRONS.pulse), 1, CRON_MS],
  wait: [async () => {}, 4, 0],
  renew: [({ city }: Doing) => city.renew(), 2, 0],
} as const satisfies Record<string, readonly [(doing: Doing) => Promise<void>, number, number]>
export type Kind = keyof typeof KINDS
export const KIND_NAMES = Object.keys(KINDS) as Kind[]
const DRAWN: readonly Kind[] = KIND_NAMES.flatMap((kind) => Array.from({ length: KINDS[kind][1] }, () => kind))

const STEPS_MIN = 4
const STEPS_MAX = 12

/** The steps of the nth sequence of a seed. */
export function stepsOf(seed: number, sequence: number): Step[] {
  const rng = seededRng(hash32(`sequence ${sequence}`, seed))
  let elapsedMs = 0
  return Array.from({ length: STEPS_MIN + rng.int(STEPS_MAX - STEPS_MIN + 1) }, () => {
    const step = { which: rng.pick(WHICH), kind: rng.pick(DRAWN), seed: rng.int(2 ** 31), atMs: elapsedMs }
    elapsedMs += step.kind === 'wait' ? rng.pick(WAITS) : KINDS[step.kind][2]
    return step
  })
}

export async function doStep(
  { which, kind, seed, atMs }: Step,
  city: City,
  told: Told,
  answered: (route: string, answer: Answer) => void,
): Promise<void> {
  city.platform.seed(seed)
  city.platform.set(Math.max(city.platform.now(), city.beganAtMs + atMs))
  await KINDS[kind][0]({ city, which, rng: seededRng(seed), told, answered })
}
