/** Upstash's REST door in front of a real redis-server: POST /, /pipeline and /multi-exec, with base64 answers. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createConnection, createServer as createTcpServer, type Socket } from 'node:net'

export const TOKEN = 'unit-test-token'
export const redisInstalled = (): boolean => spawnSync('redis-server', ['--version']).status === 0

type Reply = string | number | null | Error | Reply[]
type Command = ReadonlyArray<string | number>

export interface UpstashShim {
  url: string
  /** While set, requests are taken and never answered. */
  hang: boolean
  requests: number
  flush(): Promise<void>
  stop(): Promise<void>
}

async function freePort(): Promise<number> {
  const probe = createTcpServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

async function startRedis(): Promise<{ child: ChildProcess; socket: Socket }> {
  const port = await freePort()
  const child = spawn('redis-server', [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
  ])
  for await (const text of child.stdout!.setEncoding('utf8')) if (String(text).includes('Ready to accept')) break
  child.stdout!.resume()
  const socket = createConnection(port, '127.0.0.1')
  await once(socket, 'connect')
  return { child, socket }
}

/** Reads one RESP2 value; null when it is not all there yet. */
function parse(buffer: Buffer, at: number): { value: Reply; next: number } | null {
  const end = buffer.indexOf('\r\n', at)
  if (end === -1) return null
  const head = buffer.toString('utf8', at + 1, end)
  const next = end + 2
  const kind = String.fromCharCode(buffer[at]!)
  if (kind === '+') return { value: head, next }
  if (kind === '-') return { value: new Error(head), next }
  if (kind === ':') return { value: Number(head), next }
  const size = Number(head)
  if (size === -1) return { value: null, next }
  if (kind === '$') {
    return buffer.length < next + size + 2
      ? null
      : { value: buffer.toString('utf8', next, next + size), next: next + size + 2 }
  }
  const list: Reply[] = []
  let place = next
  for (let i = 0; i < size; i++) {
    const entry = parse(buffer, place)
    if (entry === null) return null
    list.push(entry.value)
    place = entry.next
  }
  return { value: list, next: place }
}

function createClient(socket: Socket): (command: Command) => Promise<Reply> {
  let rest: Buffer = Buffer.alloc(0)
  const waiting: Array<(reply: Reply) => void> = []
  socket.on('data', (data: Buffer) => {
    rest = Buffer.concat([rest, data])
    for (let reply = parse(rest, 0); reply !== null; reply = parse(rest, 0)) {
      rest = rest.subarray(reply.next)
      waiting.shift()!(reply.value)
    }
  })
  return (command) =>
    new Promise((resolve) => {
      waiting.push(resolve)
      const parts = command.map((part) => Buffer.from(String(part)))
      const framed = parts.flatMap((part) => [Buffer.from(`$${part.length}\r\n`), part, Buffer.from('\r\n')])
      socket.write(Buffer.concat([Buffer.from(`*${parts.length}\r\n`), ...framed]))
    })
}

function encoded(reply: Reply, base64: boolean): unknown {
  if (Array.isArray(reply)) return reply.map((entry) => encoded(entry, base64))
  return typeof reply === 'string' && base64 && reply !== 'OK' ? Buffer.from(reply).toString('base64') : reply
}

async function handle(request: IncomingMessage, response: ServerResponse, send: (c: Command) => Promise<Reply>) {
  const answer = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body))
  if (request.headers.authorization !== `Bearer ${TOKEN}`) return answer(401, { error: 'Unauthorized' })
  const chunks: Buffer[] = []
  for await (const part of request) chunks.push(part as Buffer)
  const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Command | Command[]
  const base64 = request.headers['upstash-encoding'] === 'base64'
  const shown = (reply: Reply) =>
    reply instanceof Error ? { error: reply.message } : { result: encoded(reply, base64) }
  if (request.url === '/pipeline') return answer(200, (await Promise.all((body as Command[]).map(send))).map(shown))
  if (request.url === '/multi-exec') {
    const replies = await Promise.all([['MULTI'], ...(body as Command[]), ['EXEC']].map(send))
    const last = replies.at(-1)!
    return last instanceof Error ? answer(400, { error: last.message }) : answer(200, (last as Reply[]).map(shown))
  }
  const one = shown(await send(body as Command))
  return answer('error' in one ? 400 : 200, one)
}

export async function startUpstashShim(): Promise<UpstashShim> {
  const { child, socket } = await startRedis()
  const send = createClient(socket)
  const server = createServer((request, response) => {
    shim.requests += 1
    if (!shim.hang) void handle(request, response, send)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const shim: UpstashShim = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hang: false,
    requests: 0,
    flush: async () => void (await send(['FLUSHALL'])),
    stop: async () => {
      server.closeAllConnections()
      server.close()
      socket.destroy()
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
  return shim
}
