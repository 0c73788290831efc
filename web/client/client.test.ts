import { describe, expect, it, vi } from 'vitest'
import { ApiProblem, type ClientOptions, createClient } from './client.ts'
import type { KeyValue } from './memory.ts'

const shelf = { recommendation_id: 'r1', items: [] }
const answer = (body: unknown = shelf, init?: ResponseInit) => new Response(JSON.stringify(body), init)

function storageOf(): KeyValue & { map: Map<string, string> } {
  const map = new Map<string, string>()
  return { map, getItem: (key) => map.get(key) ?? null, setItem: (key, value) => void map.set(key, value) }
}

function clientWith(fetch: ClientOptions['fetch'], more: Partial<ClientOptions> = {}) {
  return createClient({
    baseUrl: 'https://api.test',
    key: 'pk_1',
    fetch: fetch!,
    storage: storageOf(),
    now: () => 0,
    ...more,
  })
}

const bodyOf = (send: ReturnType<typeof vi.fn>, call: number) => JSON.parse(send.mock.calls[call]![1].body as string)

/** Never answers; ends when its signal does. */
const silent: typeof fetch = (_input, init) =>
  new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)))

describe('calls', () => {
  it('sends the key and the request, and gives the answer', async () => {
    const send = vi.fn(async () => answer())
    expect(await clientWith(send).recommend({ placement: 'home', limit: 6 })).toEqual(shelf)
    const [url, init] = send.mock.calls[0] as unknown as [string, RequestInit]
    expect(url).toBe('https://api.test/v1/recommendations')
    expect(init.headers).toMatchObject({ authorization: 'Bearer pk_1' })
    expect(bodyOf(send, 0)).toEqual({ placement: 'home', limit: 6 })
  })

  it('asks for an item with the key in the address, and takes a missing one for null', async () => {
    const details = { id: 'a/b', title: 'Teapot' }
    const send = vi.fn(async () => answer(details))
    expect(await clientWith(send).item('a/b', { market: 'DE' })).toEqual(details)
    const [url, init] = send.mock.calls[0] as unknown as [string, RequestInit]
    expect(url).toBe('https://api.test/v1/items/a%2Fb?market=DE&key=pk_1')
    expect(init.headers).toBeUndefined()
    const missing = vi.fn(async () => answer({ code: 'not_found', title: 'No such resource' }, { status: 404 }))
    expect(await clientWith(missing).item('x')).toBeNull()
    const down = vi.fn(async () => answer({ code: 'unavailable', title: 'Later' }, { status: 503 }))
    await expect(clientWith(down).item('x')).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('tries once more after a network error, and no more than once', async () => {
    const once = vi
      .fn()
      .mockRejectedValueOnce(new TypeError('failed to fetch'))
      .mockImplementation(async () => answer())
    await expect(clientWith(once).recommend({ placement: 'home' })).resolves.toEqual(shelf)
    expect(once).toHaveBeenCalledTimes(2)
    const never = vi.fn().mockRejectedValue(new TypeError('failed to fetch'))
    await expect(clientWith(never).recommend({ placement: 'home' })).rejects.toMatchObject({ code: 'network' })
    expect(never).toHaveBeenCalledTimes(2)
  })

  it('does not try again when the API answered with a problem', async () => {
    const problem = { code: 'rate_limited', title: 'Too many requests', status: 429, request_id: 'q1' }
    const send = vi.fn(async () => answer(problem, { status: 429, headers: { 'retry-after': '7' } }))
    const refused = await clientWith(send)
      .recommend({ placement: 'home' })
      .catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(ApiProblem)
    expect(refused).toMatchObject({ ...{ code: 'rate_limited', status: 429, requestId: 'q1' }, retryAfterSeconds: 7 })
    expect(send).toHaveBeenCalledTimes(1)
  })

  it('makes a problem of an answer that is no problem document', async () => {
    const send = vi.fn(async () => new Response('<h1>Bad gateway</h1>', { status: 502 }))
    await expect(clientWith(send).recommend({ placement: 'home' })).rejects.toMatchObject({ code: 'http', status: 502 })
  })

  it('ends after its timeout, without another try', async () => {
    const send = vi.fn(silent)
    await expect(clientWith(send, { timeoutMs: 5 }).recommend({ placement: 'home' })).rejects.toMatchObject({
      code: 'timeout',
    })
    expect(send).toHaveBeenCalledTimes(1)
  })

  it('gives the reason of the caller who aborts', async () => {
    const control = new AbortController()
    const asked = clientWith(silent).recommend({ placement: 'home' }, { signal: control.signal })
    control.abort(new Error('left the page'))
    await expect(asked).rejects.toThrow('left the page')
  })
})

describe('memory', () => {
  const click = (item_id: string) => ({ type: 'click' as const, item_id, anonymous_id: 'a-1' })

  it('carries what was tracked in the next request, oldest first, without impressions', async () => {
    const send = vi.fn(async () => answer())
    const client = clientWith(send)
    await client.track([{ type: 'impression', item_ids: ['z'], anonymous_id: 'a-1' }, click('one')])
    await client.track([{ type: 'purchase', anonymous_id: 'a-1', items: [{ item_id: 'two' }, { item_id: 'three' }] }])
    await client.recommend({ placement: 'home' })
    const at = '1970-01-01T00:00:00.000Z'
    expect(bodyOf(send, 2).recent).toEqual([
      { item_id: 'one', type: 'click', occurred_at: at },
      { item_id: 'two', type: 'purchase', occurred_at: at },
      { item_id: 'three', type: 'purchase', occurred_at: at },
    ])
  })

  it('keeps the last twenty and remembers even when sending fails', async () => {
    const send = vi.fn(async (): Promise<Response> => Promise.reject(new TypeError('offline')))
    const client = clientWith(send)
    for (let n = 0; n < 25; n++) await client.track([click(`i${n}`)]).catch(() => {})
    send.mockImplementation(async () => answer())
    send.mockClear()
    await client.recommend({ placement: 'home' })
    const recent = bodyOf(send, 0).recent as { item_id: string }[]
    expect(recent.map((event) => event.item_id)).toEqual(Array.from({ length: 20 }, (_, n) => `i${n + 5}`))
  })

  it('lets the API speak for a known user until the memory is full', async () => {
    const send = vi.fn(async () => answer())
    const client = clientWith(send)
    await client.track([click('one')])
    await client.recommend({ placement: 'home', user_id: 'u-1' })
    expect(bodyOf(send, 1).recent).toBeUndefined()
    await client.track(Array.from({ length: 20 }, (_, n) => click(`i${n}`)))
    await client.recommend({ placement: 'home', user_id: 'u-1' })
    expect(bodyOf(send, 3).recent).toHaveLength(20)
  })

  it('gives every event an id and a moment, and sends them so that they outlive the page', async () => {
    const send = vi.fn(async () => answer({ accepted: 1 }, { status: 202 }))
    await clientWith(send).track([click('one')])
    expect(bodyOf(send, 0).events[0]).toMatchObject({ item_id: 'one', occurred_at: '1970-01-01T00:00:00.000Z' })
    expect(bodyOf(send, 0).events[0].event_id).toMatch(/^[0-9a-f-]{36}$/)
    expect((send.mock.calls[0] as unknown as [string, RequestInit])[1].keepalive).toBe(true)
  })

  it('forgets, and lives with storage that is damaged, blocked or absent', async () => {
    const storage = storageOf()
    const send = vi.fn(async () => answer())
    const client = clientWith(send, { storage })
    await client.track([click('one')])
    client.forget()
    await client.recommend({ placement: 'home' })
    expect(bodyOf(send, 1).recent).toBeUndefined()
    storage.map.set('shelfwise.recent.', '{"not":"a list"')
    await expect(client.recommend({ placement: 'home' })).resolves.toEqual(shelf)
    const blocked = {
      getItem: () => null,
      setItem: () => {
        throw new Error('quota')
      },
    }
    await expect(clientWith(send, { storage: blocked }).track([click('x')])).resolves.toBeUndefined()
    await expect(clientWith(send, { storage: null }).track([click('x')])).resolves.toBeUndefined()
  })
})
