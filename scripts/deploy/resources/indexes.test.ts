import { afterEach, beforeEach, expect, test } from 'vitest'
import { type StandIn, startPlatform, TOKEN } from '../../../tests/deploy/platform/server.ts'
import { createPlatform, type Platform } from '../platform/client.ts'
import { takeSteps } from '../steps.ts'
import { type IndexShape, indexStep, metadataSteps } from './indexes.ts'

const SHAPE: IndexShape = {
  ...{ dimensions: 256, metric: 'cosine' },
  metadata: [
    { field: 'market', type: 'string' },
    { field: 'price', type: 'number' },
  ],
}
const sleep = async () => {}

let standIn: StandIn
let platform: Platform

beforeEach(async () => {
  standIn = await startPlatform()
  platform = createPlatform({ base: standIn.base, token: TOKEN, fetch, sleep })
})
afterEach(() => standIn.close())

async function take(shape: IndexShape): Promise<boolean[]> {
  const path = `/accounts/${standIn.account.id}`
  const steps = [
    indexStep('items', shape, path, platform, sleep),
    ...metadataSteps('items', shape, path, platform, sleep),
  ]
  const taken: boolean[] = []
  const tell = (told: { taken: boolean }) => void taken.push(told.taken)
  await takeSteps(steps, { dryRun: false, tell, signal: new AbortController().signal, sleep })
  return taken
}

test('an index has its fields before anybody writes to it, and each once', async () => {
  expect(await take(SHAPE)).toEqual([true, true, true])
  expect(standIn.account.indexes[0]?.metadata.map((one) => one.propertyName)).toEqual(['market', 'price'])
  expect(await take(SHAPE)).toEqual([false, false, false])
})

test('what cannot be changed is told', async () => {
  await take(SHAPE)
  await expect(take({ ...SHAPE, dimensions: 512 })).rejects.toMatchObject({ code: 'index_differs' })
  const asText: IndexShape = { ...SHAPE, metadata: [{ field: 'price', type: 'string' }] }
  await expect(take(asText)).rejects.toMatchObject({ code: 'index_differs' })
})
