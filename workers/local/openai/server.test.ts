import OpenAI from 'openai'
import { afterEach, describe, expect, test } from 'vitest'
import { manualClock } from '../../../shared/base/clock.ts'
import { FACETS } from '../../../shared/domain/enrichment.ts'
import { type ScriptedProvider, type ScriptedProviderOptions, startScriptedProvider } from './server.ts'

const SEED = 20_261_121
const started: ScriptedProvider[] = []
afterEach(async () => {
  for (const one of started.splice(0)) await one.stop()
})

async function start(options: ScriptedProviderOptions = {}) {
  const provider = await startScriptedProvider({ seed: SEED, ...options })
  started.push(provider)
  const client = new OpenAI({ apiKey: 'test', baseURL: provider.url, maxRetries: 0, timeout: 5_000, logLevel: 'off' })
  return { provider, client }
}

const ITEM = {
  facts: {
    locale: 'en-GB',
    title: 'Alto Bottle',
    description: 'It is made of stainless steel. It holds 500 ml. It is not dishwasher safe. Contains no lead.',
    brand: 'Norrland',
    categories: ['Kitchen > Bottles'],
    tags: [],
    attributes: { colour: ['red', 'blue'] },
    options: {},
    localised: [{ locale: 'de-DE', title: 'Alto Flasche', description: 'Aus Edelstahl gefertigt. Fasst 500 ml.' }],
  },
  locales: ['en-GB', 'de-DE'],
  vocabulary: { colour: ['red', 'blue', 'green'] },
  facets: FACETS,
}
const question = (
  user: unknown = ITEM,
  schema: Record<string, unknown> = { type: 'object', properties: {}, required: [], additionalProperties: false },
) => ({
  model: 'scripted-1',
  messages: [{ role: 'user' as const, content: JSON.stringify(user) }],
  response_format: { type: 'json_schema' as const, json_schema: { name: 'answer', strict: true, schema } },
})
const contentOf = (answer: OpenAI.ChatCompletion) => answer.choices[0]!.message.content!

describe('the scripted provider, through the real client', () => {
  test('answers each facet asked for, and says of each claim that it is true', async () => {
    const { provider, client } = await start()
    const answer = await client.chat.completions.create(question())
    expect(Object.keys(JSON.parse(contentOf(answer)))).toEqual([...FACETS])
    expect(answer.usage!.completion_tokens).toBeGreaterThan(10)
    const [claims] = [...provider.claims.values()]
    expect(claims!.length).toBeGreaterThan(8)
    expect(claims!.every((claim) => claim.truth)).toBe(true)
    expect(provider.calls).toHaveLength(1)
    expect(provider.countOf(provider.calls[0]!.prompt)).toBe(1)
  })

  test('the same seed gives the same answer, another seed another', async () => {
    const told = async (seed: number) =>
      contentOf(await (await start({ seed })).client.chat.completions.create(question()))
    expect(await told(1)).toBe(await told(1))
    expect(await told(1)).not.toBe(await told(2))
  })

  test('a liar lies at about its rate, and its record says where', async () => {
    const { provider, client } = await start({ behaviour: { liar: 1 }, lieRate: 0.5 })
    for (let index = 0; index < 20; index++)
      await client.chat.completions.create(
        question({ ...ITEM, locales: ['en-GB', `en-${String(index).padStart(3, '0')}`] }),
      )
    const claims = [...provider.claims.values()].flat()
    const share = claims.filter((claim) => !claim.truth).length / claims.length
    expect(share, `seed ${SEED}`).toBeGreaterThan(0.2)
    expect(share, `seed ${SEED}`).toBeLessThan(0.6)
    const text = JSON.stringify(ITEM.facts).toLowerCase()
    // Words of a lie's own must not stand in the facts: else it might be no lie.
    for (const claim of claims) if (claim.needle !== null) expect(text).not.toContain(` ${claim.needle} `)
  })

  test.each([
    ['truncated', (a: OpenAI.ChatCompletion) => a.choices[0]!.finish_reason === 'length'],
    ['malformed', (a: OpenAI.ChatCompletion) => !parses(contentOf(a))],
    ['fenced', (a: OpenAI.ChatCompletion) => contentOf(a).startsWith('```json')],
    ['chatty', (a: OpenAI.ChatCompletion) => contentOf(a).startsWith('Sure!')],
    ['refusal', (a: OpenAI.ChatCompletion) => a.choices[0]!.message.refusal !== null && contentOf(a) === null],
    ['refusal_sentence', (a: OpenAI.ChatCompletion) => contentOf(a).startsWith("I'm sorry")],
    ['wrong_schema', (a: OpenAI.ChatCompletion) => !('summary' in JSON.parse(contentOf(a)))],
    ['extra_facets', (a: OpenAI.ChatCompletion) => 'sentiment' in JSON.parse(contentOf(a))],
    ['echoes_prompt', (a: OpenAI.ChatCompletion) => contentOf(a) === JSON.stringify(ITEM)],
    ['missing_usage', (a: OpenAI.ChatCompletion) => a.usage === undefined],
    ['empty', (a: OpenAI.ChatCompletion) => contentOf(a) === ''],
  ] as const)('%s', async (behaviour, holds) => {
    const { client } = await start({ behaviour: { [behaviour]: 1 } })
    expect(holds(await client.chat.completions.create(question()))).toBe(true)
  })

  test.each([
    ['rate_limited', { status: 429 }],
    ['server_error', { status: 503 }],
  ] as const)('%s has its status', async (behaviour, expected) => {
    const { client } = await start({ behaviour: { [behaviour]: 1 } })
    await expect(client.chat.completions.create(question())).rejects.toMatchObject(expected)
  })

  test.each(['hang', 'connection_reset', 'half_body'] as const)('%s gives no answer', async (behaviour) => {
    const { client } = await start({ behaviour: { [behaviour]: 1 } })
    await expect(client.chat.completions.create(question(), { signal: AbortSignal.timeout(300) })).rejects.toThrow()
  })

  test('a slow answer arrives whole', async () => {
    const { client } = await start({ behaviour: { slow_drip: 1 }, dripMs: 2 })
    expect(parses(contentOf(await client.chat.completions.create(question())))).toBe(true)
  })

  test('an html page instead of json', async () => {
    const { provider } = await start({ behaviour: { html: 1 } })
    const response = await fetch(`${provider.url}/chat/completions`, {
      method: 'POST',
      body: JSON.stringify(question()),
    })
    expect(await response.text()).toContain('<!doctype html>')
  })

  test('a schema that is not strict is refused', async () => {
    const { client } = await start()
    const loose = { type: 'object', properties: { a: { type: 'string' } }, required: [], additionalProperties: false }
    await expect(client.chat.completions.create(question(ITEM, loose))).rejects.toMatchObject({ status: 400 })
  })

  test('a wrong key is refused, and no key is kept', async () => {
    const { provider, client } = await start({ apiKey: 'right-key' })
    await expect(client.chat.completions.create(question())).rejects.toMatchObject({ status: 401 })
    expect(JSON.stringify(provider.calls)).not.toContain('right-key')
  })
})

const parses = (text: string) => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('embeddings', () => {
  test('float and base64 say the same; alike texts are nearer', async () => {
    const { client } = await start()
    const input = ['red oak chair', 'a chair of red oak', 'vanilla ice cream']
    const asked = (encoding_format: 'float' | 'base64') =>
      client.embeddings.create({ model: 'scripted-embedding', input, dimensions: 64, encoding_format })
    const floats = (await asked('float')).data.map((own) => own.embedding)
    const packed = (await asked('base64')).data.map((own) => own.embedding as unknown as string)
    const [first] = packed.map((text) => new Float32Array(new Uint8Array(Buffer.from(text, 'base64')).buffer))
    expect([...first!]).toEqual(floats[0])
    const dot = (a: number[], b: number[]) => a.reduce((sum, value, index) => sum + value * b[index]!, 0)
    expect(dot(floats[0]!, floats[0]!)).toBeCloseTo(1, 4)
    expect(dot(floats[0]!, floats[1]!)).toBeGreaterThan(dot(floats[0]!, floats[2]!))
  })
})

describe('batches', () => {
  const lines = (count: number, text = (index: number) => `item ${index}`) =>
    Array.from({ length: count }, (_, index) =>
      JSON.stringify({
        custom_id: `c${index}`,
        method: 'POST',
        url: '/v1/chat/completions',
        body: question({ ...ITEM, locales: [text(index)] }),
      }),
    ).join('\n')
  const submit = async (client: OpenAI, content: string) => {
    const file = await client.files.create({ file: new File([content], 'in.jsonl'), purpose: 'batch' })
    return client.batches.create({ input_file_id: file.id, endpoint: '/v1/chat/completions', completion_window: '24h' })
  }
  const read = async (client: OpenAI, id: string | null | undefined) =>
    id
      ? (await (await client.files.content(id)).text())
          .trim()
          .split('\n')
          .map(
            (line) =>
              JSON.parse(line) as {
                custom_id: string
                response: { status_code: number } | null
                error: { code: string } | null
              },
          )
      : []

  test('goes through its states and answers every line once, in an order of its own', async () => {
    const { client, provider } = await start({ finishAfterPolls: 2 })
    const { id, status } = await submit(client, lines(20))
    expect(status).toBe('validating')
    expect((await client.batches.retrieve(id)).status).toBe('in_progress')
    expect((await client.batches.retrieve(id)).status).toBe('in_progress')
    const done = await client.batches.retrieve(id)
    expect(done).toMatchObject({ status: 'completed', request_counts: { total: 20, completed: 20, failed: 0 } })
    const ids = (await read(client, done.output_file_id)).map((line) => line.custom_id)
    expect(ids).not.toEqual(ids.toSorted((a, b) => Number(a.slice(1)) - Number(b.slice(1))))
    expect(new Set(ids).size).toBe(20)
    expect(provider.calls.filter((call) => call.batched)).toHaveLength(20)
  })

  test('a poisoned line fails alone', async () => {
    const { client } = await start({ finishAfterPolls: 0, poison: 'POISON' })
    const { id } = await submit(
      client,
      lines(10, (index) => (index === 3 ? 'POISON' : `item ${index}`)),
    )
    const done = await client.batches.retrieve(id)
    expect(done.request_counts).toMatchObject({ completed: 9, failed: 1 })
    expect(
      (await read(client, done.error_file_id)).map((line) => [line.custom_id, line.response?.status_code]),
    ).toEqual([['c3', 400]])
  })

  test('expires with what was not done, and waits for its clock', async () => {
    const clock = manualClock(0)
    const { client } = await start({
      finishAfterPolls: 0,
      finishAfterMs: 1_000,
      clock,
      behaviour: { honest: 1, hang: 1 },
    })
    const { id } = await submit(client, lines(20))
    expect((await client.batches.retrieve(id)).status).toBe('in_progress')
    clock.advance(1_000)
    const done = await client.batches.retrieve(id)
    expect(done.status).toBe('expired')
    const expired = await read(client, done.error_file_id)
    expect(expired.every((line) => line.error?.code === 'batch_expired')).toBe(true)
    expect(expired.length + (await read(client, done.output_file_id)).length).toBe(20)
  })

  test('a file with a repeated id fails as a whole', async () => {
    const { client } = await start()
    const { id } = await submit(client, `${lines(1)}\n${lines(1)}`)
    expect(await client.batches.retrieve(id)).toMatchObject({
      status: 'failed',
      errors: { data: [{ code: 'duplicate_custom_id' }] },
    })
  })
})
