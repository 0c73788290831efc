/**
 * A stand-in of the platform's REST API on 127.0.0.1: it keeps state, answers in pages, refuses duplicates and what
 * points at nothing, and fails where it is told to. Paths, bodies and answers are those that wrangler 4.164 sends and
 * reads; anything else is answered 404 and noted.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Account } from './account.ts'
import { type Call, envelope, Page, Refused, refusal } from './answers.ts'
import { type Habits, resourceRoutes } from './resources.ts'
import { scriptRoutes } from './scripts.ts'

export const TOKEN = 'a-token-of-the-stand-in'

/** What happens to a call in the place of its answer. */
export type Fault =
  /** 429, nothing done. */
  | 'limited'
  /** 502, nothing done. */
  | 'before'
  /** 502, though it was done. */
  | 'after'

export interface Recorded {
  method: string
  path: string
  /** Whether it changed something, or tried to. */
  writes: boolean
  status: number
}

export interface PlatformOptions {
  habits?: Partial<Habits>
  /** Asked before every call; null for none. */
  fault?: (call: { method: string; path: string; writes: boolean; agent: string }) => Fault | null
  /** Called behind every writing call that was done, before it is answered: a test may kill who asked. */
  onWritten?: (count: number) => void | Promise<void>
}

export interface StandIn {
  /** For CLOUDFLARE_API_BASE_URL. */
  base: string
  account: Account
  calls: Recorded[]
  /** Calls that no route is for. */
  unknown: string[]
  close(): Promise<void>
}

const PREFIX = '/client/v4'
const READING_SQL = /^\s*(?:SELECT|PRAGMA)\b/i

export async function startPlatform(options: PlatformOptions = {}, account = new Account()): Promise<StandIn> {
  const habits = { refusesDuplicates: true, perPageMax: 50, ...options.habits }
  const routes = [...resourceRoutes(account, habits), ...scriptRoutes(account)]
  const calls: Recorded[] = []
  const unknown: string[] = []
  let written = 0

  async function answer(call: Call): Promise<unknown> {
    if (call.path === '/accounts') return new Page([{ id: account.id, name: account.name }], call.query, 50)
    if (call.path === '/user') return { id: 'u', email: 'operator@shop.example' }
    if (call.path === '/memberships') return [{ id: 'm', account: { id: account.id, name: account.name } }]
    const own = `/accounts/${account.id}`
    const path = call.path.startsWith(own) ? call.path.slice(own.length) : null
    for (const [method, pattern, handle] of path === null ? [] : routes) {
      const match = method === call.method ? pattern.exec(path!) : null
      if (match) return await handle(call, match.slice(1).map(decodeURIComponent))
    }
    unknown.push(`${call.method} ${call.path}`)
    throw new Refused(404, 7003, `Could not route to ${call.path}`)
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await readCall(request)
    const writes = writesOf(call)
    const { method, path } = call
    const send = (status: number, body: string, headers: Record<string, string> = {}) => {
      calls.push({ method, path, writes, status })
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
    }
    const given = call.headers.get('authorization')
    if (given !== `Bearer ${TOKEN}` && !path.endsWith('/assets/upload'))
      return send(401, refusal(10000, 'Authentication error'))
    const fault = options.fault?.({ method, path, writes, agent: call.headers.get('user-agent') ?? '' }) ?? null
    if (fault === 'limited')
      return send(429, refusal(10429, 'Please wait and consider throttling your request speed'), { 'retry-after': '0' })
    if (fault === 'before') return send(502, '<html>Bad gateway</html>')
    try {
      const body = envelope(await answer(call))
      if (writes) await options.onWritten?.(++written)
      if (fault === 'after') return send(502, '<html>Bad gateway</html>')
      send(200, body)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      send(error.status, refusal(error.code, error.message))
    }
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      unknown.push(`${request.method} ${request.url}: ${String(error)}`)
      response.writeHead(500).end(refusal(0, 'the stand-in itself failed'))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    ...{ account, calls, unknown },
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}${PREFIX}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** Statements are sent by POST whether they write or not. */
function writesOf({ method, path, body }: Call): boolean {
  if (method === 'GET' || method === 'HEAD') return false
  if (!path.endsWith('/query')) return true
  return !READING_SQL.test((JSON.parse(new TextDecoder().decode(body)) as { sql: string }).sql)
}

async function readCall(request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const url = new URL(request.url ?? '/', 'http://platform')
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers.set(name, [value].flat().join(', '))
  return {
    ...{ method: request.method ?? 'GET', path: url.pathname.replace(PREFIX, ''), query: url.searchParams, headers },
    body: new Uint8Array(Buffer.concat(chunks)),
  }
}
