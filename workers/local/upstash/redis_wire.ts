import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { type Command, type RedisEngine, RedisError, type Reply } from './engine.ts'

/** Redis itself over its own protocol (RESP2), on a connection of its own. */
export interface WireRedis extends RedisEngine {
  close(): void
}

/** @param port of a redis-server on this machine */
export async function connectRedis(port: number): Promise<WireRedis> {
  const socket = createConnection(port, '127.0.0.1')
  await once(socket, 'connect')
  const send = createSender(socket)
  return {
    pipeline: (commands) => send(commands),
    async transaction(commands) {
      // Written in one piece, so that nothing of another request comes between.
      const replies = await send([['MULTI'], ...commands, ['EXEC']])
      const last = replies.at(-1)!
      if (last instanceof RedisError) throw last
      return last as Reply[]
    },
    close: () => socket.destroy(),
  }
}

function createSender(socket: Socket): (commands: readonly Command[]) => Promise<Reply[]> {
  let rest: Buffer = Buffer.alloc(0)
  const waiting: Array<{ resolve(reply: Reply): void; reject(error: Error): void }> = []
  socket.on('data', (data: Buffer) => {
    rest = Buffer.concat([rest, data])
    let at = 0
    for (let reply = parse(rest, at); reply !== null; reply = parse(rest, at)) {
      at = reply.next
      waiting.shift()!.resolve(reply.value)
    }
    rest = rest.subarray(at)
  })
  const fail = () => {
    for (const one of waiting.splice(0)) one.reject(new Error('the connection to redis-server has ended'))
  }
  socket.on('error', fail).on('close', fail)
  return (commands) => {
    const replies = commands.map(() => new Promise<Reply>((resolve, reject) => void waiting.push({ resolve, reject })))
    socket.write(Buffer.concat(commands.map(framed)))
    return Promise.all(replies)
  }
}

function framed(command: Command): Buffer {
  const parts = command.map((part) => Buffer.from(part))
  return Buffer.concat([
    Buffer.from(`*${parts.length}\r\n`),
    ...parts.flatMap((part) => [Buffer.from(`$${part.length}\r\n`), part, Buffer.from('\r\n')]),
  ])
}

/** Reads one value; null when it is not all there yet. */
function parse(buffer: Buffer, at: number): { value: Reply; next: number } | null {
  const end = buffer.indexOf('\r\n', at)
  if (end === -1) return null
  const head = buffer.toString('utf8', at + 1, end)
  const next = end + 2
  const kind = String.fromCharCode(buffer[at]!)
  if (kind === '+') return { value: head, next }
  if (kind === '-') return { value: new RedisError(head), next }
  if (kind === ':') return { value: Number.isSafeInteger(Number(head)) ? Number(head) : BigInt(head), next }
  const size = Number(head)
  if (size === -1) return { value: null, next }
  if (kind === '$') {
    const whole = next + size + 2
    return buffer.length < whole ? null : { value: buffer.toString('utf8', next, next + size), next: whole }
  }
  const list: Reply[] = []
  let place = next
  for (let index = 0; index < size; index++) {
    const entry = parse(buffer, place)
    if (entry === null) return null
    list.push(entry.value)
    place = entry.next
  }
  return { value: list, next: place }
}
