/** The stack's one public door, and a shop behind it, as a client sees them. */

import { sha256 } from '../../shared/base/hash.ts'
import { CRONS } from '../../workers/enrich/crons.ts'
import { type Stack, type StackOptions, startStack } from '../../workers/local/stack.ts'
import type { ShopData } from '../support/shops.ts'

export const ADMIN_KEY = 'ak_of-the-integration-test-0123456789'
export const WORK_CRON = CRONS.work

export interface Answer {
  status: number
  headers: Headers
  body: unknown
  text: string
}

export interface Door {
  stack: Stack
  /** Everything that the workers wrote. */
  log: string[]
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
}

export interface CallOptions {
  key?: string
  json?: unknown
  /** A raw body with its type. */
  raw?: { body: string; type: string }
  headers?: Record<string, string>
}

/** @param options beside the port and the output, which are its own; variables are added to what every door has */
export async function openDoor(options: Omit<StackOptions, 'port' | 'onOutput'> = {}): Promise<Door> {
  const log: string[] = []
  const stack = await startStack({
    ...options,
    port: 0,
    variables: { ...options.variables, 'shelfwise-ingest': { ADMIN_KEY_HASH: await sha256(ADMIN_KEY) } },
    onOutput: (line) => log.push(line),
  })
  const call: Door['call'] = async (method, path, { key, json, raw, headers = {} } = {}) => {
    const response = await fetch(new URL(path, stack.url), {
      method,
      headers: {
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...(raw === undefined ? {} : { 'content-type': raw.type }),
        ...headers,
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      ...(raw === undefined ? {} : { body: raw.body }),
    })
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : null, text }
  }
  return { stack, log, call }
}

export const lines = (values: readonly unknown[]) => ({
  body: values.map((value) => JSON.stringify(value)).join('\n'),
  type: 'application/x-ndjson',
})

/** Creates the shop and its keys. */
export async function createShop(door: Door, data: ShopData): Promise<{ sk: string; pk: string }> {
  const created = await door.call('PUT', `/v1/shops/${data.shop}`, { key: ADMIN_KEY, json: data.body })
  if (created.status !== 201) throw new Error(`the shop was not created: ${created.status} ${created.text}`)
  const keyOf = async (kind: 'sk' | 'pk') => {
    const answer = await door.call('POST', `/v1/shops/${data.shop}/keys`, {
      key: ADMIN_KEY,
      json: { kind, label: 'test' },
    })
    return (answer.body as { key: string }).key
  }
  return { sk: await keyOf('sk'), pk: await keyOf('pk') }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Polls until the check holds; rejects with what was last seen. */
export async function until<T>(
  what: string,
  look: () => Promise<T>,
  holds: (seen: T) => boolean,
  limitMs = 60_000,
): Promise<T> {
  const endsAt = performance.now() + limitMs
  for (;;) {
    const seen = await look()
    if (holds(seen)) return seen
    if (performance.now() > endsAt) throw new Error(`${what} did not happen: ${JSON.stringify(seen).slice(0, 500)}`)
    await pause(100)
  }
}

export interface Jobs {
  items: { live: number; waiting: number }
  waiting: { outbox: number; events: number; dead_letters: number }
  jobs: Array<{ job: string; state: string; finished_at: string | null }>
}

/** Runs the work of the crons until nothing waits and everything has been learned. */
export function settled(door: Door, key: string): Promise<Jobs> {
  const look = async () => {
    await door.stack.cron(WORK_CRON)
    return (await door.call('GET', '/v1/jobs', { key })).body as Jobs
  }
  const done = ({ items, waiting, jobs }: Jobs) =>
    items.waiting === 0 &&
    waiting.outbox + waiting.events === 0 &&
    ['learn', 'similar'].every((name) => jobs.some((own) => own.job === name && own.finished_at !== null)) &&
    jobs.every((own) => own.state === 'idle')
  return until('everything learned', look, done)
}

/** Sends a shop's items and events in bulk. @throws Error on any answer but 200 */
export async function sendShop(door: Door, sk: string, data: Pick<ShopData, 'items' | 'events'>): Promise<void> {
  await sendLines(door, sk, '/v1/items:bulk', data.items)
  for (let start = 0; start < data.events.length; start += 5_000)
    await sendLines(door, sk, '/v1/events:bulk', data.events.slice(start, start + 5_000))
}

export async function sendLines(door: Door, sk: string, path: string, values: readonly unknown[]): Promise<void> {
  const answer = await door.call('POST', path, { key: sk, raw: lines(values) })
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`)
}
