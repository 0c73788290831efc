/**
 * A real index, over the platform's REST API. The door makes an index a metric under a name of its own, refuses a name that
 * exists, and drops what it made: it never touches an index that was there.
 * Routes: developers.cloudflare.com/api/resources/vectorize (version 2), read November 2026.
 */
import { asSent } from '../../../workers/local/vectorize/as_sent.ts'
import type { Operation } from '../../../workers/local/vectorize/errors.ts'
import { type Door, INDEXED, type IndexMethod, type IndexUnderTest, type Metric, WIDTH } from './door.ts'

export interface RestOptions {
  /** Of the API, without a slash at its end. */
  baseUrl: string
  account: string
  token: string
  /** Begins the names of the indexes that are made. */
  prefix: string
  fetch(url: string, init: RequestInit): Promise<Response>
  wait(ms: number): Promise<void>
}

const OPERATIONS: Readonly<Record<IndexMethod, { operation: Operation; path: string }>> = {
  describe: { operation: 'INDEX_GET', path: 'info' },
  query: { operation: 'VECTOR_QUERY', path: 'query' },
  queryById: { operation: 'VECTOR_QUERY', path: 'query' },
  insert: { operation: 'VECTOR_INSERT', path: 'insert' },
  upsert: { operation: 'VECTOR_UPSERT', path: 'upsert' },
  getByIds: { operation: 'VECTOR_GET', path: 'get_by_ids' },
  deleteByIds: { operation: 'VECTOR_DELETE', path: 'delete_by_ids' },
}

const TOO_MANY_REQUESTS = 40_041
/** Attempts at a call that met the limit of requests, and the wait before each further one. */
const ATTEMPTS = 8
const BUSY_WAIT_MS = 2_000
/** A mutation took between ten and eighty seconds where others measured; beyond this the service is at fault. */
const SETTLE_MAX_MS = 600_000
const POLL_MS = 2_000
const POLLS_BEFORE_MARKER = 10

interface Envelope {
  success: boolean
  result: unknown
  errors: ReadonlyArray<{ code: number; message: string }>
}

export function restDoor({ baseUrl, account, token, prefix, fetch, wait }: RestOptions): Door {
  const made = new Map<Metric, Promise<string>>()
  const places = new Map<string, { sent: number; answered: number }>()
  let moment = 0
  const root = `${baseUrl}/accounts/${account}/vectorize/v2/indexes`
  const authorization = `Bearer ${token}`

  async function send(path: string, method: string, body?: string, type = 'application/json'): Promise<Envelope> {
    for (let attempt = 1; ; attempt++) {
      const headers = { authorization, ...(body !== undefined && { 'content-type': type }) }
      const response = await fetch(`${root}${path}`, { method, headers, ...(body !== undefined && { body }) })
      const envelope = (await response.json()) as Envelope
      const isBusy = envelope.errors?.some(({ code }) => code === TOO_MANY_REQUESTS)
      if (!isBusy || attempt === ATTEMPTS) return envelope
      await wait(BUSY_WAIT_MS * attempt)
    }
  }

  /** The result, or the error that the binding would throw. */
  async function asked(
    operation: string,
    path: string,
    method: string,
    body?: string,
    type?: string,
  ): Promise<unknown> {
    const { success, result, errors } = await send(path, method, body, type)
    if (success) return result
    const [first] = errors
    throw new Error(`${operation}_ERROR (code = ${first?.code}): ${first?.message}`)
  }

  async function make(metric: Metric): Promise<string> {
    const name = `${prefix}-${metric}`
    if ((await send(`/${name}`, 'GET')).success)
      throw new Error(`There is an index ${name} already: choose another name`)
    await asked('CREATE', '', 'POST', JSON.stringify({ name, config: { dimensions: WIDTH, metric } }))
    try {
      let mutation = ''
      for (const [property, type] of Object.entries(INDEXED)) mutation = await index(name, property, type)
      await settle(name, mutation)
    } catch (error) {
      await send(`/${name}`, 'DELETE')
      throw error
    }
    return name
  }

  async function index(name: string, propertyName: string, indexType: string): Promise<string> {
    const body = JSON.stringify({ propertyName, indexType })
    return (await mutate('METADATA_INDEX', `/${name}/metadata_index/create`, body)).mutationId
  }

  /** A mutation, with its place among the others of this door: one that was sent after another's answer came after it. */
  async function mutate(operation: string, path: string, body: string, type?: string): Promise<{ mutationId: string }> {
    const sent = ++moment
    const accepted = (await asked(operation, path, 'POST', body, type)) as { mutationId: string }
    places.set(accepted.mutationId, { sent, answered: ++moment })
    return accepted
  }

  /** The watermark is one mutation of many: ours is seen once it is ours, or one that came after it. */
  async function settle(name: string, mutationId: string): Promise<void> {
    const { answered } = places.get(mutationId)!
    for (let polls = 1; polls * POLL_MS < SETTLE_MAX_MS; polls++) {
      const info = (await asked('INDEX_GET', `/${name}/info`, 'GET')) as { processedUpToMutation: string | null }
      const watermark = info.processedUpToMutation
      if (watermark !== null && (watermark === mutationId || (places.get(watermark)?.sent ?? 0) > answered)) return
      // Where nothing follows, the watermark may rest at one that was under way with ours: something that follows tells.
      if (polls % POLLS_BEFORE_MARKER === 0)
        await mutate('VECTOR_DELETE', `/${name}/delete_by_ids`, JSON.stringify({ ids: [`${prefix}.nothing`] }))
      await wait(POLL_MS)
    }
    throw new Error(`A mutation was not processed within ${SETTLE_MAX_MS / 1_000} seconds`)
  }

  return {
    name: 'a real index',
    batchMax: 5_000,
    async open(metric): Promise<IndexUnderTest> {
      if (!made.has(metric)) made.set(metric, make(metric))
      const name = await made.get(metric)!
      return {
        async call(method, ...args) {
          const { operation, path } = OPERATIONS[method]
          if (method === 'describe') return asked(operation, `/${name}/${path}`, 'GET')
          if (method === 'insert' || method === 'upsert') {
            const lines = (args[0] as Array<{ values: ArrayLike<number> }>).map((one) =>
              JSON.stringify({ ...one, values: Array.from(one.values) }),
            )
            return mutate(operation, `/${name}/${path}`, lines.join('\n'), 'application/x-ndjson')
          }
          if (method === 'deleteByIds') return mutate(operation, `/${name}/${path}`, JSON.stringify({ ids: args[0] }))
          const body =
            method === 'query'
              ? { ...asSent(args[1] as object), vector: Array.from(args[0] as ArrayLike<number>) }
              : method === 'queryById'
                ? { ...asSent(args[1] as object), vectorId: args[0] }
                : { ids: args[0] }
          return asked(operation, `/${name}/${path}`, 'POST', JSON.stringify(body))
        },
        createMetadataIndex: async (property, type) => ({ mutationId: await index(name, property, type) }),
        settle: (mutationId) => settle(name, mutationId),
        advance: null,
      }
    },
    async close() {
      for (const [metric, name] of made) {
        const known = await name.catch(() => null)
        if (known !== null) await asked('DELETE', `/${known}`, 'DELETE')
        made.delete(metric)
      }
    },
  }
}
