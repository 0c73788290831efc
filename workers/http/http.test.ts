import { HTTPException } from 'hono/http-exception'
import { expect, test } from 'vitest'
import { Problem } from '../../shared/base/problem.ts'
import type { Log } from '../../shared/observe/log.ts'
import { readText } from './body.ts'
import { CALLER_HEADER, readCaller, requireAdmin, requireSecret, writeCaller } from './caller.ts'
import { errorResponse } from './errors.ts'

const post = (body: BodyInit, headers: Record<string, string> = {}) =>
  new Request('https://unit.test/', { method: 'POST', body, headers, duplex: 'half' } as RequestInit)
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'ok',
    (error: unknown) => (error instanceof Problem ? error.code : String(error)),
  )

test('a body is read up to its limit in bytes, not in characters', async () => {
  expect(await readText(post('茶茶'), 6)).toBe('茶茶')
  expect(await codeOf(readText(post('茶茶'), 5))).toBe('payload_too_large')
  expect(await readText(new Request('https://unit.test/'), 5)).toBe('')
})

test('a body that says too much of itself is not read; one that says too little is stopped', async () => {
  expect(await codeOf(readText(post('a', { 'content-length': '999' }), 10))).toBe('payload_too_large')
  let pulled = 0
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled += 1
      controller.enqueue(new Uint8Array(1_000))
    },
  })
  expect(await codeOf(readText(post(endless), 5_000))).toBe('payload_too_large')
  expect(pulled).toBeLessThan(20)
})

test('characters cut over two chunks are whole again; what is not UTF-8 is refused', async () => {
  const bytes = new TextEncoder().encode('茶')
  const cut = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes.slice(0, 1))
      controller.enqueue(bytes.slice(1))
      controller.close()
    },
  })
  expect(await readText(post(cut), 10)).toBe('茶')
  expect(await codeOf(readText(post(Uint8Array.of(0xff, 0xfe)), 10))).toBe('invalid_json')
})

test('callers travel in a header, and nobody is a caller without it', () => {
  const caller = { role: 'shop', shop: 'a-shop', kind: 'pk' } as const
  expect(readCaller(new Headers({ [CALLER_HEADER]: writeCaller(caller) }))).toEqual(caller)
  expect(() => readCaller(new Headers())).toThrow(Problem)
  for (const forged of ['{}', '{"role":"root"}', '{"role":"shop","shop":"A B","kind":"sk"}', 'x']) {
    expect(() => readCaller(new Headers({ [CALLER_HEADER]: forged })), forged).toThrow()
  }
})

test('a browser key writes nothing, and no shop is an administrator', () => {
  expect(requireSecret({ role: 'shop', shop: 's', kind: 'sk' })).toBe('s')
  expect(() => requireSecret({ role: 'shop', shop: 's', kind: 'pk' })).toThrow(Problem)
  expect(() => requireSecret({ role: 'admin' })).toThrow(Problem)
  expect(() => requireAdmin({ role: 'shop', shop: 's', kind: 'sk' })).toThrow(Problem)
  expect(requireAdmin({ role: 'admin' })).toBeUndefined()
})

test('what is not a problem of ours shows nothing of itself, and is logged', async () => {
  const logged: unknown[] = []
  const log: Log = { info: () => {}, error: (event, error) => void logged.push([event, (error as Error).message]) }
  const hidden = errorResponse(new Error('secret detail'), 'req', log)
  expect([hidden.status, await hidden.text()]).toEqual([500, expect.not.stringContaining('secret')])
  expect(logged).toEqual([['unexpected', 'secret detail']])
  expect(errorResponse(new Problem('not_found'), 'req', log).status).toBe(404)
  expect(errorResponse(new HTTPException(400, { message: 'm' }), 'req', log).status).toBe(400)
  expect(logged).toHaveLength(1)
})
