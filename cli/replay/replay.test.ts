import { expect, it } from 'vitest'
import { scriptedApi } from '../testing/scripted_api.ts'

const record = {
  ...{ v: 1, key: 'k', shop: 'demo', purpose: 'rerank', model: 'one/m-1', promptHash: 'abc', reason: null },
  trace: { prompt: 'rank', version: 1, of: 'digest' },
  ...{ system: 'Order them.', user: '{"query":"tea\u001b[31m"}', answer: '{"order":[2,1]}', askedAtMs: 0 },
  cost: { inputTokens: 100, outputTokens: 20, microCost: 180 },
}
const api = scriptedApi('replay', () => ({
  'GET /v1/model/calls/k': [200, record],
  'POST /v1/model/calls/k/again': [
    200,
    { before: record, now: { ok: true, text: '{"order":[1,2]}', cost: record.cost }, same: false },
  ],
}))

it('shows what was asked and what came back, without control characters', async () => {
  const { code, out } = await api.run(['k'])
  expect(code).toBe(0)
  expect(out).toContain('rerank by one/m-1 at 1970-01-01T00:00:00.000Z')
  expect(out).toContain('prompt rank@1 (abc) for digest')
  expect(out).toContain('100 tokens in, 20 out, 0.000180 of the budget')
  expect(out).toContain('ANSWER\n{"order":[2,1]}')
  expect(out).not.toContain('\u001b')
  expect(JSON.parse((await api.run(['k', '--json'])).out)).toEqual(record)
})

it('asks again and says where the answers part', async () => {
  const { out } = await api.run(['k', '--again'])
  expect(out).toContain('another answer, from character 11 on')
  expect(out).toContain('THEN\n{"order":[2,1]}')
  expect(out).toContain('NOW\n{"order":[1,2]}')
  api.answers['POST /v1/model/calls/k/again'] = [
    200,
    { before: record, now: { ok: true, text: record.answer, cost: record.cost }, same: true },
  ]
  expect((await api.run(['k', '--again'])).out).toContain('the same answer')
  api.answers['POST /v1/model/calls/k/again'] = [
    200,
    { before: record, now: { ok: false, reason: 'budget' }, same: false },
  ]
  expect((await api.run(['k', '--again'])).out).toContain('no answer (budget)')
})

it('says that there is none', async () => {
  const { code } = await api.run(['gone'])
  expect(code).not.toBe(0)
})
