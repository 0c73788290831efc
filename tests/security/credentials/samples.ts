/** One whole and valid request for every route, about things of shop A: refused for who asks, never for what it says. */
import { createHash } from 'node:crypto'
import { SECOND_MS } from '../../../shared/base/clock.ts'
import { iso, itemLine, NOW, SHOP } from '../../support/unit_catalogue.ts'
import { KEYS } from './keys.ts'

/** Stands in everything that A keeps, and in no request. */
export const MARK = 'amber'
/** The same where only a number fits. */
export const MARK_NUMBER = 770_077
/** Whether somebody who reads this was told of what A keeps. */
export const tellsOfA = (text: string): boolean => {
  // The request's own random id may have the number in it.
  const told = text.replace(/"request_id":"[^"]*"/g, '')
  return [MARK, String(MARK_NUMBER), SHOP].some((mark) => told.includes(mark))
}

export const ITEM = 'teapot'
export const CALL = 'call-1'
export const LEARNED = 'learned-1'
/** Who of A's shoppers is asked about; B has nobody of that name. */
export const SHOPPER = 'shopper-1'
export const ERASURE = 'erasure-1'
export const SOURCE = 'standard'
export const SOURCE_SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes ...').toString('base64')}`

const PARAMETERS: Readonly<Record<string, string>> = {
  ...{ shop: SHOP, id: ITEM, placement: 'home', key: CALL, source: SOURCE, seq: '1', version: '1' },
  hash: createHash('sha256').update(KEYS.spareSk).digest('base64url'),
}

/** Where a route names its things otherwise, or needs a query. */
const PATHS: Readonly<Record<string, string>> = {
  'GET /v1/recommendations': '/v1/recommendations?placement=home&limit=3',
  'GET /v1/explain': `/v1/explain?placement=home&item_id=${ITEM}`,
  'GET /v1/ranker/:version': `/v1/ranker/${LEARNED}`,
  'GET /v1/users/:id': `/v1/users/${SHOPPER}`,
  'DELETE /v1/users/:id': `/v1/users/${SHOPPER}`,
  'GET /v1/erasures/:erasure': `/v1/erasures/${ERASURE}`,
}

const { id: _id, ...ITEM_BODY } = itemLine({ title: 'Another teapot', updated_at: iso(NOW + SECOND_MS) })
const EVENT = { type: 'view', item_id: ITEM, user_id: 'u-1', event_id: 'e-1', occurred_at: iso(NOW) }
export const SHOP_BODY = {
  ...{ name: 'A shop', locale: 'en', market: 'DE' },
  markets: [{ market: 'DE', currency: 'EUR', locale: 'de' }],
}

const BODIES: Readonly<Record<string, unknown>> = {
  'POST /v1/recommendations': { placement: 'home', limit: 3 },
  'POST /v1/rerank': { placement: 'home', candidate_item_ids: [ITEM] },
  'POST /v1/events': { events: [EVENT] },
  'PUT /v1/items/:id': ITEM_BODY,
  'PUT /v1/placements/:placement': { title: { en: 'Home' }, strategy: 'home' },
  'POST /v1/ranker:rollback': { version: 'shipped' },
  'PUT /v1/gates/:placement': { mode: 'off' },
  'PUT /v1/gates:worth': { click_micro: 1, margin: 0.5, currency: 'EUR', cap_micro: 10 },
  'PUT /v1/webhooks/:source': { kind: 'standard', secrets: [SOURCE_SECRET] },
  'PUT /v1/shops/:shop/rules': { rules: [] },
  'POST /v1/shops/:shop/rules/preview': { rules: [], request: { placement: 'home' } },
  'POST /v1/shops/:shop/rules/rollback': { version: 0 },
  'PUT /v1/shops/:shop': SHOP_BODY,
  'PUT /v1/shops/:shop/budget': { daily: 1 },
  'POST /v1/shops/:shop/keys': { kind: 'sk', label: 'another' },
  'POST /webhooks/:source/:shop': { type: 'item.updated', timestamp: iso(NOW), data: {} },
}
const LINES: Readonly<Record<string, unknown>> = {
  'POST /v1/items:bulk': { ...ITEM_BODY, id: ITEM },
  'POST /v1/events:bulk': EVENT,
}

export interface Sample {
  method: string
  /** With its query. */
  path: string
  type?: string
  body?: string
}

/** @throws Error for a route that names what there is no sample of */
export function sampleOf(route: string): Sample {
  const [method, pattern] = route.split(' ') as [string, string]
  const path = PATHS[route] ?? pattern.replace(/\/:(\w+)/g, (_, name: string) => `/${parameterOf(route, name)}`)
  const line = LINES[route]
  if (line !== undefined) return { method, path, type: 'application/x-ndjson', body: `${JSON.stringify(line)}\n` }
  const json = BODIES[route]
  return json === undefined ? { method, path } : { method, path, type: 'application/json', body: JSON.stringify(json) }
}

function parameterOf(route: string, name: string): string {
  const value = PARAMETERS[name]
  if (value === undefined) throw new Error(`${route}: there is no sample of :${name}`)
  return value
}
