/** Where requests go: the workers in this process, or the whole stack in its own runtime. */
import { Agent, request as ask } from 'node:http'
import { LIMITS } from '../../../shared/domain/limits.ts'
import { NOW } from '../../support/unit_catalogue.ts'
import { signStandard } from '../../support/webhook_senders.ts'
import { type DoorOptions, openDoor } from '../credentials/door.ts'
import { SOURCE_SECRET } from '../credentials/samples.ts'
import type { Sent } from './case.ts'
import type { Answer } from './checks.ts'
import { fillShop } from './fill.ts'

export type Send = (sent: Sent) => Promise<Answer>

export interface InputDoor {
  send: Send
  /** Told before each case: what it asks, it asks of the same stores. */
  begins?: () => void
  close(): Promise<void>
}

/** Requests that one isolate and its stores serve before others take their place, between two cases. */
const REQUESTS_PER_DOOR = 400

/** Between two requests, so that what is limited by the second is met and left again. */
const STEP_MS = 200

/**
 * The api and the ingest worker as they ship, over stand-ins of their bindings. Until it is closed, this process lives at
 * the moment that the stores are of, and each request is a step later: what was asked once can be asked again.
 */
export async function openInProcess(options: DoorOptions = {}): Promise<InputDoor> {
  const wallClock = Date.now
  let nowMs = NOW
  Date.now = () => nowMs
  let door: Awaited<ReturnType<typeof openDoor>> | null = null
  let asked = 0
  return {
    begins() {
      if (asked >= REQUESTS_PER_DOOR) door = null
    },
    async send(sent) {
      if (door === null) {
        nowMs = NOW
        door = await openDoor({ ...options, keeps: true })
        asked = 0
        await fillShop(async (one) => sendTo(door!, one))
      }
      asked += 1
      nowMs += STEP_MS
      return sendTo(door, sent)
    },
    async close() {
      Date.now = wallClock
    },
  }
}

let deliveries = 0
/** The headers with a platform's signature of the body, where there is to be one. */
function signed({ headers, body, signs }: Sent): [string, string][] {
  const given = headers.map(([name, value]): [string, string] => [name, value])
  if (signs !== true) return given
  const text = Buffer.from(body ?? []).toString('utf8')
  const own = signStandard(SOURCE_SECRET, `delivery-${++deliveries}`, Date.now(), text).headers
  return [...given.filter(([name]) => !(name in own)), ...Object.entries(own)]
}

async function sendTo(door: Awaited<ReturnType<typeof openDoor>>, sent: Sent): Promise<Answer> {
  const { method, target, body } = sent
  const request = new Request(`https://api.test${target}`, {
    ...{ method, headers: signed(sent) },
    ...(body === null || method === 'GET' ? {} : { body: body as Uint8Array<ArrayBuffer>, duplex: 'half' }),
  } as RequestInit)
  const started = performance.now()
  const answer = await door.send(request)
  return { status: answer.status, headers: answer.headers, text: answer.text, ms: performance.now() - started }
}

/** A connection that was kept may be closed just when it is used again; a new one is not. */
const TRIES = 2

/** Over the wire, as it stands: no client in between mends an address or a header. */
export function sendOverWire(url: URL): Send {
  const agent = new Agent({ keepAlive: true })
  return async (sent) => {
    for (let time = 1; ; time++) {
      try {
        return await sendOnce(url, sent, time === 1 ? agent : false)
      } catch (error) {
        // A sender of too much is cut off while it still writes; whether it reads the answer is its own affair.
        const isTooMuch = (sent.body?.byteLength ?? 0) > LIMITS.jsonBodyBytes
        if (time < TRIES) continue
        if (isTooMuch) return CUT_OFF
        return { ...CUT_OFF, status: 599, text: String(error) }
      }
    }
  }
}

const PROBLEM_TYPE = { 'content-type': 'application/problem+json', 'x-request-id': 'none' }
/** In the place of an answer that nobody read. */
const CUT_OFF: Answer = {
  ...{ status: 413, ms: 0, headers: new Headers(PROBLEM_TYPE) },
  text: JSON.stringify({
    ...{ type: 'none', code: 'payload_too_large', title: 'cut off', status: 413, request_id: 'none' },
  }),
}

function sendOnce(url: URL, sent: Sent, agent: Agent | false): Promise<Answer> {
  const { method, target, body } = sent
  const named: Record<string, string[]> = {}
  for (const [name, value] of signed(sent)) named[name] = [...(named[name] ?? []), value]
  const length = body === null ? {} : { 'content-length': String(body.byteLength) }
  return new Promise((resolve, reject) => {
    const started = performance.now()
    const sending = ask({
      ...{ agent, host: url.hostname, port: url.port, method, path: target },
      headers: { ...named, ...length },
    })
    sending.on('response', (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () =>
        resolve({
          status: response.statusCode!,
          headers: new Headers(
            Object.entries(response.headers).flatMap(([name, value]) =>
              value === undefined ? [] : [[name, [value].flat().join(', ')] as [string, string]],
            ),
          ),
          text: Buffer.concat(parts).toString('utf8'),
          ms: performance.now() - started,
        }),
      )
    })
    sending.on('error', reject)
    sending.end(body ?? undefined)
  })
}
