import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { eventSchema } from '../../shared/domain/event.ts'
import { itemLineSchema } from '../../shared/domain/item.ts'

export const STUB_ADMIN_KEY = 'ak_stub'

/** One request that the stub saw. */
export interface Seen {
  method: string
  path: string
  query: string
  key: string
  body: string
}

export interface StubApi {
  url: string
  seen: Seen[]
  /** Bodies of the bulk writes of one kind that were answered, as lines. */
  lines(kind: 'items' | 'events'): string[]
  shops: Map<string, unknown>
  keys: Set<string>
  items: Map<string, string>
  events: Set<string>
  jobs: unknown
  shelf: unknown
  explanation: unknown
  /** Called before each answer; what it writes is the answer. Returns whether it answered. */
  intercept: (seen: Seen, response: ServerResponse) => boolean | Promise<boolean>
  close(): Promise<void>
}

/** A small service in memory that answers as the API does: enough to test what the CLI makes of it. */
export async function startStubApi(): Promise<StubApi> {
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => response.destroy(error as Error))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stub: StubApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: [],
    lines: (kind) =>
      stub.seen
        .filter((seen) => seen.path === `/v1/${kind}:bulk`)
        .flatMap((seen) => seen.body.split('\n').filter((line) => line !== '')),
    shops: new Map(),
    keys: new Set(),
    items: new Map(),
    events: new Set(),
    jobs: idleJobs(),
    shelf: null,
    explanation: null,
    intercept: () => false,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const address = new URL(request.url ?? '/', stub.url)
    let body = ''
    for await (const part of request.setEncoding('utf8')) body += String(part)
    const seen: Seen = {
      method: request.method ?? '',
      path: address.pathname,
      query: address.search,
      key: (request.headers.authorization ?? '').replace('Bearer ', ''),
      body,
    }
    if (await stub.intercept(seen, response)) return
    stub.seen.push(seen)
    const [status, value] = route(seen, stub)
    sendJson(response, status, value)
  }
  return stub
}

export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  const type = status >= 400 ? 'application/problem+json' : 'application/json'
  response.writeHead(status, { 'content-type': type, ...headers }).end(JSON.stringify(value))
}

export const problemBody = (status: number, code: string, detail?: string): unknown => ({
  type: `/docs#problem-${code}`,
  code,
  title: code.replaceAll('_', ' '),
  status,
  ...(detail === undefined ? {} : { detail }),
  request_id: 'req-1',
})

export const idleJobs = () => ({
  shop: 'demo',
  items: { live: 2, waiting: 0 },
  waiting: { outbox: 0, events: 0, dead_letters: 0 },
  jobs: [
    { job: 'learn', state: 'idle', due: false, done: 5, total: 5, started_at: null, finished_at: null, error: null },
  ],
})

type Answer = [status: number, body: unknown]

function route(seen: Seen, stub: StubApi): Answer {
  const { method, path } = seen
  if (path === '/health') return [200, { status: 'ok', version: '0.1.0' }]
  const shop = /^\/v1\/shops\/([^/]+)(\/keys)?$/.exec(path)
  if (shop) return seen.key === STUB_ADMIN_KEY ? shopRoute(shop[1]!, shop[2] !== undefined, seen, stub) : refused()
  if (!stub.keys.has(seen.key)) return refused()
  if (path === '/v1/jobs') return [200, stub.jobs]
  if (path === '/v1/recommendations')
    return stub.shelf === null ? [404, problemBody(404, 'unknown_placement')] : [200, stub.shelf]
  if (method === 'GET' && path === '/v1/explain')
    return stub.explanation === null ? [404, problemBody(404, 'unknown_placement')] : [200, stub.explanation]
  if (method === 'POST' && path === '/v1/items:bulk') return [200, itemsBulk(seen, stub)]
  if (method === 'POST' && path === '/v1/events:bulk') return [200, eventsBulk(seen, stub)]
  if (method === 'POST' && path === '/v1/events') return [202, eventsPost(seen, stub)]
  return [404, problemBody(404, 'not_found')]
}

const refused = (): Answer => [401, problemBody(401, 'unauthorized')]

function shopRoute(shop: string, keys: boolean, seen: Seen, stub: StubApi): Answer {
  const body = JSON.parse(seen.body) as { name?: string; kind?: string; label?: string; secret?: string }
  if (!keys) {
    if (body.name === undefined) return [400, problemBody(400, 'invalid_request')]
    const created = !stub.shops.has(shop)
    stub.shops.set(shop, body)
    return [created ? 201 : 200, { shop, created }]
  }
  const key = `${body.kind}_${shop}_${body.secret ?? String(stub.keys.size).padStart(32, '0')}`
  if (stub.keys.has(key)) return [409, problemBody(409, 'conflict')]
  stub.keys.add(key)
  return [201, { key, kind: body.kind, label: body.label }]
}

const linesOf = (body: string): string[] => body.split('\n').filter((line) => line.trim() !== '')
const errorsOf = (issues: ReadonlyArray<{ path: PropertyKey[]; message: string }>) =>
  issues.map((issue) => ({ pointer: `/${issue.path.map(String).join('/')}`, detail: issue.message }))

function itemsBulk(seen: Seen, stub: StubApi): unknown {
  const counts = { created: 0, updated: 0, unchanged: 0, stale: 0, deleted: 0, rejected: 0 }
  const results = linesOf(seen.body).map((text, at) => {
    const parsed = itemLineSchema.safeParse(JSON.parse(text))
    if (!parsed.success) {
      counts.rejected += 1
      return { line: at + 1, id: null, outcome: 'rejected', errors: errorsOf(parsed.error.issues) }
    }
    const { id } = parsed.data
    const before = stub.items.get(id)
    const outcome = before === undefined ? 'created' : before === text ? 'unchanged' : 'updated'
    if (seen.query !== '?dry_run=true') stub.items.set(id, text)
    counts[outcome] += 1
    return { line: at + 1, id, outcome }
  })
  return { counts, results }
}

function eventsBulk(seen: Seen, stub: StubApi): unknown {
  const rejected: unknown[] = []
  let [accepted, duplicates] = [0, 0]
  for (const [at, text] of linesOf(seen.body).entries()) {
    const parsed = eventSchema.safeParse(JSON.parse(text))
    if (!parsed.success) rejected.push({ line: at + 1, errors: errorsOf(parsed.error.issues) })
    else if (stub.events.has(parsed.data.event_id ?? '')) duplicates += 1
    else {
      accepted += 1
      if (seen.query !== '?dry_run=true') stub.events.add(parsed.data.event_id ?? '')
    }
  }
  return { accepted, duplicates, rejected, warnings: [] }
}

function eventsPost(seen: Seen, stub: StubApi): unknown {
  const { events } = JSON.parse(seen.body) as { events: unknown[] }
  const parsed = eventSchema.safeParse(events[0])
  if (!parsed.success) {
    return { accepted: 0, duplicates: 0, rejected: [{ index: 0, errors: errorsOf(parsed.error.issues) }], warnings: [] }
  }
  const known = stub.events.has(parsed.data.event_id ?? '')
  stub.events.add(parsed.data.event_id ?? '')
  return { accepted: known ? 0 : 1, duplicates: known ? 1 : 0, rejected: [], warnings: [] }
}
