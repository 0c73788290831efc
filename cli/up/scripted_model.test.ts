import { afterEach, beforeEach, expect, test } from 'vitest'
import { createClient } from '../client.ts'
import { temporaryFolder } from '../testing/folder.ts'
import { type StubApi, sendJson, startStubApi } from '../testing/stub_api.ts'
import { modelSettings } from './model_variables.ts'
import { closeGates, openGates, startScriptedModel } from './scripted_model.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let stub: StubApi
let asked: string[]
beforeEach(async () => {
  folder = await temporaryFolder()
  stub = await startStubApi()
  asked = []
  stub.intercept = (request, response) => {
    asked.push(`${request.method} ${request.path} ${request.body}`.trim())
    const evidence = { why: 'held', basis: null, attempts: 0, rest_until: null, unit: 'clicks' }
    const none = { preference: null, gain: null, cost: null }
    const gate = { placement: 'home', mode: 'live', crossing: null, held: true, since: null }
    sendJson(response, 200, { ...gate, evidence: { ...evidence, ...none } })
    return true
  }
})
afterEach(async () => {
  await stub.close()
  await folder.remove()
})

test('the scripted model answers on this machine, and its settings are ones that the worker takes', async () => {
  const model = await startScriptedModel()
  try {
    const { variables, notes } = await modelSettings({ PROVIDERS: model.providers }, undefined, folder.path)
    expect(notes).toEqual(['model scripted/scripted-1, budget 5.00 a shop and day'])
    const [{ base_url }] = JSON.parse(variables.PROVIDERS!) as [{ base_url: string }]
    expect(new URL(base_url).hostname).toBe('127.0.0.1')
    expect((await fetch(`${base_url}/models`)).status).toBe(200)
  } finally {
    await model.stop()
  }
})

test('gates that were opened for a look are closed by the next start without the model, and no others', async () => {
  const client = createClient({ url: stub.url, key: 'sk_demo_1', attempts: 1 })
  await closeGates(client, folder.path, 'demo')
  expect(asked).toEqual([])
  await openGates(client, folder.path, 'demo')
  expect(asked).toContain('PUT /v1/gates/home {"mode":"live","crossing":100}')
  const opened = asked.splice(0).map((one) => one.split(' ')[1])
  await closeGates(client, folder.path, 'other')
  expect(asked).toEqual([])
  await closeGates(client, folder.path, 'demo')
  expect(asked).toEqual(
    opened.flatMap((path) => [expect.stringContaining(`PUT ${path} {"mode":"off"`), `DELETE ${path}`]),
  )
  asked.length = 0
  await closeGates(client, folder.path, 'demo')
  expect(asked).toEqual([])
})
