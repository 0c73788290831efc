/** A provider over real HTTP whose every answer a test writes itself; it keeps what it was sent. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ChatRequest {
  model: string
  messages: Array<{ role: string; content: string }>
  [field: string]: unknown
}

/** What one chat request meets. `reset` breaks the connection after the request was read; `hang` never answers. */
export type Reply =
  | { status?: number; headers?: Record<string, string>; body: unknown }
  | { raw: string; type?: string }
  | 'reset'
  | 'hang'

export interface UnitProvider {
  url: string
  chats: ChatRequest[]
  uploads: string[]
  batches: Map<string, Record<string, unknown>>
  files: Map<string, string>
  /** Writes the files of a batch and ends it; `lineOf` gives null for a request that gets no line. */
  endBatch(
    id: string,
    status: string,
    lineOf: (key: string) => { file: 'output' | 'error'; line: unknown } | null,
  ): void
  /** Answers to POST /batches from now on, in the place of taking them. */
  refuseBatches(reply: Reply | null): void
  /** Breaks every connection before a word is said. */
  deaf(on: boolean): void
  /** Has no file any more. */
  goneFiles(on: boolean): void
  close(): Promise<void>
}

export const completion = (content: unknown, over: Record<string, unknown> = {}) => ({
  id: 'x',
  object: 'chat.completion',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
  usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
  ...over,
})

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}

function send(response: ServerResponse, request: IncomingMessage, reply: Reply): void {
  if (reply === 'hang') return
  if (reply === 'reset') {
    request.socket.destroy()
    return
  }
  if ('raw' in reply) {
    response.writeHead(200, { 'content-type': reply.type ?? 'application/json' }).end(reply.raw)
    return
  }
  response
    .writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers })
    .end(JSON.stringify(reply.body))
}

export async function startProvider(
  chat: (request: ChatRequest, count: number) => Reply | Promise<Reply>,
): Promise<UnitProvider> {
  const chats: ChatRequest[] = []
  const uploads: string[] = []
  const batches = new Map<string, Record<string, unknown>>()
  const files = new Map<string, string>()
  let refusal: Reply | null = null
  let made = 0
  let isDeaf = false
  let hasFiles = true
  const server = createServer(async (request, response) => {
    if (isDeaf) return send(response, request, 'reset')
    const body = await readBody(request)
    const path = new URL(request.url!, 'http://provider').pathname
    const json = (value: unknown) => send(response, request, { body: value })
    if (path === '/v1/chat/completions') {
      const asked = JSON.parse(body) as ChatRequest
      chats.push(asked)
      send(response, request, await chat(asked, chats.length))
    } else if (path === '/v1/files' && request.method === 'POST') {
      const content = /\r\n\r\n(\{[\s\S]*?)\r\n--/.exec(body)![1]!
      uploads.push(content)
      files.set(`file-${++made}`, content)
      json({ id: `file-${made}`, object: 'file' })
    } else if (path.endsWith('/content') && hasFiles) {
      response.writeHead(200).end(files.get(path.split('/')[3]!))
    } else if (path === '/v1/batches' && request.method === 'POST') {
      const asked = JSON.parse(body) as Record<string, unknown>
      const id = `batch-${++made}`
      if (refusal === null || refusal === 'reset') batches.set(id, { id, status: 'in_progress', ...asked })
      if (refusal === null) json(batches.get(id))
      else send(response, request, refusal)
    } else if (path === '/v1/batches') json({ data: [...batches.values()], has_more: false })
    else {
      const found = batches.get(path.split('/')[3] ?? '')
      send(response, request, found ? { body: found } : { status: 404, body: { error: { message: 'none' } } })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    chats,
    uploads,
    batches,
    files,
    endBatch(id, status, lineOf) {
      const batch = batches.get(id)!
      const lines = { output: [] as string[], error: [] as string[] }
      for (const text of files
        .get(batch.input_file_id as string)!
        .trim()
        .split('\n')) {
        const key = (JSON.parse(text) as { custom_id: string }).custom_id
        const made = lineOf(key)
        if (made !== null) lines[made.file].unshift(JSON.stringify({ custom_id: key, ...(made.line as object) }))
      }
      for (const kind of ['output', 'error'] as const) {
        if (lines[kind].length === 0) continue
        files.set(`${id}-${kind}`, lines[kind].join('\n'))
        batch[`${kind}_file_id`] = `${id}-${kind}`
      }
      batch.status = status
    },
    refuseBatches(reply) {
      refusal = reply
    },
    deaf(on) {
      isDeaf = on
    },
    goneFiles(on) {
      hasFiles = !on
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
