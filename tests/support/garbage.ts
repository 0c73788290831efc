/** Bindings that answer without failing and mean nothing: no rows, values of the wrong shape. */
import type { D1Database } from '@cloudflare/workers-types'

const noRows = { results: [], success: true, meta: {} }
const statement = {
  bind: () => statement,
  first: async () => null,
  all: async () => noRows,
  run: async () => noRows,
}
const session = {
  prepare: () => statement,
  batch: async (statements: unknown[]) => statements.map(() => noRows),
}

/** D1 without a row in any table. */
export const emptyD1 = { ...session, withSession: () => session } as unknown as D1Database

/** KV whose values are JSON, but of something else. */
export const strangeKv = {
  get: async (key: string | string[]) =>
    Array.isArray(key) ? new Map(key.map((one) => [one, { not: 'ours' }])) : { not: 'ours' },
  put: async () => {},
  delete: async () => {},
}

/** A vector index whose answers lack what they are asked for. */
export const strangeVectors = {
  query: async () => ({}),
  queryById: async () => ({ matches: [{ id: 'x', score: 'high' }] }),
}

/** A live database whose rows are not lists of events. */
export const strangeLive = {
  prepare: () => ({ bind: () => ({ first: async () => ({ events: '{"not":"a list"}' }) }) }),
} as unknown as D1Database

/** A model whose vectors have another number of dimensions. */
export const strangeEmbed = async () => new Float32Array(3).fill(1)
