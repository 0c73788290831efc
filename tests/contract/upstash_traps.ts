/** What the client of Upstash does of its own accord, and what the product asks of it instead. */
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from '@upstash/redis/cloudflare'
import { createUpstashLiveEraser } from '../../shared/store/live/forget.ts'
import { createUpstashLiveStore, recentKey } from '../../shared/store/live/live_upstash.ts'
import {
  CLIENT_OPTIONS,
  createUpstashClient,
  type UpstashClient,
  UpstashFailure,
  type UpstashFault,
} from '../../shared/store/live/upstash_client.ts'
import type { DoorRequest } from '../../workers/local/upstash/door.ts'
import type { MemoryRedis } from '../../workers/local/upstash/memory_redis.ts'
import { NOW, SHOP } from '../support/unit_catalogue.ts'
import { TOKEN, type UpstashShim } from '../support/unit_upstash_shim.ts'
import type { Check } from './checks.ts'
import { event } from './live_store.ts'

export interface TrapForm {
  shim: UpstashShim
  clientOf: UpstashClient
}

const SHOPPER = 'u:alice@example.org'
const SLOW_MS = 60
/** An answer that takes longer than this is none. */
const NEVER_MS = 1_000

const configOf = ({ shim }: TrapForm, timeoutMs = 10_000) => ({ url: shim.url, token: TOKEN, timeoutMs })
const storeOf = (form: TrapForm, timeoutMs?: number) => createUpstashLiveStore(configOf(form, timeoutMs), form.clientOf)
const append = (form: TrapForm, timeoutMs?: number) =>
  storeOf(form, timeoutMs).append(SHOP, [{ shopper: SHOPPER, events: [event('a')] }], NOW)

/** What the work came to, or `never`. */
async function ended(work: Promise<unknown>): Promise<unknown> {
  const outcome = work.catch((error: unknown) => error)
  const timer = new AbortController()
  const first = await Promise.race([outcome, pause(NEVER_MS, 'never', { signal: timer.signal }).catch(() => 'never')])
  timer.abort()
  return first
}

async function fails(work: Promise<unknown>, fault: UpstashFault): Promise<void> {
  const outcome = await ended(work)
  assert.ok(outcome instanceof UpstashFailure, `came to ${String(outcome)}`)
  assert.equal(outcome.fault, fault)
}

/** The requests that the work sent. */
async function sent(form: TrapForm, work: () => Promise<unknown>): Promise<DoorRequest[]> {
  const requests: DoorRequest[] = []
  const { between } = form.shim
  form.shim.between = (request, door) => {
    requests.push(request)
    return between === null ? door(request) : between(request, door)
  }
  try {
    await work()
    return requests
  } finally {
    form.shim.between = between
  }
}

/** What a function of this process was called with meanwhile. */
async function spied<Name extends 'fetch'>(name: Name, work: () => Promise<unknown>): Promise<RequestInit[]> {
  const own = globalThis[name]
  const calls: RequestInit[] = []
  globalThis[name] = (input, init) => {
    calls.push(init ?? {})
    return own(input, init)
  }
  try {
    await work()
    return calls
  } finally {
    globalThis[name] = own
  }
}

async function printed(work: () => Promise<unknown>): Promise<string[]> {
  const own = { log: console.log, warn: console.warn, error: console.error }
  const lines: string[] = []
  const note = (...parts: unknown[]) => void lines.push(parts.join(' '))
  Object.assign(console, { log: note, warn: note, error: note })
  try {
    await work()
    return lines
  } finally {
    Object.assign(console, own)
  }
}

export const TRAP_CHECKS: ReadonlyArray<Check<TrapForm>> = [
  {
    name: 'a write whose answer is lost is sent once',
    async run(form) {
      form.shim.between = async (request, door) => {
        await door(request)
        return 'drop'
      }
      const requests = await sent(form, () => fails(append(form), 'unreachable'))
      assert.equal(requests.length, 1)
    },
  },
  {
    name: 'text that looks like a number stays text',
    async run(form) {
      for (const text of ['007', '12345678901234567890', '9007199254740993', 'true', '[1,2]']) {
        const client = form.clientOf(configOf(form))
        await client.set('n', text)
        assert.equal(await client.get('n'), text)
      }
    },
  },
  {
    name: 'commands go out one by one, in the order of their calls',
    async run(form) {
      const client = form.clientOf(configOf(form))
      const paths = await sent(form, () => Promise.all([client.set('a', '1'), client.get('a'), client.set('a', '2')]))
      assert.deepEqual(paths.map(({ path, body }) => [path, (JSON.parse(body) as string[])[0]?.toLowerCase()]).sort(), [
        ['/', 'get'],
        ['/', 'set'],
        ['/', 'set'],
      ])
    },
  },
  {
    name: 'a timeout throws, for reads and for writes',
    async run(form) {
      form.shim.hang = true
      await fails(storeOf(form, SLOW_MS).recent(SHOP, SHOPPER), 'timeout')
      await fails(append(form, SLOW_MS), 'timeout')
      form.shim.hang = false
    },
  },
  {
    name: 'no fetch is kept alive',
    async run(form) {
      for (const init of await spied('fetch', () => append(form))) assert.notEqual(init.keepalive, true)
    },
  },
  {
    name: 'nothing is printed',
    run: async (form) => assert.deepEqual(await printed(() => append(form)), []),
  },
  {
    name: 'nobody is told what runs here',
    async run(form) {
      const [request] = await sent(form, () => append(form))
      assert.deepEqual(
        Object.keys(request!.headers).filter((header) => header.startsWith('upstash-telemetry')),
        [],
      )
    },
  },
  {
    name: "no shopper's sync token goes with another's request",
    async run(form) {
      const requests = await sent(form, async () => {
        const store = storeOf(form)
        await store.append(SHOP, [{ shopper: 'u:1', events: [event('a')] }], NOW)
        await store.recent(SHOP, 'u:2')
      })
      assert.deepEqual(
        requests.map(({ headers }) => headers['upstash-sync-token'] ?? ''),
        ['', ''],
      )
    },
  },
  {
    name: 'an erasure sees what was written just now, in every region',
    async run(form) {
      // Only the imitation can be made to lag.
      const engine = form.shim.engine as Partial<MemoryRedis>
      const behind = engine.copy?.()
      await append(form)
      form.shim.replica = behind ?? null
      assert.equal(await createUpstashLiveEraser(configOf(form), form.clientOf).erase(SHOP, 'all'), 1)
      form.shim.replica = null
      assert.deepEqual(await storeOf(form).recent(SHOP, SHOPPER), [])
    },
  },
  {
    name: 'what one command of a transaction was refused is a failure',
    async run(form) {
      await form.shim.engine.pipeline([['SET', recentKey(SHOP, SHOPPER), 'no list']])
      await fails(append(form), 'refused')
    },
  },
  {
    name: 'a refusal does not repeat who was asked about',
    async run(form) {
      await form.shim.engine.pipeline([['SET', recentKey(SHOP, SHOPPER), 'no list']])
      const asked = createUpstashLiveStore({ ...configOf(form), token: 'wrong' }, form.clientOf)
      const works = [() => storeOf(form).recent(SHOP, SHOPPER), () => append(form), () => asked.recent(SHOP, SHOPPER)]
      for (const work of works) {
        const error = (await ended(work())) as Error
        assert.ok(error instanceof UpstashFailure)
        assert.ok(!`${error.message}${error.stack}${String(error.cause)}`.includes('alice'))
      }
    },
  },
  {
    name: 'a refused token throws, after one request',
    async run(form) {
      const store = createUpstashLiveStore({ ...configOf(form), token: 'wrong' }, form.clientOf)
      const requests = await sent(form, () => fails(store.recent(SHOP, SHOPPER), 'refused'))
      assert.equal(requests.length, 1)
    },
  },
  {
    name: 'a write is one request, and one transaction, whatever the number of shoppers',
    async run(form) {
      const rows = Array.from({ length: 50 }, (_, index) => ({ shopper: `u:${index}`, events: [event('a')] }))
      const requests = await sent(form, () => storeOf(form).append(SHOP, rows, NOW))
      assert.deepEqual(
        requests.map(({ path }) => path),
        ['/multi-exec'],
      )
    },
  },
  {
    name: 'an answer of nonsense is a failure, and no past',
    async run(form) {
      for (const body of GARBAGE) {
        form.shim.between = async () => ({ status: 200, headers: {}, body })
        await fails(storeOf(form).recent(SHOP, SHOPPER), 'unreadable')
        await fails(append(form), 'unreadable')
        await fails(createUpstashLiveEraser(configOf(form), form.clientOf).erase(SHOP, 'all'), 'unreadable')
      }
    },
  },
  {
    name: 'nobody there is a failure at once',
    async run(form) {
      // Port 9 of this machine: nothing listens there.
      const config = { url: 'http://127.0.0.1:9', token: TOKEN, timeoutMs: 10_000 }
      await fails(createUpstashLiveStore(config, form.clientOf).recent(SHOP, SHOPPER), 'unreachable')
    },
  },
]

const base64 = (text: string) => Buffer.from(text).toString('base64')
const GARBAGE = [
  ...['', '<html>', '{}', '[]', 'null', '0', '"text"', '{"result":null}', '{"result":"bm9uc2Vuc2U="}', '[{}]'],
  ...['{"result":[1]}', '{"result":[["a"]]}', '[{"result":null},{"result":null},{"result":null}]'],
  JSON.stringify({ result: [base64('not JSON')] }),
  JSON.stringify({ result: [base64('["a","no such type",1,null]')] }),
  JSON.stringify({ result: [base64('["a","view","late",null]')] }),
]

interface BrokenClient {
  name: string
  caughtBy: string
  clientOf: UpstashClient
}

type Options = ConstructorParameters<typeof Redis>[0]
const withOptions =
  (over: Partial<Options>): UpstashClient =>
  (config) =>
    new Redis({
      ...{ ...CLIENT_OPTIONS, url: config.url, token: config.token },
      ...{ signal: () => AbortSignal.timeout(config.timeoutMs), ...over },
    } as Options)

const shared = new Map<string, Redis>()

/** The client with one of its own choices left to it. */
export const BROKEN_CLIENTS: readonly BrokenClient[] = [
  {
    name: 'no retries, as the client understands it',
    caughtBy: 'a write whose answer is lost is sent once',
    clientOf: withOptions({ retry: false }),
  },
  {
    name: 'its own retries',
    caughtBy: 'a write whose answer is lost is sent once',
    clientOf: withOptions({ retry: { retries: 5, backoff: () => 1 } }),
  },
  {
    name: 'answers parsed as JSON',
    caughtBy: 'text that looks like a number stays text',
    clientOf: withOptions({ automaticDeserialization: true }),
  },
  {
    name: 'commands of one tick merged',
    caughtBy: 'commands go out one by one, in the order of their calls',
    clientOf: withOptions({ enableAutoPipelining: true }),
  },
  {
    name: 'a plain abort signal',
    caughtBy: 'a timeout throws, for reads and for writes',
    clientOf: (config) => withOptions({ signal: AbortSignal.timeout(config.timeoutMs) })(config),
  },
  {
    name: 'no signal',
    caughtBy: 'a timeout throws, for reads and for writes',
    clientOf: withOptions({ signal: undefined as never }),
  },
  { name: 'keepalive', caughtBy: 'no fetch is kept alive', clientOf: withOptions({ keepAlive: true }) },
  { name: 'latencies logged', caughtBy: 'nothing is printed', clientOf: withOptions({ latencyLogging: true }) },
  { name: 'telemetry', caughtBy: 'nobody is told what runs here', clientOf: withOptions({ enableTelemetry: true }) },
  {
    name: 'one client for all',
    caughtBy: "no shopper's sync token goes with another's request",
    clientOf: (config) => {
      const client = shared.get(config.url) ?? createUpstashClient(config)
      shared.set(config.url, client)
      return client
    },
  },
  {
    name: 'no sync token',
    caughtBy: 'an erasure sees what was written just now, in every region',
    clientOf: withOptions({ readYourWrites: false }),
  },
]
