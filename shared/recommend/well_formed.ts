import type { StoredItem } from '../domain/card.ts'
import type { MarketLists, VetoSnapshot } from '../store/cache.ts'

/** KV may hold what another release wrote: what is not of the expected shape counts as a failed read, never as data. */

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

export const isStoredItem = (value: unknown): value is StoredItem =>
  isObject(value) &&
  typeof value.id === 'string' &&
  typeof value.popularity === 'number' &&
  isObject(value.attributes) &&
  [value.offers, value.bought, value.similar, value.categories, value.tags].every(Array.isArray)

export const isMarketLists = (value: unknown): value is MarketLists =>
  isObject(value) &&
  isObject(value.lists) &&
  Array.isArray(value.lists.trending) &&
  Array.isArray(value.lists.new) &&
  Array.isArray(value.popular) &&
  value.popular.every(isStoredItem)

export const isVetoSnapshot = (value: unknown): value is VetoSnapshot =>
  isObject(value) &&
  Number.isFinite(value.epoch) &&
  Number.isFinite(value.asOfMs) &&
  isObject(value.unsellable) &&
  Object.values(value.unsellable).every(Array.isArray)
