import { type Command, READS, type RedisEngine, RedisError, type Reply } from './engine.ts'

/** Raw JSON numbers: TypeScript's library does not tell of them yet. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown }

export interface DoorRequest {
  method: string
  path: string
  /** In lower case. */
  headers: Readonly<Record<string, string | undefined>>
  body: string
}

export interface DoorAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

export interface DoorOptions {
  token: string
  engine: RedisEngine
  /** A region near the caller that has not caught up; null: it has. */
  replica?: () => RedisEngine | null
}

export type Door = (request: DoorRequest) => Promise<DoorAnswer>

/**
 * Upstash's REST door: one command at `/`, many at `/pipeline`, a transaction at `/multi-exec`. Refusals are
 * `{error}` with 400, in lists with 200; text is base64 when it is asked for, all but OK; numbers are JSON numbers,
 * digit by digit. A sync token comes with every answer, and a read that brings one sees what was written before it.
 */
export function createDoor({ token, engine, replica = () => null }: DoorOptions): Door {
  let writes = 0
  const engineFor = (commands: readonly Command[], seen: string | undefined): RedisEngine => {
    const isRead = commands.every(([name = '']) => READS.has(name.toUpperCase()))
    if (!isRead) writes += 1
    return (isRead && Number(seen || '0') < writes ? replica() : null) ?? engine
  }
  return async ({ method, path, headers, body }) => {
    const answer = (status: number, value: unknown): DoorAnswer => ({
      status,
      headers: { 'content-type': 'application/json', 'upstash-sync-token': String(writes) },
      body: JSON.stringify(value),
    })
    const refused = (status: number, error: string) => answer(status, { error })
    if (headers.authorization !== `Bearer ${token}`) return refused(401, 'Unauthorized')
    if (method !== 'POST') return refused(405, 'ERR only POST is answered here')
    const isList = path === '/pipeline' || path === '/multi-exec'
    if (!isList && path !== '/') return refused(404, 'ERR no such path')
    const commands = readCommands(body, isList)
    if (commands === null) return refused(400, 'ERR failed to parse command')
    const base64 = headers['upstash-encoding'] === 'base64'
    const own = engineFor(commands, headers['upstash-sync-token'])
    try {
      const replies = path === '/multi-exec' ? await own.transaction(commands) : await own.pipeline(commands)
      const shown = replies.map((reply) =>
        reply instanceof RedisError ? { error: reply.message } : { result: encoded(reply, base64) },
      )
      if (isList) return answer(200, shown)
      return answer('error' in shown[0]! ? 400 : 200, shown[0])
    } catch (error) {
      if (error instanceof RedisError) return refused(400, error.message)
      throw error
    }
  }
}

/** Arguments as text; null when it is no command, or none at all. */
function readCommands(body: string, isList: boolean): Command[] | null {
  try {
    const value = JSON.parse(body) as unknown
    const commands = isList ? value : [value]
    if (!Array.isArray(commands) || commands.length === 0) return null
    return commands.map((command: unknown) => {
      if (!Array.isArray(command) || command.length === 0) throw new TypeError('no command')
      return command.map((part: unknown) => (typeof part === 'string' ? part : JSON.stringify(part)))
    })
  } catch {
    return null
  }
}

function encoded(reply: Reply, base64: boolean): unknown {
  if (Array.isArray(reply)) return reply.map((entry) => encoded(entry, base64))
  if (typeof reply === 'bigint') return rawJSON(String(reply))
  return typeof reply === 'string' && base64 && reply !== 'OK' ? Buffer.from(reply).toString('base64') : reply
}
