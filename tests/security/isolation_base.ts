/** The three shops with everything that the product makes of them: where every sequence begins. */
import { DAY_MS, MINUTE_MS } from '../../shared/base/clock.ts'
import { seededRng } from '../../shared/base/rng.ts'
import { CRONS } from '../../workers/enrich/crons.ts'
import { signStandard } from '../support/webhook_senders.ts'
import {
  ADMIN_KEY,
  type Answer,
  type Asking,
  type City,
  type CityState,
  emptyState,
  openCity,
} from './isolation_city.ts'
import type { Judge } from './isolation_judge.ts'
import { lookAtStores } from './isolation_look.ts'
import { MARKS, maskOf, priceOf, shopOf, WHICH, type Which } from './isolation_marks.ts'
import { type Platform, START_MS } from './isolation_platform.ts'
import {
  bodyOf,
  firstEvents,
  hookSecret,
  itemBody,
  itemsOf,
  keyOf,
  ownPlacement,
  placementsOf,
  SECRETS,
  shopifySecret,
  shoppersOf,
  sourcesOf,
} from './isolation_shops.ts'
import { placementBody, ruleOf } from './isolation_steps.ts'

/** Minutes that the crons take to be through with new shops, and with what shelves left. */
const ROUNDS = { first: 4, second: 1 }
/** Placements where a model's order serves: every one would make thousands of calls. */
const ordered = (which: Which) => ['home', 'product', ownPlacement(which)]

export async function buildBase(platform: Platform, judge: Judge): Promise<CityState> {
  platform.seed(1)
  const city = await openCity(await emptyState(START_MS - DAY_MS), platform, judge)
  const told: string[] = []
  for (const which of WHICH) {
    const events = await openShop(city, which)
    told.push(`${String(events.json.duplicates)} ${await haveDeliveries(city, which)}`)
  }
  // They sent the same under the same names, one after the other: a shop that was told otherwise was taken for another.
  if (new Set(told).size > 1) judge.found('answers', 'shops that sent alike are not answered alike', told.join(' AND '))
  await catchUp(city, ROUNDS.first)
  for (const which of WHICH) await haveShelves(city, which)
  await catchUp(city, ROUNDS.second)
  lookAtStores(city)
  return city.state()
}

/** @returns the answer to its first events */
async function openShop(city: City, which: Which): Promise<Answer> {
  const rng = seededRng(which + 1)
  const shop = `/v1/shops/${shopOf(which)}`
  const ask = (method: string, path: string, key: string, json: unknown) =>
    must(city, which, { method, path, key, body: JSON.stringify(json) })
  const sk = keyOf('sk', which)
  await ask('PUT', shop, ADMIN_KEY, bodyOf(which))
  for (const kind of ['pk', 'sk'] as const)
    await ask('POST', `${shop}/keys`, ADMIN_KEY, {
      kind,
      label: `${MARKS[which]} ${kind}`,
      secret: SECRETS[kind](which),
    })
  await ask('PUT', `/v1/placements/${ownPlacement(which)}`, sk, placementBody(which, rng))
  for (const source of sourcesOf(which))
    await ask('PUT', `/v1/webhooks/${source}`, sk, { kind: 'standard', secrets: [hookSecret(which)] })
  await ask('PUT', '/v1/webhooks/shopify', sk, { kind: 'shopify', secrets: [shopifySecret(which)], market: 'GB' })
  await ask('PUT', `${shop}/rules`, sk, {
    rules: [ruleOf(which, rng)],
    label: `${MARKS[which]} merchant`,
    note: `${MARKS[which]} first`,
  })
  for (const placement of ordered(which))
    await ask('PUT', `/v1/gates/${placement}`, sk, { mode: 'live', crossing: 500 })
  const lines = itemsOf(which).map((id) => JSON.stringify({ id, ...itemBody(which, id, 0, rng, START_MS - DAY_MS) }))
  await must(city, which, {
    method: 'POST',
    path: '/v1/items:bulk',
    key: sk,
    body: lines.join('\n'),
    type: 'application/x-ndjson',
  })
  const events = firstEvents(which).map((event) => JSON.stringify(event))
  return must(city, which, {
    method: 'POST',
    path: '/v1/events:bulk',
    key: sk,
    body: events.join('\n'),
    type: 'application/x-ndjson',
  })
}

/** A delivery that is taken, and one that cannot be: its letter holds the whole of it. Shops name their deliveries alike. */
async function haveDeliveries(city: City, which: Which): Promise<string> {
  const nowMs = city.platform.now()
  const item = { id: 'i-0', title: `${MARKS[which]} delivered` }
  const offers = [{ market: '*', currency: 'GBP', price: priceOf(which, 5) }]
  let told = ''
  for (const [id, data] of [
    ['d-first', { ...item, offers }],
    ['d-second', { ...item, offers: MARKS[which] }],
  ] as const) {
    const text = JSON.stringify({ type: 'product.updated', timestamp: new Date(nowMs).toISOString(), data })
    const { headers, body } = signStandard(hookSecret(which), id, nowMs, text)
    const path = `/webhooks/standard/${shopOf(which)}`
    const answer = await must(city, which, { method: 'POST', path, key: null, headers, body })
    told += `${answer.status} ${answer.text.replaceAll(MARKS[which], 'mark')}`
  }
  return told
}

/** @throws Error where it is refused: then nothing would be looked at */
async function must(city: City, which: Which, asking: Asking): Promise<Answer> {
  const answer = await city.ask(maskOf(which), { type: 'application/json', ...asking })
  const rejected = (answer.json.rejected ?? []) as unknown[]
  const counts = answer.json.counts as { rejected?: number } | undefined
  if (answer.status >= 300 || rejected.length > 0 || (counts?.rejected ?? 0) > 0)
    throw new Error(`${asking.method} ${asking.path} answered ${answer.status}: ${answer.text.slice(0, 500)}`)
  return answer
}

async function catchUp(city: City, rounds: number): Promise<void> {
  const { platform } = city
  for (let round = 0; round < rounds; round++) {
    await city.pump()
    await city.cron(CRONS.work)
    platform.set(platform.now() + MINUTE_MS)
  }
  await city.cron(CRONS.tidy)
  await city.cron(CRONS.pulse)
}

/** Shelves of everybody and of shoppers, with orders and reasons of the model. */
async function haveShelves(city: City, which: Which): Promise<void> {
  for (const placement of placementsOf(which))
    for (const user_id of [undefined, ...shoppersOf(which).slice(0, 2)])
      await must(city, which, {
        ...{ method: 'POST', path: '/v1/recommendations', key: keyOf('sk', which) },
        body: JSON.stringify({
          ...{ placement, limit: 6, user_id, explain: 'short', wait_ms: 5_000 },
          ...(placement === 'product' ? { item_ids: ['i-1'] } : {}),
          ...(placement === 'cart' ? { cart_item_ids: ['i-2'] } : {}),
        }),
      })
}
