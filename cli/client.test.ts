import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { healthSchema, jobsSchema } from './answers.ts'
import { createClient } from './client.ts'
import { CliFailure, Interrupted, ServiceProblem } from './failure.ts'
import { problemBody, type StubApi, sendJson, startStubApi } from './testing/stub_api.ts'

let stub: StubApi
let waits: number[]
beforeEach(async () => {
  stub = await startStubApi()
  waits = []
})
afterEach(() => stub.close())

const client = (attempts = 4) =>
  createClient({
    url: stub.url,
    key: null,
    attempts,
    random: () => 0.5,
    sleep: async (ms) => void waits.push(ms),
  })
const health = { path: '/health', answer: healthSchema } as const

/** Answers the first `times` requests itself. */
function failFirst(times: number, status: number, headers: Record<string, string> = {}): { calls: number } {
  const state = { calls: 0 }
  stub.intercept = (_seen, response) => {
    state.calls += 1
    if (state.calls > times) return false
    sendJson(response, status, problemBody(status, 'unavailable', 'later'), headers)
    return true
  }
  return state
}

describe('the client', () => {
  it('repeats 429, waiting longer each time', async () => {
    failFirst(3, 429)
    await expect(client().call(health)).resolves.toEqual({ status: 'ok', version: '0.1.0' })
    expect(waits).toEqual([500, 1_000, 2_000])
  })

  it('waits as long as Retry-After asks', async () => {
    failFirst(1, 503, { 'retry-after': '7' })
    await client().call(health)
    expect(waits).toEqual([7_000])
  })

  it('shows a 503 without Retry-After, a 500 and a 400 at once', async () => {
    for (const status of [503, 500, 400]) {
      const state = failFirst(9, status)
      await expect(client().call(health)).rejects.toBeInstanceOf(ServiceProblem)
      expect(state.calls).toBe(1)
    }
  })

  it('does not wait for a service that asks for more than a minute', async () => {
    const state = failFirst(9, 429, { 'retry-after': '3600' })
    await expect(client().call(health)).rejects.toThrow('429')
    expect(state.calls).toBe(1)
  })

  it('gives up after its attempts', async () => {
    const state = failFirst(9, 429)
    await expect(client(3).call(health)).rejects.toBeInstanceOf(ServiceProblem)
    expect(state.calls).toBe(3)
  })

  it('repeats a connection that broke', async () => {
    let calls = 0
    stub.intercept = (_seen, response) => {
      calls += 1
      if (calls === 1) response.destroy()
      return calls === 1
    }
    await client().call(health)
    expect(calls).toBe(2)
  })

  it('says in one line that nothing listens', async () => {
    await stub.close()
    const failure = await client(1)
      .call(health)
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(CliFailure)
    expect((failure as CliFailure).exitCode).toBe(3)
    expect((failure as CliFailure).message).toMatch(/cannot be reached \(ECONNREFUSED\)/)
    stub = await startStubApi()
  })

  it('tells what answers without JSON, or something else, from the service', async () => {
    stub.intercept = (_seen, response) => {
      response.writeHead(200).end('<html>')
      return true
    }
    await expect(client().call(health)).rejects.toThrow('without JSON')
    stub.intercept = (_seen, response) => {
      sendJson(response, 200, { hello: 1 })
      return true
    }
    await expect(client().call({ path: '/v1/jobs', answer: jobsSchema })).rejects.toThrow('unexpected at /shop')
  })

  it('shows a problem with its fields and the id of the request', async () => {
    stub.intercept = (_seen, response) => {
      const errors = [{ pointer: '/limit', detail: 'too large' }]
      sendJson(response, 400, { ...(problemBody(400, 'invalid_request', 'No') as object), errors })
      return true
    }
    await expect(client().call(health)).rejects.toThrow(
      'GET /health answered 400 invalid_request: No; /limit too large (request req-1)',
    )
  })

  it('stops at once when the user does', async () => {
    const controller = new AbortController()
    stub.intercept = () => {
      controller.abort()
      return true
    }
    const stopped = createClient({ url: stub.url, key: null, attempts: 5, signal: controller.signal })
    await expect(stopped.call(health)).rejects.toBeInstanceOf(Interrupted)
  })
})
