/** The embedder side of the model worker: who embeds for whom, and what a provider's answers come to. */
import { expect, test } from 'vitest'
import { createBreaker } from '../../shared/base/breaker.ts'
import { manualClock } from '../../shared/base/clock.ts'
import type { TextField } from '../../shared/model/embedder_rpc.ts'
import { silentLog } from '../../shared/observe/log.ts'
import { createQueryVectorCache } from '../../shared/store/query_vectors.ts'
import { createMemoryKv } from '../local/node/memory_kv.ts'
import { decodeConfig } from './config.ts'
import { createEmbedder, decodeChoices } from './embedder.ts'
import { createClient } from './openai_client.ts'
import { createProviderEmbedder } from './provider_embedder.ts'

const PROVIDERS = JSON.stringify([
  {
    name: 'acme',
    base_url: 'http://provider.invalid/v1',
    embeddings: { model: 'words-small', dimensions: 4, sends_dimensions: true, inputs_per_call: 3 },
  },
])
const field = (text: string): TextField[] => [{ text, weight: 1 }]

/** A server that gives each text a vector of its length, and remembers what it was sent. */
function serving(answer: (inputs: string[]) => Response | Promise<Response> = plain) {
  const sent: Array<{ input: string[]; dimensions?: number; encoding_format?: string }> = []
  const fetcher = async (_url: unknown, init?: { body?: unknown }) => {
    const body = JSON.parse(String(init!.body)) as (typeof sent)[number]
    sent.push(body)
    return answer(body.input)
  }
  const clock = manualClock(1_000_000)
  const provider = decodeConfig({ PROVIDERS }).providers[0]!
  const cache = createQueryVectorCache(createMemoryKv({ clock }))
  const make = (over: Partial<typeof cache> = {}) =>
    createProviderEmbedder({
      provider: provider.name,
      config: provider.embeddings!,
      client: createClient(provider, fetcher as unknown as typeof fetch),
      breaker: createBreaker(clock),
      queryBreaker: createBreaker(clock),
      cache: { ...cache, ...over },
      clock,
      log: silentLog,
    })
  return { sent, make, clock }
}

const rows = (inputs: string[], vector: (text: string) => number[]) =>
  Response.json({
    object: 'list',
    model: 'words-small',
    // In another order than asked: the index counts.
    data: inputs.map((text, index) => ({ object: 'embedding', index, embedding: vector(text) })).reverse(),
    usage: { prompt_tokens: 1, total_tokens: 1 },
  })
const plain = (inputs: string[]) => rows(inputs, (text) => [text.length, 0, 3, 0])
const failing = (status: number) => () => Response.json({ error: { message: 'no' } }, { status })

test('items come back in order, of unit length, in calls of the size that the provider takes', async () => {
  const { sent, make } = serving()
  const answer = await make().items(['a', 'bbbb', '★ ★', 'cc', 'ddd'].map(field))
  if (!answer.ok) throw new Error(answer.reason)
  expect(answer.vectors.map((vector) => [...vector].map((value) => Math.round(value * 100)))).toEqual([
    [32, 0, 95, 0],
    [80, 0, 60, 0],
    [0, 0, 0, 0],
    [55, 0, 83, 0],
    [71, 0, 71, 0],
  ])
  for (const vector of answer.vectors.filter((one) => one.some((value) => value !== 0)))
    expect(Math.hypot(...vector)).toBeCloseTo(1, 6)
  // What has no letter is not paid for.
  expect(sent.map((call) => call.input)).toEqual([['a', 'bbbb', 'cc'], ['ddd']])
  expect(sent[0]).toMatchObject({ dimensions: 4, encoding_format: 'float' })
})

test('a query is paid for once, in whatever case it is typed, by every isolate', async () => {
  const { sent, make } = serving()
  const first = await make().query('Red Kettle')
  expect(first).toHaveLength(4)
  const other = make()
  expect(await other.query('red kettle ')).toEqual(first)
  expect(await other.query('red kettle')).toEqual(first)
  expect(sent).toHaveLength(1)
  expect([...(await other.query('!!'))!]).toEqual([0, 0, 0, 0])
  expect(sent).toHaveLength(1)
})

test.each([
  ['a refusal', failing(400), 'refused'],
  ['too much', failing(413), 'refused'],
  ['no patience', failing(429), 'unavailable'],
  ['a broken server', failing(500), 'unavailable'],
  ['a vector too few', (inputs: string[]) => plain(inputs.slice(1)), 'unavailable'],
  // JSON has no NaN: it arrives as null.
  ['no number', (inputs: string[]) => rows(inputs, () => [1, 2, 3, Number.NaN]), 'unavailable'],
  ['another length', (inputs: string[]) => rows(inputs, () => [1, 2]), 'unavailable'],
] as const)('%s is told as it is, and a query goes on without', async (_name, answer, reason) => {
  const { make } = serving(answer as (inputs: string[]) => Response)
  const outcome = await make().items([field('a'), field('b')])
  expect(outcome).toEqual({ ok: false, reason })
  expect(await make().query('a')).toBeNull()
})

test('a provider that fails again and again is left alone for a while', async () => {
  const { sent, make, clock } = serving(failing(503))
  const embedder = make()
  for (let n = 0; n < 20; n++) await embedder.items([field('a')])
  expect(sent.length).toBeLessThan(20)
  const before = sent.length
  clock.advance(60_000)
  await embedder.items([field('a')])
  expect(sent.length).toBe(before + 1)
})

test('queries that find no answer in time cost the items nothing', async () => {
  let slow = true
  const { sent, make } = serving((inputs) => (slow ? Response.json({}, { status: 503 }) : plain(inputs)))
  const embedder = make()
  for (let n = 0; n < 20; n++) await embedder.query(`query ${n}`)
  expect(sent.length).toBeLessThan(20)
  slow = false
  expect(await embedder.items([field('a')])).toMatchObject({ ok: true })
})

test('a query does not wait for its vector to be kept', async () => {
  let finish = () => {}
  const { make } = serving()
  const waiting: Array<Promise<void>> = []
  const embedder = make({ put: () => new Promise((resolve) => (finish = resolve)) })
  expect(await embedder.query('kettle', (work) => void waiting.push(work))).toHaveLength(4)
  expect(waiting).toHaveLength(1)
  finish()
  await waiting[0]
})

test('each shop gets its embedder; versions that are configured stay askable, others are unknown', async () => {
  const clock = manualClock(0)
  const of = (env: Record<string, unknown>) => {
    const config = decodeConfig(env)
    return createEmbedder({
      config,
      choices: decodeChoices(env, config),
      artefacts: { artefact: async () => null },
      queries: { get: async () => null, put: async () => {} },
      clock,
      log: silentLog,
    })
  }
  const acme = { kind: 'provider', version: 'acme/words-small/4', dimensions: 4 }
  expect(await of({}).embedder('a')).toEqual({ kind: 'local', dimensions: 256 })
  expect(await of({ LOCAL_EMBEDDING_DIMENSIONS: '384' }).embedder('a')).toEqual({ kind: 'local', dimensions: 384 })
  expect(await of({ PROVIDERS }).embedder('a')).toEqual(acme)
  const some = of({ PROVIDERS, SHOP_EMBEDDERS: '{"a":"local"}' })
  expect([await some.embedder('a'), await some.embedder('b')]).toEqual([{ kind: 'local', dimensions: 256 }, acme])
  expect(await some.embedItems('a', 'gone/model/4', [field('x')])).toEqual({ ok: false, reason: 'unknown_version' })
  expect(await some.embedQuery('a', 'local/abc/256', 'x')).toBeNull()
  for (const [name, value] of [
    ['SHOP_EMBEDDERS', '{'],
    ['SHOP_EMBEDDERS', '{"a":"nobody"}'],
    ['LOCAL_EMBEDDING_DIMENSIONS', '30'],
  ] as const)
    expect(() => of({ [name]: value }), value).toThrow(name)
})
