import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Clock, systemClock } from '../../../shared/base/clock.ts'
import { hash64 } from '../../../shared/base/hash.ts'
import { seededRng } from '../../../shared/base/rng.ts'
import { type Batches, batchView, createBatches, fileView, type LineOutcome } from './batches.ts'
import { type Behaviour, chosen, isTransport, type Mix } from './behaviour.ts'
import { type ChatBody, complete, requestFault, textOf } from './chat.ts'
import type { Claim } from './claims.ts'
import { type EmbeddingsBody, embed } from './embeddings.ts'
import type { LiarContext } from './foreign.ts'
import type { RankingOptions } from './rank.ts'
import { misbehave } from './transport.ts'

/** Bodies beyond this are refused, as the real door does. */
const BODY_LIMIT_BYTES = 200 * 1024 * 1024

export interface ScriptedProviderOptions {
  /** 0 for any free one. */
  port?: number
  seed?: number
  /** How often each behaviour is shown; honest alone when absent. */
  behaviour?: Mix
  /** Behaviours of embedding calls: transport ones only. */
  embeddingBehaviour?: Mix
  /** Share of claims that `liar` tells falsely. */
  lieRate?: number
  /** Facts of other items, for lies. */
  pool?: LiarContext['pool']
  /** How candidates of a shelf are judged. */
  ranking?: RankingOptions
  /** A call whose user text holds it always fails, alone or in a batch. */
  poison?: string
  poisonStatus?: number
  /** Required in the Authorization header where given; never kept. */
  apiKey?: string
  clock?: Clock
  finishAfterPolls?: number
  finishAfterMs?: number
  retryAfterSeconds?: number
  dripMs?: number
}

/** One call as it was received. */
export interface ReceivedCall {
  path: string
  body: unknown
  /** Of system and user text: equal prompts are equal calls. */
  prompt: string
  idempotencyKey: string | null
  behaviour: Behaviour
  /** In a batch rather than by itself. */
  batched: boolean
}

export interface ScriptedProvider {
  /** To be used as the base URL of a client: ends in `/v1`. */
  url: string
  port: number
  calls: ReceivedCall[]
  /** What each answer's claims really are, by prompt. */
  claims: Map<string, Claim[]>
  /** Calls of each prompt. */
  countOf(prompt: string): number
  behave(mix: Mix): void
  /** Forgets calls and claims. */
  reset(): void
  stop(): Promise<void>
}

interface State {
  options: ScriptedProviderOptions
  mix: Mix
  seed: number
  clock: Clock
  batches: Batches
  calls: ReceivedCall[]
  claims: Map<string, Claim[]>
  attempts: Map<string, number>
  served: number
}

/** An OpenAI-compatible server over real HTTP whose answers and faults follow from its seed. A stand-in: never deployed. */
export async function startScriptedProvider(options: ScriptedProviderOptions = {}): Promise<ScriptedProvider> {
  const seed = options.seed ?? 1
  const clock = options.clock ?? systemClock
  const state: State = {
    options,
    mix: options.behaviour ?? { honest: 1 },
    seed,
    clock,
    batches: createBatches({
      clock,
      finishAfterPolls: options.finishAfterPolls ?? 1,
      finishAfterMs: options.finishAfterMs ?? 0,
      shuffle: (list) => seededRng(seed).shuffle(list),
      answerLine: (line) => lineOutcome(line.url, line.body, line.custom_id, state),
    }),
    calls: [],
    claims: new Map(),
    attempts: new Map(),
    served: 0,
  }
  const server = createServer((request, response) => {
    handle(request, response, state).catch((error: unknown) => {
      if (!response.headersSent) sendError(response, 500, `The stand-in failed: ${String(error)}`)
      else response.destroy()
    })
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1`,
    port,
    calls: state.calls,
    claims: state.claims,
    countOf: (prompt) => state.calls.filter((call) => call.prompt === prompt).length,
    behave: (mix) => {
      state.mix = mix
    },
    reset: () => {
      state.calls.length = 0
      state.claims.clear()
      state.attempts.clear()
    },
    stop: () => stop(server),
  }
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  // Calls that hang on purpose would keep it open for ever.
  server.closeAllConnections()
  await closed
}

async function handle(request: IncomingMessage, response: ServerResponse, state: State): Promise<void> {
  const bytes = await bodyOf(request)
  if (bytes === null) return sendError(response, 413, 'The body is too large.')
  const wanted = state.options.apiKey
  if (wanted !== undefined && request.headers.authorization !== `Bearer ${wanted}`)
    return sendError(response, 401, 'Incorrect API key provided.')
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  const route = `${request.method} ${pathname.replace(/^\/v1/, '')}`
  const key = typeof request.headers['idempotency-key'] === 'string' ? request.headers['idempotency-key'] : null
  if (route === 'POST /chat/completions') return chatOverHttp(parse(bytes), key, response, state)
  if (route === 'POST /embeddings') return embeddingsOverHttp(parse(bytes), key, response, state)
  if (route === 'GET /models')
    return send(response, 200, {
      object: 'list',
      data: ['scripted-1', 'scripted-embedding'].map((id) => ({ id, object: 'model', created: 0, owned_by: 'local' })),
    })
  if (route === 'POST /files') return upload(request, bytes, response, state)
  if (route === 'POST /batches') {
    const body = parse(bytes) as { input_file_id?: string; endpoint?: string; completion_window?: string } | null
    if (body?.input_file_id === undefined || state.batches.file(body.input_file_id) === null)
      return sendError(response, 400, 'No such File object.')
    if (body.completion_window !== '24h') return sendError(response, 400, "Invalid 'completion_window'.")
    return send(response, 200, batchView(state.batches.create(body.input_file_id, body.endpoint ?? '')))
  }
  if (route === 'GET /batches')
    return send(response, 200, { object: 'list', data: state.batches.all().map(batchView), has_more: false })
  return byId(route, response, state)
}

async function byId(route: string, response: ServerResponse, { batches }: State): Promise<void> {
  const [, verb, kind, id, rest] = /^(GET|POST|DELETE) \/(files|batches)\/([\w-]+)(?:\/(\w+))?$/.exec(route) ?? []
  if (kind === 'batches' && id !== undefined) {
    const batch = verb === 'POST' && rest === 'cancel' ? batches.cancel(id) : verb === 'GET' ? batches.poll(id) : null
    if (batch !== null) return send(response, 200, batchView(batch))
  }
  const file = kind === 'files' && id !== undefined ? batches.file(id) : null
  if (file === null) return sendError(response, 404, `Unknown request: ${route}`)
  if (verb === 'DELETE')
    return send(response, 200, { id: file.id, object: 'file', deleted: batches.removeFile(file.id) })
  if (rest === 'content') {
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(file.content)
    return
  }
  send(response, 200, fileView(file))
}

async function upload(
  request: IncomingMessage,
  bytes: Buffer,
  response: ServerResponse,
  { batches }: State,
): Promise<void> {
  const form = await new Response(new Uint8Array(bytes), {
    headers: { 'content-type': request.headers['content-type'] ?? '' },
  })
    .formData()
    .catch(() => null)
  const file = form?.get('file')
  if (!(file instanceof File)) return sendError(response, 400, "'file' is a required property.")
  send(response, 200, fileView(batches.putFile(file.name, String(form?.get('purpose') ?? ''), await file.text())))
}

interface Decided {
  behaviour: Behaviour
  answer(): { status: number; body: unknown }
}

/** Counts a call and decides what comes of it; the answer is made only when it is wanted. */
function decide(path: string, body: unknown, key: string | null, batched: boolean, state: State): Decided {
  const isChat = path.endsWith('/chat/completions')
  const text = isChat
    ? ((body as ChatBody | null)?.messages ?? []).map(textOf).join('\n')
    : JSON.stringify((body as EmbeddingsBody | null)?.input ?? null)
  const prompt = hash64(text)
  const attempt = state.attempts.get(prompt) ?? 0
  state.attempts.set(prompt, attempt + 1)
  const { behaviour, rng } = chosen(
    isChat ? state.mix : (state.options.embeddingBehaviour ?? {}),
    state.seed,
    prompt,
    attempt,
  )
  state.calls.push({ path, body, prompt, idempotencyKey: key, behaviour, batched })
  const { poison } = state.options
  if (poison !== undefined && text.includes(poison))
    return {
      behaviour: 'honest',
      answer: () => refusal(state.options.poisonStatus ?? 400, 'The content could not be processed.'),
    }
  return {
    behaviour,
    answer: () => {
      if (body === null || typeof body !== 'object')
        return refusal(400, 'We could not parse the JSON body of your request.')
      if (!isChat) {
        const embedded = embed(body as EmbeddingsBody)
        return 'fault' in embedded ? refusal(400, embedded.fault) : { status: 200, body: embedded.body }
      }
      const fault = requestFault(body as ChatBody)
      if (fault !== null) return refusal(400, fault)
      state.served += 1
      const options = {
        lieRate: state.options.lieRate ?? 0.2,
        pool: state.options.pool ?? [],
        ranking: state.options.ranking,
      }
      const done = complete(
        body as ChatBody,
        isTransport(behaviour) ? 'honest' : behaviour,
        rng,
        options,
        `chatcmpl-${state.served}`,
        state.clock.now(),
      )
      state.claims.set(prompt, done.claims)
      return { status: 200, body: done.body }
    },
  }
}

async function chatOverHttp(body: unknown, key: string | null, response: ServerResponse, state: State): Promise<void> {
  await overHttp(decide('/v1/chat/completions', body, key, false, state), response, state)
}
async function embeddingsOverHttp(
  body: unknown,
  key: string | null,
  response: ServerResponse,
  state: State,
): Promise<void> {
  await overHttp(decide('/v1/embeddings', body, key, false, state), response, state)
}

async function overHttp({ behaviour, answer }: Decided, response: ServerResponse, state: State): Promise<void> {
  if (isTransport(behaviour))
    return misbehave(behaviour, response, () => JSON.stringify(answer().body), {
      retryAfterSeconds: state.options.retryAfterSeconds ?? 1,
      dripMs: state.options.dripMs ?? 20,
    })
  const { status, body } = answer()
  send(response, status, body)
}

/** One line of a batch: what is a fault on the way there is a failed or expired line here. */
function lineOutcome(path: string, body: unknown, customId: string, state: State): LineOutcome {
  const { behaviour, answer } = decide(path, body, customId, true, state)
  if (behaviour === 'hang' || behaviour === 'slow_drip') return 'expired'
  if (behaviour === 'rate_limited') return refusal(429, 'Rate limit reached.')
  return isTransport(behaviour) ? refusal(500, 'The server had an error while processing your request.') : answer()
}

const refusal = (status: number, message: string) => ({
  status,
  body: { error: { message, type: status < 500 ? 'invalid_request_error' : 'server_error', param: null, code: null } },
})

function send(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'scripted' })
    .end(JSON.stringify(body))
}
function sendError(response: ServerResponse, status: number, message: string): void {
  send(response, status, refusal(status, message).body)
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length
    if (size > BODY_LIMIT_BYTES) return null
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown
  } catch {
    return null
  }
}
