/** What shoppers type of themselves reaches neither a provider, nor the ledger, nor a log, nor the archive. */
import { afterEach, expect, test } from 'vitest'
import { chunk } from '../../shared/base/batch.ts'
import { manualClock } from '../../shared/base/clock.ts'
import { seededRng } from '../../shared/base/rng.ts'
import { createRollingBreaker } from '../../shared/base/rolling_breaker.ts'
import type { Log } from '../../shared/observe/log.ts'
import { redact } from '../../shared/prompt/redact.ts'
import { createCallRecords } from '../../shared/store/call_records.ts'
import { createModelBatchStore } from '../../shared/store/operations/model_batches.ts'
import { createModelCallStore } from '../../shared/store/operations/model_calls.ts'
import { createMemoryR2 } from '../../workers/local/node/memory_r2.ts'
import { createCompleter } from '../../workers/model/completer.ts'
import { providerSchema } from '../../workers/model/config.ts'
import { createClient } from '../../workers/model/openai_client.ts'
import { createOperations, NOW, SHOP } from '../support/unit_catalogue.ts'
import { completion, startProvider, type UnitProvider } from '../support/unit_provider.ts'
import { givesAway, makeProfiles, type Profile } from './shopper_secrets.ts'
import { makeQueries } from './shopping_queries.ts'

const SEED = Number(process.env.SEED ?? 20_261_121)
const PROFILES = 10_000
const PER_CALL = 50
/** Of ordinary queries that may lose a number. */
const FALSE_POSITIVES_MAX = 0.005

const running: UnitProvider[] = []
afterEach(async () => {
  for (const provider of running.splice(0)) await provider.close()
})

/** Sends every query through the door; the provider says back what it was told. @returns all that was kept or sent, by query */
async function throughTheDoor(profiles: readonly Profile[], purpose: string): Promise<string[][]> {
  const provider = await startProvider((asked) => ({
    body: completion(JSON.stringify({ heard: asked.messages[1]!.content })),
  }))
  running.push(provider)
  const lines: string[] = []
  const write = (...told: unknown[]) => void lines.push(JSON.stringify(told))
  const log: Log = { info: write, error: (event, error, fields) => write(event, String(error), fields) }
  const db = await createOperations()
  const clock = manualClock(NOW)
  const bucket = createMemoryR2({ clock })
  const { chat } = providerSchema.parse({
    name: 'unit',
    base_url: provider.url,
    chat: { model: 'm-1', input_price: 0, output_price: 0 },
  })
  let claims = 0
  const completer = createCompleter({
    ...{ provider: 'unit', chat: chat!, log, clock, dailyMicro: 1_000_000_000 },
    client: createClient({ ...providerSchema.parse({ name: 'unit', base_url: provider.url }), key: 'k' }),
    breaker: createRollingBreaker(clock),
    heard: { atMs: Number.NEGATIVE_INFINITY },
    calls: createModelCallStore(db),
    batches: createModelBatchStore(db),
    records: createCallRecords(bucket),
    sleep: async () => {},
    unique: () => `claim-${++claims}`,
  })
  const kept: string[][] = []
  for (const [index, part] of chunk(profiles, PER_CALL).entries()) {
    const call = {
      ...{ key: `call-${index}`, shop: SHOP, purpose, system: 'Order the shelf.', schemaName: 'x', schema: {} },
      // One line a query, so that a number of one is never beside a number of the next.
      user: JSON.stringify({ queries: part.map(({ query }) => query) }),
      maxOutputTokens: 50,
      trace: { prompt: 'rank', version: 1, of: `order-${index}` },
    }
    const result = await completer.complete(call, 10_000)
    expect(result.ok).toBe(true)
    const row = JSON.stringify(await db.prepare('SELECT * FROM model_calls WHERE key = ?1').bind(call.key).first())
    const record = await (await bucket.list({ prefix: `calls/v1/${SHOP}/` })).objects
    const object = await (await bucket.get(record.find(({ key }) => key.includes(`call-${index}.json`))!.key))!.text()
    const sent = (JSON.parse(provider.chats[index]!.messages[1]!.content) as { queries: string[] }).queries
    for (const at of part.keys()) kept.push([sent[at]!])
    kept.push([row, object, JSON.stringify(provider.chats[index]), ...lines.splice(0)])
  }
  return kept
}

function leaksOf(profiles: readonly Profile[], kept: readonly string[][]): string[] {
  const leaks: string[] = []
  const parts = chunk(profiles, PER_CALL)
  let place = 0
  for (const part of parts) {
    const sent = part.map(() => kept[place++]![0]!)
    const rest = kept[place++]!
    for (const [at, profile] of part.entries()) {
      for (const secret of profile.secrets) {
        if (givesAway(sent[at]!, secret)) leaks.push(`${secret.kind} ${secret.text}: ${sent[at]}`)
        // Elsewhere as it was written: digits of many queries stand beside each other there.
        for (const text of rest) if (text.includes(secret.text)) leaks.push(`${secret.kind} ${secret.text} is kept`)
      }
    }
  }
  return leaks
}

test(`of ${PROFILES} shoppers' own words no address, number or account leaves the house or is kept (seed ${SEED})`, async () => {
  const profiles = makeProfiles(seededRng(SEED), PROFILES)
  const leaks = leaksOf(profiles, await throughTheDoor(profiles, 'rerank'))
  expect(leaks.slice(0, 20)).toEqual([])
}, 60_000)

test('control: without redaction nearly all of them are seen to leak', async () => {
  const profiles = makeProfiles(seededRng(SEED), 500)
  // The purpose of a catalogue's own texts, which are sent as they are.
  const leaks = leaksOf(profiles, await throughTheDoor(profiles, 'understand'))
  expect(leaks.length).toBeGreaterThan(500)
})

test('control: a redaction that knows no check digits, or no telephone numbers, is caught', () => {
  const profiles = makeProfiles(seededRng(SEED), 2_000)
  const leaky = (query: string) => query.replace(/[\w.+-]+@[\w.-]+/g, '[email]')
  const leaks = profiles.flatMap(({ query, secrets }) => secrets.filter((secret) => givesAway(leaky(query), secret)))
  for (const kind of ['phone', 'card', 'iban', 'credential'] as const)
    expect(leaks.filter((leak) => leak.kind === kind).length).toBeGreaterThan(100)
})

test(`of ${PROFILES} ordinary queries at most one in two hundred loses a number (seed ${SEED})`, () => {
  const queries = makeQueries(seededRng(SEED), PROFILES)
  const changed = queries.filter((query) => redact(query) !== query)
  expect(changed.length, changed.slice(0, 20).join('\n')).toBeLessThanOrEqual(PROFILES * FALSE_POSITIVES_MAX)
})

test('control: a redaction that takes every long number is caught', () => {
  const queries = makeQueries(seededRng(SEED), PROFILES)
  const greedy = (query: string) => query.replace(/\d(?:[ .-]?\d){6,}/g, '[number]')
  expect(queries.filter((query) => greedy(query) !== query).length).toBeGreaterThan(PROFILES * FALSE_POSITIVES_MAX)
})
