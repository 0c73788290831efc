import type { ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { TransportBehaviour } from './behaviour.ts'

export interface TransportOptions {
  retryAfterSeconds: number
  /** Between the pieces of a slow answer. */
  dripMs: number
}

const json = { 'content-type': 'application/json' }
const errorBody = (message: string, type: string) =>
  JSON.stringify({ error: { message, type, param: null, code: null } })

/** Pieces of an answer that drips. */
const DRIPS = 20

/** An answer that goes wrong on its way. @param answer the body that would have been sent */
export async function misbehave(
  behaviour: TransportBehaviour,
  response: ServerResponse,
  answer: () => string,
  options: TransportOptions,
): Promise<void> {
  switch (behaviour) {
    case 'hang':
      // Neither answered nor closed: the caller's deadline is all there is.
      return
    case 'connection_reset':
      response.socket?.resetAndDestroy()
      return
    case 'rate_limited':
      response
        .writeHead(429, { ...json, 'retry-after': String(options.retryAfterSeconds) })
        .end(errorBody('Rate limit reached.', 'requests'))
      return
    case 'server_error':
      response.writeHead(503, json).end(errorBody('The server is overloaded.', 'server_error'))
      return
    case 'html':
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<!doctype html><title>502 Bad Gateway</title><h1>Bad Gateway</h1>')
      return
    case 'half_body': {
      const body = answer()
      response.writeHead(200, { ...json, 'content-length': String(Buffer.byteLength(body)) })
      // Answered and paid for, and lost on the way.
      response.write(body.slice(0, body.length / 2), () => response.destroy())
      return
    }
    case 'slow_drip': {
      const body = answer()
      response.writeHead(200, json)
      const size = Math.max(1, Math.ceil(body.length / DRIPS))
      for (let at = 0; at < body.length && !response.destroyed; at += size) {
        response.write(body.slice(at, at + size))
        await wait(options.dripMs)
      }
      response.end()
      return
    }
  }
}
