import type { StoredItem } from '../domain/card.ts'
import type { CompleterInfo } from '../model/completer_rpc.ts'
import type { CachedShelf, MarketLists, VetoSnapshot } from '../store/cache.ts'

/** KV may hold what another release wrote: what is not of the expected shape counts as a failed read, never as data. */

/** A kind by its name, `?` behind it where null will do; a list of its elements' shape; an object by its named parts. */
type Shape =
  | 'string'
  | 'string?'
  | 'number'
  | 'number?'
  | 'boolean'
  | 'object'
  | readonly [Shape]
  | { [name: string]: Shape }

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function fits(value: unknown, shape: Shape): boolean {
  if (typeof shape === 'string') {
    if (value === null && shape.endsWith('?')) return true
    const kind = shape.replace('?', '')
    return kind === 'object' ? isObject(value) && !Array.isArray(value) : typeof value === kind && !Number.isNaN(value)
  }
  if (Array.isArray(shape)) return Array.isArray(value) && value.every((one) => fits(one, shape[0]))
  return isObject(value) && Object.entries(shape).every(([name, part]) => fits(value[name], part))
}

/** What an answer shows of an item, and what ranking cannot do without. */
const FACTS = {
  ...{ id: 'string', title: 'string', brand: 'string?', categories: ['string'], tags: ['string'] },
  ...{ attributes: 'object', url: 'string?', imageUrl: 'string?', popularity: 'number', createdAtMs: 'number' },
} as const satisfies Shape
const STORED = {
  ...FACTS,
  offers: [{ market: 'string', currency: 'string', title: 'string?', url: 'string?' }],
} as const satisfies Shape
const PRICE = { variant: 'string', price: 'number', listPrice: 'number?' } as const satisfies Shape
const SHOWN = {
  card: { ...FACTS, ...PRICE, currency: 'string', offerMarket: 'string' },
  ...{ sources: ['string'], score: 'number', rules: ['object'], propensity: 'number' },
} as const satisfies Shape
const SHELF = {
  ...{ key: 'string', epoch: 'number', computedAtMs: 'number', missing: ['string'], cards: [SHOWN] },
} as const satisfies Shape
const MAKER = { model: 'string', batch: 'boolean' } as const satisfies Shape
const VETO = { epoch: 'number', asOfMs: 'number', unsellable: 'object' } as const satisfies Shape

const lists = (value: unknown): boolean => Array.isArray(value) && value.every(Array.isArray)

export const areTextHits = (value: unknown): boolean => fits(value, [{ id: 'string', score: 'number' }])

/** What the model worker says it is; it may be of another release as well. */
export const isMaker = (value: unknown): value is CompleterInfo => fits(value, MAKER)

export const isStoredItem = (value: unknown): value is StoredItem =>
  fits(value, STORED) &&
  lists((value as StoredItem).bought) &&
  lists((value as StoredItem).similar) &&
  (value as StoredItem).offers.every(({ shown }) => shown === null || fits(shown, PRICE))

export const isMarketLists = (value: unknown): value is MarketLists =>
  fits(value, { lists: 'object' }) &&
  lists((value as MarketLists).lists.trending) &&
  lists((value as MarketLists).lists.new) &&
  Array.isArray((value as MarketLists).popular) &&
  (value as MarketLists).popular.every(isStoredItem)

export const isVetoSnapshot = (value: unknown): value is VetoSnapshot =>
  fits(value, VETO) && lists(Object.values((value as VetoSnapshot).unsellable))

export const isCachedShelf = (value: unknown): value is CachedShelf =>
  fits(value, SHELF) &&
  lists((value as CachedShelf).candidates) &&
  (value as CachedShelf).cards.every(
    ({ reason }) => reason === null || fits(reason, { text: 'string', evidence: ['object'] }),
  )
