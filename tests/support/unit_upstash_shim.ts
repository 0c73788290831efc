/** Upstash's REST door on this machine, before an imitation of Redis in memory or before a real redis-server. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import type { Clock } from '../../shared/base/clock.ts'
import { createDoor, type Door, type DoorRequest } from '../../workers/local/upstash/door.ts'
import type { RedisEngine } from '../../workers/local/upstash/engine.ts'
import { createMemoryRedis } from '../../workers/local/upstash/memory_redis.ts'
import { connectRedis } from '../../workers/local/upstash/redis_wire.ts'
import { type Fate, serveDoor } from '../../workers/local/upstash/serve.ts'

export const TOKEN = 'unit-test-token'

/** Whether redis-server can be started here; says so once in clear words when it cannot. */
export function redisInstalled(): boolean {
  if (spawnSync('redis-server', ['--version']).status === 0) return true
  console.warn('redis-server is not installed: what compares with a real Redis is SKIPPED')
  return false
}

export interface UpstashShim {
  url: string
  /** While set, requests are taken and never answered. */
  hang: boolean
  requests: number
  /** What happens to a request instead of its answer; null: nothing. */
  between: ((request: DoorRequest, door: Door) => Promise<Fate>) | null
  /** While set, reads that bring no sync token are answered from here. */
  replica: RedisEngine | null
  engine: RedisEngine
  flush(): Promise<void>
  stop(): Promise<void>
}

/** Before a redis-server of its own, which holds nothing on disk. */
export async function startUpstashShim(): Promise<UpstashShim> {
  const redis = await startRedis()
  return openShim(redis.engine, redis.stop)
}

/** Before the imitation. */
export const startMemoryShim = (clock: Clock): Promise<UpstashShim> =>
  openShim(createMemoryRedis(clock), async () => undefined)

/** @param adapt breaks the door on purpose */
export async function openShim(
  engine: RedisEngine,
  stop: () => Promise<void>,
  adapt: (door: Door) => Door = (door) => door,
): Promise<UpstashShim> {
  const door = adapt(createDoor({ token: TOKEN, engine, replica: () => shim.replica }))
  const served = await serveDoor(door, async (request, own) => {
    shim.requests += 1
    if (shim.hang) return 'hang'
    return shim.between === null ? own(request) : shim.between(request, own)
  })
  const shim: UpstashShim = {
    ...{ url: served.url, hang: false, requests: 0, between: null, replica: null, engine },
    flush: async () => void (await engine.pipeline([['FLUSHALL']])),
    async stop() {
      await served.stop()
      await stop()
    },
  }
  return shim
}

/** A redis-server of one's own on 127.0.0.1, ended with `stop`. */
export async function startRedis(): Promise<{ engine: RedisEngine; stop(): Promise<void> }> {
  const port = await freePort()
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const child = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'ignore'] })
  for await (const text of child.stdout.setEncoding('utf8')) if (String(text).includes('Ready to accept')) break
  child.stdout.resume()
  const engine = await connectRedis(port)
  return {
    engine,
    async stop() {
      engine.close()
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

async function freePort(): Promise<number> {
  const probe = createTcpServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
