/** Deployments to the stand-in of the platform, in process. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DeployFailure } from '../../scripts/deploy/failure.ts'
import type { Step } from '../../scripts/deploy/steps.ts'
import { secretsApart, secretsIn, writesSince, wrongWith } from './judge.ts'
import { killedRuns } from './killed.ts'
import { createOperator, type Operator, ROOT } from './operator.ts'
import { duplicatesOf, stateOf } from './platform/account.ts'
import { type PlatformOptions, type StandIn, startPlatform, TOKEN } from './platform/server.ts'
import { AGENT } from './recorded_wrangler.ts'

let platform: StandIn
let operator: Operator

async function open(options: PlatformOptions = {}): Promise<void> {
  platform = await startPlatform(options)
  operator = createOperator(platform)
}

async function close(): Promise<void> {
  operator.remove()
  await platform.close()
}

async function reopened(options: PlatformOptions): Promise<void> {
  await close()
  await open(options)
}

beforeEach(() => open())
afterEach(close)

/** All of them: `npm run check:deploy`. */
const everyEighth = (count: number): number[] => Array.from({ length: Math.ceil(count / 8) }, (_, at) => 1 + at * 8)

const failure = (code: string) => (error: unknown) => {
  expect(error).toBeInstanceOf(DeployFailure)
  expect((error as DeployFailure).code).toBe(code)
  return error as DeployFailure
}
const refused = async (run: Promise<unknown>, code: string) =>
  failure(code)(
    await run.then(
      () => 'it ran',
      (error) => error,
    ),
  )

test('a first run makes everything, a second one writes nothing', async () => {
  const first = await operator.run()
  expect(first.changes).toBeGreaterThan(20)
  const { account } = platform
  expect(account.databases.map(({ name }) => name).sort()).toEqual([
    'shelfwise-catalogue',
    'shelfwise-live',
    'shelfwise-operations',
  ])
  expect(account.databases.find(({ name }) => name === 'shelfwise-catalogue')?.replication).toBe('auto')
  expect(account.queues).toHaveLength(6)
  expect(account.indexes).toMatchObject([{ name: 'shelfwise-items', config: { dimensions: 256, metric: 'cosine' } }])
  expect([...account.scripts.keys()]).toEqual([
    'shelfwise-model',
    'shelfwise-enrich',
    'shelfwise-ingest',
    'shelfwise-api',
  ])
  expect(account.scripts.get('shelfwise-enrich')?.crons).toHaveLength(3)
  expect(secretsApart(account)).toEqual([])
  const state = stateOf(account)
  const from = platform.calls.length
  const second = await operator.run()
  expect(second.changes).toBe(0)
  expect(writesSince(platform, from)).toEqual([])
  expect(wrongWith(account, state)).toEqual([])
  expect(platform.unknown).toEqual([])
})

test('a dry run tells the same list and writes nothing, neither there nor here', async () => {
  const dry = await operator.run(['--dry-run'])
  expect(writesSince(platform, 0)).toEqual([])
  expect(readdirSync(operator.folder)).toEqual([])
  const real = await operator.run()
  expect(dry.changes).toBe(real.changes)
  expect(dry.told.map(({ step }) => step)).toEqual(real.told.map(({ step }) => step))
  // Control: the count sees what the real run wrote.
  expect(writesSince(platform, 0).length).toBeGreaterThan(40)
  expect((await operator.run(['--dry-run'])).changes).toBe(0)
})

test('without a token a dry run tells what a first run makes, and anything else is refused', async () => {
  const env = { CLOUDFLARE_API_BASE_URL: platform.base }
  expect((await operator.run(['--dry-run'], { env })).changes).toBeGreaterThan(15)
  await refused(operator.run([], { env }), 'no_token')
  expect(platform.calls).toEqual([])
})

test('a platform that is slow to be reached, limits and fails once a call changes nothing of the end', async () => {
  await operator.run()
  const wanted = stateOf(platform.account)
  for (const kind of ['before', 'after'] as const) {
    const failed = new Set<string>()
    let count = 0
    await reopened({
      habits: { perPageMax: 2 },
      fault: ({ method, path, writes, agent }) => {
        if (agent === AGENT) return null
        if (++count % 5 === 0) return 'limited'
        const key = `${method} ${path}`
        if (!writes || failed.has(key)) return null
        failed.add(key)
        return kind
      },
    })
    await operator.run().catch(() => operator.run())
    expect(failed.size).toBeGreaterThan(5)
    expect(wrongWith(platform.account, wanted)).toEqual([])
  }
})

test('a platform that stays away is told as such, and the next run goes on', async () => {
  let away = true
  await reopened({ fault: ({ path }) => (away && path.includes('/vectorize/') ? 'before' : null) })
  await refused(operator.run(), 'platform_unavailable')
  expect(platform.account.queues).toHaveLength(6)
  away = false
  await operator.run()
  expect(duplicatesOf(platform.account)).toEqual([])
  expect(platform.account.scripts.size).toBe(4)
})

test('killed behind any written call, the next run ends as a whole one', async () => {
  const { count, runs } = await killedRuns({ points: everyEighth })
  expect(count).toBeGreaterThan(50)
  expect(runs.filter(({ wrong }) => wrong.length > 0)).toEqual([])
})

test('killed while a secret is renewed, every worker has the new one in the end; control: without the note of it not', async () => {
  const renewal = {
    argv: ['--renew', 'SIGNING_SECRET'],
    again: true,
    points: (all: number) => Array.from({ length: all }, (_, at) => at + 1),
  }
  const { count, runs } = await killedRuns(renewal)
  expect(count).toBeGreaterThan(5)
  expect(runs.filter(({ wrong }) => wrong.length > 0)).toEqual([])
  const forgotten = await killedRuns({
    ...renewal,
    points: () => [3],
    between: ({ folder }) => rmSync(join(folder, 'secrets_under_way.json'), { force: true }),
  })
  expect(forgotten.runs.some(({ wrong }) => wrong.some((one) => one.includes('SIGNING_SECRET')))).toBe(true)
})

test('control: a run that believes the upload alone leaves a killed deployment without crons or consumers', async () => {
  const { runs } = await killedRuns({
    points: (all) => [all - 12, all - 10],
    changes: {
      adapt: (steps) => {
        const ids = new Map(steps.map((step) => [step.name, step]))
        return [...ids.values()].map((step) =>
          step.name.startsWith('worker ') ? { ...step, proves: false, look: async () => believing(step) } : step,
        )
      },
    },
  })
  expect(runs.some(({ wrong }) => wrong.some((one) => one.startsWith('not the same end')))).toBe(true)
})

/** Takes every lack but that of the code itself for none. */
async function believing(step: Step) {
  const standing = await step.look()
  const code = standing.done || /first time|what changed|with /.test(standing.said)
  return code ? standing : { done: true, said: 'uploaded' }
}

test('control: a deployment that creates without looking makes duplicates, or is refused', async () => {
  const blind: typeof fetch = async (input, init) => {
    const url = String(input)
    const list = /\/(?:d1\/database|storage\/kv\/namespaces|queues|vectorize\/v2\/indexes)\?|\/vectorize\/v2\/indexes$/
    if ((init?.method ?? 'GET') === 'GET' && list.test(url))
      return Response.json({ success: true, errors: [], result: [] })
    return fetch(input, init)
  }
  const onlyResources = (steps: readonly Step[]) =>
    steps.filter((step) => /^(?:database|KV|queue|Vectorize)/.test(step.name))
  const changes = { fetch: blind, adapt: onlyResources }
  await operator.run([], changes).catch(() => {})
  await refused(operator.run([], changes), 'platform_refused')
  expect(duplicatesOf(platform.account)).toEqual([])
  await reopened({ habits: { refusesDuplicates: false } })
  await operator.run([], changes).catch(() => {})
  await operator.run([], changes).catch(() => {})
  expect(duplicatesOf(platform.account)).toContain('database shelfwise-catalogue')
  // The shipped one, on the same platform.
  await reopened({ habits: { refusesDuplicates: false } })
  await operator.run()
  await operator.run(['--force'])
  expect(duplicatesOf(platform.account)).toEqual([])
})

test('control: the wrong order is refused by what a worker is bound to', async () => {
  const reversed = (steps: readonly Step[]) => {
    const workers = steps.filter((step) => step.name.startsWith('worker '))
    return [...steps.filter((step) => !workers.includes(step)), ...workers.reverse()]
  }
  const told = await refused(operator.run([], { adapt: reversed }), 'wrangler_failed')
  expect(told.message).toMatch(/service binding .* not found/)
  expect(platform.account.scripts.size).toBe(0)
})

test('a second installation lies beside the first in the same account', async () => {
  await operator.run()
  const first = stateOf(platform.account)
  const staging = createOperator(platform, 2)
  await staging.run(['--env', 'staging', '--address', 'https://shelfwise-api.a-shop.workers.dev'])
  staging.remove()
  const { account } = platform
  expect(account.scripts.size).toBe(8)
  expect(account.buckets).toEqual(['shelfwise-archive', 'shelfwise-archive-staging'])
  const bindings = account.deployed('shelfwise-api-staging')!.bindings
  expect(bindings.find(({ name }) => name === 'INGEST')?.service).toBe('shelfwise-ingest-staging')
  expect(bindings.find(({ name }) => name === 'PUBLIC_LIMIT')?.namespace_id).not.toBe('1001')
  const own = new Set(account.deployed('shelfwise-api')!.bindings.map(({ id }) => id))
  expect(bindings.filter(({ type, id }) => type === 'd1' && own.has(id))).toEqual([])
  // The first is as it was.
  const from = platform.calls.length
  await operator.run()
  expect(writesSince(platform, from)).toEqual([])
  expect(JSON.parse(first).scripts).toEqual(
    JSON.parse(stateOf(account)).scripts.filter((one: { name: string }) => !one.name.endsWith('-staging')),
  )
})

test('secrets are asked for once, only those that are missing, and are said and kept nowhere else', async () => {
  const asked: string[] = []
  const ask = async (question: string) => {
    asked.push(question)
    return ''
  }
  const env = {
    CLOUDFLARE_API_TOKEN: TOKEN,
    CLOUDFLARE_API_BASE_URL: platform.base,
    WEBHOOK_SECRETS_KEY: 'w'.repeat(44),
  }
  await operator.run([], { ask, env })
  expect(asked).toHaveLength(2)
  await operator.run([], { ask, env })
  expect(asked).toHaveLength(2)
  const values = [...secretsIn(platform.account), TOKEN]
  expect(values).toHaveLength(5)
  const made = join(operator.folder, 'made_secrets.json')
  expect(statSync(made).mode & 0o077).toBe(0)
  const { SHELFWISE_ADMIN_KEY } = JSON.parse(readFileSync(made, 'utf8')) as Record<string, string>
  const leaks = () =>
    [
      ...filesUnder(operator.folder)
        .filter((file) => file !== made)
        .map((file) => readFileSync(file, 'utf8')),
      ...operator.said,
    ].filter((text) => [...values, SHELFWISE_ADMIN_KEY!].some((value) => text.includes(value)))
  expect(leaks()).toEqual([])
  operator.said.push(`SIGNING_SECRET is ${values[0]}`)
  expect(leaks()).toHaveLength(1)
  // The admin key itself is never sent.
  expect(values).not.toContain(SHELFWISE_ADMIN_KEY)
  expect(existsSync(join(operator.folder, 'secrets_under_way.json'))).toBe(false)
})

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)],
  )
}

test('what stands in the way is told by its code', async () => {
  const env = { CLOUDFLARE_API_TOKEN: 'another', CLOUDFLARE_API_BASE_URL: platform.base }
  await refused(operator.run([], { env }), 'token_refused')
  await refused(operator.run(['--renew', 'NO_SUCH']), 'usage')
  platform.account.subdomain = null
  await refused(operator.run(), 'no_subdomain')
  platform.account.subdomain = 'a-shop'
  platform.account.indexes.push({
    name: 'shelfwise-items',
    config: { dimensions: 512, metric: 'cosine' },
    metadata: [],
  })
  await refused(operator.run(), 'index_differs')
  platform.account.indexes.pop()
  platform.account.plan = 'free'
  const told = await refused(operator.run(), 'plan_too_small')
  expect(told.message).toMatch(/Free plan/)
  platform.account.plan = 'paid'
  expect((await operator.run()).changes).toBeGreaterThan(0)
  const bad = { CLOUDFLARE_API_TOKEN: TOKEN, CLOUDFLARE_API_BASE_URL: platform.base, SHELFWISE_ADMIN_KEY: 'short' }
  expect(
    (await refused(operator.run(['--renew', 'ADMIN_KEY_HASH'], { env: bad }), 'secret_unfit')).message,
  ).not.toContain('short”')
})

test('no deploy script names a stand-in', () => {
  const scripts = filesUnder(join(ROOT, 'scripts/deploy')).filter((file) => !file.endsWith('.test.ts'))
  expect(scripts.length).toBeGreaterThan(20)
  expect(scripts.filter((file) => readFileSync(file, 'utf8').includes('workers/local'))).toEqual([])
})
