import { expect, test } from 'vitest'
import type { Declared, DeclaredWorker } from './declared.ts'
import { shapeOf } from './index_shapes.ts'
import { choose, requiredOf, secretsOf } from './secrets.ts'

const PROVIDER = {
  ...{ name: 'house', base_url: 'https://models.example/v1' },
  embeddings: { model: 'small', dimensions: 384 },
}

const model = (providers: unknown): DeclaredWorker =>
  ({
    key: 'model',
    name: 'shelfwise-model',
    folder: '/',
    raw: { vars: { PROVIDERS: JSON.stringify(providers) } },
  }) as never

const declared = (providers: unknown) => ({ workers: [model(providers)] }) as unknown as Declared

test('the second index has the dimensions of the provider’s embedder, the first those of our own', () => {
  expect(shapeOf('ITEM_VECTORS', model([PROVIDER])).dimensions).toBe(256)
  expect(shapeOf('ITEM_VECTORS_B', model([PROVIDER])).dimensions).toBe(384)
  expect(() => shapeOf('ITEM_VECTORS_B', model([]))).toThrow(/nobody knows its dimensions/)
  expect(() => shapeOf('ITEM_VECTORS_B', model([{ name: 'No' }]))).toThrow(/wrangler.toml: PROVIDERS/)
})

test('each provider has its key, which nobody can make', async () => {
  const secrets = secretsOf(declared([PROVIDER]))
  expect(requiredOf(secrets, 'model')).toEqual(['PROVIDER_KEY_HOUSE'])
  expect(requiredOf(secretsOf(declared([])), 'model')).toEqual([])
  const key = secrets.filter((one) => one.name === 'PROVIDER_KEY_HOUSE')
  const random = (count: number) => new Uint8Array(count)
  await expect(choose(key, { env: {}, ask: null, random })).rejects.toMatchObject({ code: 'secret_missing' })
  await expect(choose(key, { env: {}, ask: async () => '', random })).rejects.toMatchObject({ code: 'secret_unfit' })
  const [chosen] = await choose(key, { env: { PROVIDER_KEY_HOUSE: 'k' }, ask: null, random })
  expect(chosen).toMatchObject({ value: 'k', made: false })
})

test('Upstash is taken where the environment has it, and never asked for', () => {
  const names = secretsOf(declared([]))
    .filter((one) => one.optional)
    .map((one) => one.name)
  expect(names).toEqual(['UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN'])
})
