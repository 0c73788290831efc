/**
 * What Cloudflare and a provider ask for what is counted, in US dollars. The one place to change when a price does.
 *
 * D1, and what the free plan allows of requests, KV and Vectorize, as Cloudflare's documentation had them when this was
 * written. The rest are the long-standing public list prices of the Workers Paid plan; `perMillion` of Vectorize is the
 * list price as well, which no current page confirmed. Look at developers.cloudflare.com before a budget depends on them.
 */

/** What a plan includes of a resource before it costs anything, or before it refuses. */
export interface Allowance {
  amount: number
  per: 'day' | 'month'
}

export interface Price {
  /** As people read it. */
  name: string
  unit: string
  dollars: number
  /** So many units cost `dollars`. */
  per: number
  /** Of Workers Paid. */
  included: Allowance
  /** Of Workers Free; null where the plan has none of it. */
  free: Allowance | null
}

const MILLION = 1e6
const BILLION = 1e9
const GIGABYTE = 1e9

const monthly = (amount: number): Allowance => ({ amount, per: 'month' })
const daily = (amount: number): Allowance => ({ amount, per: 'day' })

export const PRICES = {
  asOf: '2026-11',
  /** Workers Paid, a month, whatever is used. */
  subscription: 5,
  resources: {
    'workers.requests': {
      ...{ name: 'Workers requests', unit: 'requests', dollars: 0.3, per: MILLION },
      ...{ included: monthly(10 * MILLION), free: daily(100_000) },
    },
    // Free counts no sum of CPU: it ends an invocation after 10 ms (PLANS).
    'workers.cpuMs': {
      ...{ name: 'Workers CPU', unit: 'ms', dollars: 0.02, per: MILLION },
      ...{ included: monthly(30 * MILLION), free: null },
    },
    'd1.rowsRead': {
      ...{ name: 'D1 rows read', unit: 'rows', dollars: 0.001, per: MILLION },
      ...{ included: monthly(25 * BILLION), free: daily(5 * MILLION) },
    },
    'd1.rowsWritten': {
      ...{ name: 'D1 rows written', unit: 'rows', dollars: 1, per: MILLION },
      ...{ included: monthly(50 * MILLION), free: daily(100_000) },
    },
    'kv.reads': {
      ...{ name: 'KV reads', unit: 'keys', dollars: 0.5, per: MILLION },
      ...{ included: monthly(10 * MILLION), free: daily(100_000) },
    },
    'kv.writes': {
      ...{ name: 'KV writes', unit: 'keys', dollars: 5, per: MILLION },
      ...{ included: monthly(MILLION), free: daily(1_000) },
    },
    'kv.deletes': {
      ...{ name: 'KV deletes', unit: 'keys', dollars: 5, per: MILLION },
      ...{ included: monthly(MILLION), free: daily(1_000) },
    },
    'kv.lists': {
      ...{ name: 'KV lists', unit: 'calls', dollars: 5, per: MILLION },
      ...{ included: monthly(MILLION), free: daily(1_000) },
    },
    'r2.classA': {
      ...{ name: 'R2 class A (put, list)', unit: 'operations', dollars: 4.5, per: MILLION },
      ...{ included: monthly(MILLION), free: monthly(MILLION) },
    },
    'r2.classB': {
      ...{ name: 'R2 class B (get, head)', unit: 'operations', dollars: 0.36, per: MILLION },
      ...{ included: monthly(10 * MILLION), free: monthly(10 * MILLION) },
    },
    // Of one month; an object that stays costs it each month.
    'r2.storedBytes': {
      ...{ name: 'R2 storage, a month', unit: 'bytes', dollars: 0.015, per: GIGABYTE },
      ...{ included: monthly(10 * GIGABYTE), free: monthly(10 * GIGABYTE) },
    },
    'vectorize.queriedDimensions': {
      ...{ name: 'Vectorize queried', unit: 'dimensions', dollars: 0.01, per: MILLION },
      ...{ included: monthly(50 * MILLION), free: monthly(30 * MILLION) },
    },
    'vectorize.storedDimensions': {
      ...{ name: 'Vectorize stored, a month', unit: 'dimensions', dollars: 0.05, per: 100 * MILLION },
      ...{ included: monthly(10 * MILLION), free: monthly(5 * MILLION) },
    },
    // Each 64 KB written, read or deleted.
    'queues.operations': {
      ...{ name: 'Queues operations', unit: 'operations', dollars: 0.4, per: MILLION },
      ...{ included: monthly(MILLION), free: daily(10_000) },
    },
  },
  /**
   * A language model's and an embedder's tokens. Nobody's list price: these are the figures of the example provider in
   * docs/enrichment.md, of the size that small models have. `PROVIDERS` has your own. The local embedder costs nothing.
   */
  tokens: {
    input: { dollars: 0.15, per: MILLION },
    output: { dollars: 0.6, per: MILLION },
    embedding: { dollars: 0.02, per: MILLION },
  },
} as const satisfies {
  asOf: string
  subscription: number
  resources: Record<string, Price>
  tokens: Record<'input' | 'output' | 'embedding', { dollars: number; per: number }>
}

export type Resource = keyof typeof PRICES.resources
export const RESOURCES = Object.keys(PRICES.resources) as Resource[]
