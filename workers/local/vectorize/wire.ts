import type { IndexInfo, Matches, Mutated, StoredVector } from './answers.ts'
import { CODE, OperationError } from './errors.ts'

/** The service behind the wire; an OperationError is answered as a refusal. */
export interface WireService {
  describe(): Promise<IndexInfo>
  query(vector: unknown, options: unknown): Promise<Matches>
  queryById(id: unknown, options: unknown): Promise<Matches>
  insert(vectors: unknown): Promise<Mutated>
  upsert(vectors: unknown): Promise<Mutated>
  getByIds(ids: unknown): Promise<StoredVector[]>
  deleteByIds(ids: unknown): Promise<Mutated>
}

/**
 * The protocol between the runtime's Vectorize client and the service, version 2: `GET info`, and by POST `query`,
 * `insert` and `upsert` (a vector a line), `getByIds`, `deleteByIds`. A refusal is 400 with `{ code, error }`.
 * As read from that client (workerd, src/cloudflare/internal/vectorize-api.ts); the service's side is not public.
 */
export async function answerWire(request: Request, service: WireService): Promise<Response> {
  const operation = new URL(request.url).pathname.slice(1)
  if (request.method !== (operation === 'info' ? 'GET' : 'POST')) return problem(405, 'method not allowed')
  try {
    if (operation === 'info') return Response.json(await service.describe())
    if (operation === 'insert') return Response.json(await service.insert(await vectorsOf(request)))
    if (operation === 'upsert') return Response.json(await service.upsert(await vectorsOf(request)))
    const body = await objectOf(request)
    if (operation === 'getByIds') return Response.json(await service.getByIds(body?.ids))
    if (operation === 'deleteByIds') return Response.json(await service.deleteByIds(body?.ids))
    if (operation !== 'query') return problem(404, 'not found')
    if (body === null) return problem(400, 'Failed to parse the request body as JSON', CODE.unreadableQuery)
    const { vector, vectorId, ...options } = body
    if (vectorId !== undefined) return Response.json(await service.queryById(vectorId, options))
    return Response.json(await service.query(vector, options))
  } catch (error) {
    if (!(error instanceof OperationError)) throw error
    return problem(400, error.refusal.error, error.refusal.code)
  }
}

/** The vectors of a body, null where it is none: the service refuses that as it refuses vectors without form. */
async function vectorsOf(request: Request): Promise<unknown> {
  const text = await request.text()
  try {
    if (request.headers.get('content-type') === 'application/x-ndjson')
      return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as unknown)
    return (JSON.parse(text) as { vectors?: unknown } | null)?.vectors
  } catch {
    return null
  }
}

async function objectOf(request: Request): Promise<Record<string, unknown> | null> {
  try {
    const body = JSON.parse(await request.text()) as unknown
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : null
  } catch {
    return null
  }
}

const problem = (status: number, error: string, code?: number): Response =>
  Response.json({ ...(code !== undefined && { code }), error }, { status })
