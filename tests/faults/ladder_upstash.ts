/** A REST door before Redis that fails as its lanes are told; a request's token names its lane. */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { startUpstashShim, TOKEN } from '../support/unit_upstash_shim.ts'
import { type Mode, SLOW_MS } from './ladder_lanes.ts'

export interface LaneUpstash {
  url: string
  /** Null where the lane is well. */
  fail(lane: string, mode: Mode | null): void
  /** Every command takes so long. */
  latencyMs: number
  stop(): Promise<void>
}

/** Answers that a proxy, a captive portal or another release might give. */
const NONSENSE = [
  '<html>Bad gateway</html>',
  '{}',
  'null',
  '{"result":5}',
  '{"result":"Aborted"}',
  '{"result":["not json"]}',
  '{"result":[[1,2]]}',
  '[{"result":null}]',
]

export async function startLaneUpstash(): Promise<LaneUpstash> {
  const shim = await startUpstashShim()
  const modes = new Map<string, Mode>()
  let turn = 0
  const server = createServer(async (request, response) => {
    const lane = (request.headers.authorization ?? '').replace('Bearer ', '')
    const chunks: Buffer[] = []
    for await (const part of request) chunks.push(part as Buffer)
    const mode = modes.get(lane)
    if (mode === 'hang') return
    if (mode === 'error') return answer(response, 500, '{"error":"ERR out of order"}')
    if (mode === 'garbage') return answer(response, 200, NONSENSE[turn++ % NONSENSE.length]!)
    await pause(mode === 'slow' ? SLOW_MS : own.latencyMs)
    const headers: Record<string, string> = {
      ...(request.headers as Record<string, string>),
      authorization: `Bearer ${TOKEN}`,
    }
    for (const name of ['host', 'connection', 'content-length', 'transfer-encoding']) delete headers[name]
    const body = Buffer.concat(chunks)
    const told = await fetch(`${shim.url}${request.url}`, { method: 'POST', headers, body })
    answer(response, told.status, await told.text())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const own: LaneUpstash = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    latencyMs: 0,
    fail: (lane, mode) => void (mode === null ? modes.delete(lane) : modes.set(lane, mode)),
    async stop() {
      server.closeAllConnections()
      server.close()
      await shim.stop()
    },
  }
  return own
}

const answer = (response: ServerResponse, status: number, body: string) => response.writeHead(status).end(body)
