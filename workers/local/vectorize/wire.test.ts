import { expect, test } from 'vitest'
import { CODE, OperationError } from './errors.ts'
import { answerWire, type WireService } from './wire.ts'

/** Answers with the operation and what it was given. */
const echo: WireService = Object.fromEntries(
  ['describe', 'query', 'queryById', 'insert', 'upsert', 'getByIds', 'deleteByIds'].map((method) => [
    method,
    async (...args: unknown[]) => ({ method, args }),
  ]),
) as never

const NDJSON = { 'content-type': 'application/x-ndjson' }
async function asked(path: string, init: RequestInit = { method: 'POST' }, service = echo) {
  const response = await answerWire(new Request(`http://vector-search/${path}`, init), service)
  return { status: response.status, body: await response.json() }
}

test.each<[string, RequestInit, string, unknown[]]>([
  ['info', { method: 'GET' }, 'describe', []],
  ['query', { method: 'POST', body: '{"topK":3,"vector":[1]}' }, 'query', [[1], { topK: 3 }]],
  ['query', { method: 'POST', body: '{"vectorId":"a","topK":3}' }, 'queryById', ['a', { topK: 3 }]],
  [
    'insert',
    { method: 'POST', body: '{"id":"a"}\n{"id":"b"}', headers: NDJSON },
    'insert',
    [[{ id: 'a' }, { id: 'b' }]],
  ],
  ['upsert', { method: 'POST', body: '{"vectors":[{"id":"a"}]}' }, 'upsert', [[{ id: 'a' }]]],
  ['upsert', { method: 'POST', body: '', headers: NDJSON }, 'upsert', [[]]],
  ['upsert', { method: 'POST', body: '{"id":', headers: NDJSON }, 'upsert', [null]],
  ['getByIds', { method: 'POST', body: '{"ids":["a"]}' }, 'getByIds', [['a']]],
  ['deleteByIds', { method: 'POST', body: '{"ids":["a"]}' }, 'deleteByIds', [['a']]],
])('%s %o', async (path, init, method, args) => {
  expect(await asked(path, init)).toEqual({ status: 200, body: { method, args } })
})

test('what is no question is refused', async () => {
  const error = 'Failed to parse the request body as JSON'
  expect(await asked('query', { method: 'POST', body: '[1]' })).toEqual({
    status: 400,
    body: { code: CODE.unreadableQuery, error },
  })
  expect((await asked('info')).status).toBe(405)
  expect((await asked('query', { method: 'GET' })).status).toBe(405)
  expect((await asked('nothing', { method: 'POST', body: '{}' })).status).toBe(404)
})

test('a refusal is told with its code, and a fault is left to the runtime', async () => {
  const failing = (error: Error) => ({ ...echo, describe: () => Promise.reject(error) })
  const refused = failing(new OperationError('INDEX_GET_ERROR (code = 1): no', { code: 1, error: 'no' }))
  expect(await asked('info', { method: 'GET' }, refused)).toEqual({ status: 400, body: { code: 1, error: 'no' } })
  await expect(asked('info', { method: 'GET' }, failing(new Error('disk')))).rejects.toThrow('disk')
})
