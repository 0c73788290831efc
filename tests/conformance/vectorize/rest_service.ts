/** The platform's REST API over engines, as far as the contract calls it: it shows that the door to a real index works. */
import { manualClock } from '../../../shared/base/clock.ts'
import type { IndexInfo, Matches, Mutated, StoredVector } from '../../../workers/local/vectorize/answers.ts'
import { VectorEngine } from '../../../workers/local/vectorize/engine.ts'
import { OperationError } from '../../../workers/local/vectorize/errors.ts'
import type { Metric } from './door.ts'

export interface RestService {
  fetch(url: string, init: RequestInit): Promise<Response>
  /** Lets time pass. */
  wait(ms: number): Promise<void>
  indexes(): string[]
}

type Body = Record<string, unknown>
type Route = (engine: VectorEngine, body: Body, text: string) => IndexInfo | Matches | Mutated | StoredVector[]

const lines = (text: string): unknown[] => text.split('\n').map((line) => JSON.parse(line) as unknown)

const ROUTES: Readonly<Record<string, Route>> = {
  'GET info': (engine) => engine.describe(),
  'POST insert': (engine, _body, text) => engine.insert(lines(text)),
  'POST upsert': (engine, _body, text) => engine.upsert(lines(text)),
  'POST query': (engine, { vector, vectorId, ...options }) =>
    vectorId === undefined ? engine.query(vector, options) : engine.queryById(vectorId, options),
  'POST get_by_ids': (engine, { ids }) => engine.getByIds(ids),
  'POST delete_by_ids': (engine, { ids }) => engine.deleteByIds(ids),
  'POST metadata_index/create': (engine, { propertyName, indexType }) =>
    engine.createMetadataIndex(propertyName, indexType),
}

/** @param busyEvery each so-many-th call is refused for too many requests */
export function restService({
  token,
  delayMs,
  busyEvery,
}: {
  token: string
  delayMs: number
  busyEvery: number
}): RestService {
  const clock = manualClock(1_000_000)
  const engines = new Map<string, VectorEngine>()
  let calls = 0
  let mutations = 0
  const answer = (status: number, result: unknown, ...errors: Array<{ code: number; message: string }>) =>
    Response.json({ success: errors.length === 0, result, errors, messages: [] }, { status })

  function route(method: string, name: string | undefined, rest: string, init: RequestInit): Response {
    const text = (init.body ?? '') as string
    const isJson = new Headers(init.headers).get('content-type') === 'application/json'
    const body = isJson ? (JSON.parse(text) as Body) : {}
    if (name === undefined) {
      const { dimensions, metric } = body.config as { dimensions: number; metric: Metric }
      const config = { dimensions, metric, metadataIndexes: {}, visibilityDelayMs: delayMs }
      engines.set(String(body.name), new VectorEngine({ config, clock, newMutationId: () => `m${++mutations}` }))
      return answer(200, { name: body.name })
    }
    const engine = engines.get(name)
    if (engine === undefined) return answer(404, null, { code: 3_000, message: 'vectorize.index.not_found' })
    if (rest === '') {
      if (method === 'DELETE') engines.delete(name)
      return answer(200, { name })
    }
    try {
      return answer(200, ROUTES[`${method} ${rest}`]!(engine, body, text))
    } catch (error) {
      if (!(error instanceof OperationError)) throw error
      return answer(400, null, { code: error.refusal.code, message: error.refusal.error })
    }
  }

  return {
    async fetch(url, init) {
      if (new Headers(init.headers).get('authorization') !== `Bearer ${token}`)
        return answer(403, null, { code: 10_000, message: 'Authentication error' })
      if (++calls % busyEvery === 0) return answer(429, null, { code: 40_041, message: 'Too Many Requests' })
      // /client/v4/accounts/<account>/vectorize/v2/indexes/<name>/<operation>
      const [name, ...rest] = new URL(url).pathname.split('/').slice(8)
      return route(init.method ?? 'GET', name, rest.join('/'), init)
    },
    wait: async (ms) => clock.advance(ms),
    indexes: () => [...engines.keys()],
  }
}
