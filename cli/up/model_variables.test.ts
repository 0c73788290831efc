import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CliFailure, EXIT } from '../failure.ts'
import { temporaryFolder } from '../testing/folder.ts'
import { modelSettings } from './model_variables.ts'

const PROVIDERS = [
  { name: 'acme', base_url: 'https://acme.example/v1', chat: { model: 'm-1', input_price: 0.1, output_price: 0.4 } },
]
const TEXT = JSON.stringify(PROVIDERS)

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeEach(async () => {
  folder = await temporaryFolder()
})
afterEach(() => folder.remove())

const failureOf = (env: Record<string, string>, file?: string): Promise<CliFailure> =>
  modelSettings(env, file, folder.path).then(
    () => {
      throw new Error('was taken')
    },
    (error: unknown) => {
      if (error instanceof CliFailure) return error
      throw error
    },
  )

test('the worker gets its own variables of the environment, and nothing else of it', async () => {
  const own = { PROVIDERS: TEXT, PROVIDER_KEY_ACME: 'secret-of-acme', MODEL_DAILY_BUDGET: '2' }
  const { variables, notes } = await modelSettings({ ...own, PATH: '/bin', SHELFWISE_KEY: 'sk_a_b' }, undefined, '/')
  expect(variables).toEqual(own)
  expect(notes).toEqual(['model acme/m-1, budget 2.00 a shop and day'])
})

test('without providers nothing is set and nothing is said', async () => {
  expect(await modelSettings({ PATH: '/bin', PROVIDERS: '' }, undefined, '/')).toEqual({ variables: {}, notes: [] })
})

test('a file of providers goes before the environment', async () => {
  await writeFile(join(folder.path, 'providers.json'), TEXT)
  const { variables } = await modelSettings({ PROVIDERS: '[]' }, 'providers.json', folder.path)
  expect(JSON.parse(variables.PROVIDERS!)).toEqual(PROVIDERS)
})

test('a key that fits no provider is told by its name alone', async () => {
  const { notes } = await modelSettings({ PROVIDERS: TEXT, PROVIDER_KEY_AMCE: 'secret-of-acme' }, undefined, '/')
  expect(notes).toContain('PROVIDER_KEY_AMCE is the key of no provider in the list')
  expect(notes.join()).not.toContain('secret-of-acme')
})

test.each([
  [{ PROVIDERS: '[{]' }, /^PROVIDERS is not JSON/],
  [{ PROVIDERS: '[{"name":"Acme"}]' }, /^PROVIDERS: .*name/s],
  [{ PROVIDERS: TEXT, MODEL_DAILY_BUDGET: 'lots' }, /^MODEL_DAILY_BUDGET/],
  [{ PROVIDERS: TEXT, SHOP_EMBEDDERS: '{"a":"acme"}' }, /^SHOP_EMBEDDERS names acme/],
  [{ LOCAL_EMBEDDING_DIMENSIONS: '7' }, /^LOCAL_EMBEDDING_DIMENSIONS/],
])('%j is refused before anything starts', async (env, message) => {
  const failure = await failureOf(env as Record<string, string>)
  expect(failure.exitCode).toBe(EXIT.usage)
  expect(failure.message).toMatch(message)
})

test('a file that is missing or wrong is named', async () => {
  expect((await failureOf({}, 'none.json')).message).toMatch(/^none\.json cannot be read/)
  await writeFile(join(folder.path, 'wrong.json'), '[{]')
  expect((await failureOf({}, 'wrong.json')).message).toBe('wrong.json is not JSON')
})
