/** The imitation of Redis beside redis-server: the same commands, the same replies; and Upstash's door before either. */
import assert from 'node:assert/strict'
import { type Rng, seededRng } from '../../shared/base/rng.ts'
import type { Command, RedisEngine, Reply } from '../../workers/local/upstash/engine.ts'
import { RedisError } from '../../workers/local/upstash/engine.ts'
import { TOKEN } from '../support/unit_upstash_shim.ts'
import type { Check } from './checks.ts'

const KEYS = ['a', 'b', 'c', '商品', 'with blank']
const TEXTS = [
  '',
  '0',
  '41',
  '-7',
  '007',
  '9007199254740991',
  '9007199254740993',
  '9223372036854775806',
  'x',
  '𠮷',
  '～',
  'é',
]
// What is usual comes more often: slips alone would leave the sets empty.
const RANKS = [
  ...['0', '0', '0', '0', '-1', '-1', '-1', '-1'],
  ...['0', '1', '-1', '-3', '2', '100', '-100', '+1', '1.5', 'x', ''],
]
const SCORES = [
  ...Array.from({ length: 40 }, (_, at) => String(at * 7 - 20)),
  ...['0', '-5', '17', '1767225600000', '1e3', 'inf', '-inf', '+3', '.5e1', 'x', ''],
]

const pick = <T>(rng: Rng, list: readonly T[]): T => list[rng.int(list.length)]!
const many = <T>(rng: Rng, most: number, make: () => T): T[] => Array.from({ length: 1 + rng.int(most) }, make)

type Make = (rng: Rng) => string[]
const key: Make = (rng) => [pick(rng, KEYS)]
const COMMANDS: Readonly<Record<string, Make>> = {
  PING: () => [],
  GET: key,
  SET: (rng) => [
    ...key(rng),
    pick(rng, TEXTS),
    ...(rng.next() < 0.3 ? [pick(rng, ['EX', 'ex', 'PX', 'ZZ']), pick(rng, ['1000000', '0', 'x'])] : []),
  ],
  DEL: (rng) => many(rng, 3, () => pick(rng, KEYS)),
  EXISTS: (rng) => many(rng, 3, () => pick(rng, KEYS)),
  TYPE: key,
  EXPIRE: (rng) => [...key(rng), pick(rng, ['1000000', '0', '-1', 'x'])],
  TTL: key,
  INCR: key,
  INCRBY: (rng) => [...key(rng), pick(rng, ['1', '-1', '9007199254740993', '9223372036854775807', 'x', '01'])],
  ZADD: (rng) => [...key(rng), ...many(rng, 4, () => [pick(rng, SCORES), pick(rng, TEXTS)]).flat()],
  ZCARD: key,
  ZSCORE: (rng) => [...key(rng), pick(rng, TEXTS)],
  ZRANGE: (rng) => [
    ...key(rng),
    pick(rng, RANKS),
    pick(rng, RANKS),
    ...(rng.next() < 0.4 ? [pick(rng, ['REV', 'WITHSCORES', 'withscores', 'ZZ'])] : []),
  ],
  ZREMRANGEBYRANK: (rng) => [...key(rng), pick(rng, RANKS), pick(rng, RANKS)],
  ZREMRANGEBYSCORE: (rng) => [...key(rng), pick(rng, SCORES), pick(rng, SCORES)],
  DBSIZE: () => [],
  NOSUCH: key,
}

export function randomCommands(seed: number, count: number): Command[] {
  const rng = seededRng(seed)
  const names = [...Object.keys(COMMANDS), 'ZADD', 'ZADD', 'ZADD', 'ZRANGE', 'ZRANGE']
  return Array.from({ length: count }, () => {
    const name = pick(rng, names)
    const args = COMMANDS[name]!(rng)
    // A few have an argument too many or too few.
    const slip = rng.next()
    return [
      rng.next() < 0.5 ? name : name.toLowerCase(),
      ...(slip < 0.03 ? args.slice(1) : slip < 0.06 ? [...args, 'x'] : args),
    ]
  })
}

/** Of a life only that there is one: the two clocks differ. */
const comparable = (command: Command, reply: Reply): unknown => {
  if (reply instanceof RedisError) return { error: reply.message }
  return command[0]!.toUpperCase() === 'TTL' && typeof reply === 'number' && reply > 0 ? 'some' : reply
}

/** @returns replies that were compared */
export async function compareEngines(
  one: RedisEngine,
  other: RedisEngine,
  seed: number,
  count: number,
): Promise<number> {
  const commands = randomCommands(seed, count)
  const rng = seededRng(seed + 1)
  let compared = 0
  for (let at = 0; at < commands.length; ) {
    const part = commands.slice(at, at + 1 + rng.int(5))
    at += part.length
    const form = rng.next() < 0.5 ? 'pipeline' : 'transaction'
    const run = async (engine: RedisEngine) => {
      try {
        return (await engine[form](part)).map((reply, index) => comparable(part[index]!, reply))
      } catch (error) {
        assert.ok(error instanceof RedisError, String(error))
        return error.message
      }
    }
    const [mine, theirs] = [await run(one), await run(other)]
    assert.deepEqual(mine, theirs, `seed ${seed}, ${form} of ${JSON.stringify(part)}`)
    compared += part.length
  }
  for (const count of ['1', '3', '1000'])
    for (const pattern of ['*', 'a', '?', 'with*', '商*'])
      assert.deepEqual(
        await scanAll(one, pattern, count),
        await scanAll(other, pattern, count),
        `SCAN ${pattern} ${count}`,
      )
  return compared
}

/** The names are walked in an order of each one's own. */
async function scanAll(engine: RedisEngine, pattern: string, count: string): Promise<string[]> {
  const found: string[] = []
  let cursor = '0'
  do {
    const [page] = await engine.pipeline([['SCAN', cursor, 'MATCH', pattern, 'COUNT', count]])
    assert.ok(Array.isArray(page))
    found.push(...(page[1] as string[]))
    cursor = page[0] as string
  } while (cursor !== '0')
  return [...new Set(found)].sort()
}

type Broken = (reply: Reply, command: Command) => Reply

/** Imitations that are wrong in one thing: the comparison has to tell. */
export const BROKEN_REPLIES: Readonly<Record<string, Broken>> = {
  'counts members that were there': (reply, [name, ...args]) =>
    /^zadd$/i.test(name!) && typeof reply === 'number' ? Math.floor((args.length - 1) / 2) : reply,
  'rounds big numbers': (reply) => (typeof reply === 'bigint' ? Number(reply) : reply),
  'takes nothing for an empty text': (reply) => reply ?? '',
  'has its own words for errors': (reply) => (reply instanceof RedisError ? new RedisError('ERR') : reply),
  'turns ranges round': (reply, [name]) =>
    /^zrange$/i.test(name!) && Array.isArray(reply) ? [...reply].reverse() : reply,
}

export const withReplies = (engine: RedisEngine, change: Broken): RedisEngine => {
  const changed = (form: RedisEngine['pipeline']) => async (commands: readonly Command[]) =>
    (await form(commands)).map((reply, index) => change(reply, commands[index]!))
  return { pipeline: changed(engine.pipeline), transaction: changed(engine.transaction) }
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

/** What Upstash's own door answers on the wire. */
export const DOOR_CHECKS: ReadonlyArray<Check<string>> = [
  {
    name: 'one command',
    async run(url) {
      assert.deepEqual(await ask(url, '/', ['SET', 'k', 'é']), [200, { result: 'OK' }])
      assert.deepEqual(await ask(url, '/', ['GET', 'k']), [200, { result: 'é' }])
      assert.deepEqual(await ask(url, '/', ['GET', 'none']), [200, { result: null }])
      assert.deepEqual(await ask(url, '/', ['ZCARD', 'none']), [200, { result: 0 }])
    },
  },
  {
    name: 'text is base64 when it is asked for, all but OK',
    async run(url) {
      const asked = { 'upstash-encoding': 'base64' }
      assert.deepEqual(await ask(url, '/', ['SET', 'k', 'é'], asked), [200, { result: 'OK' }])
      assert.deepEqual(await ask(url, '/', ['GET', 'k'], asked), [200, { result: base64('é') }])
      assert.deepEqual(await ask(url, '/', ['ZADD', 'z', 1, 'é'], asked), [200, { result: 1 }])
      assert.deepEqual(await ask(url, '/', ['ZRANGE', 'z', 0, -1], asked), [200, { result: [base64('é')] }])
      assert.deepEqual(await ask(url, '/', ['GET', 'none'], asked), [200, { result: null }])
    },
  },
  {
    name: 'a refusal is 400 alone, and 200 among others',
    async run(url) {
      await ask(url, '/', ['SET', 'k', 'x'])
      const error = 'WRONGTYPE Operation against a key holding the wrong kind of value'
      assert.deepEqual(await ask(url, '/', ['ZCARD', 'k']), [400, { error }])
      for (const path of ['/pipeline', '/multi-exec'])
        assert.deepEqual(
          await ask(url, path, [
            ['ZCARD', 'k'],
            ['GET', 'k'],
          ]),
          [200, [{ error }, { result: 'x' }]],
        )
    },
  },
  {
    name: 'a transaction of which one part is unknown does nothing',
    async run(url) {
      const [status, body] = await ask(url, '/multi-exec', [['SET', 'k', 'y'], ['NOSUCH']])
      assert.equal(status, 400)
      assert.match(String((body as { error: string }).error), /^EXECABORT /)
      assert.deepEqual(await ask(url, '/', ['GET', 'k']), [200, { result: null }])
      assert.equal((await ask(url, '/pipeline', [['SET', 'k', 'y'], ['NOSUCH']]))[0], 200)
      assert.deepEqual(await ask(url, '/', ['GET', 'k']), [200, { result: 'y' }])
    },
  },
  {
    name: 'numbers are written digit by digit',
    async run(url) {
      await ask(url, '/', ['SET', 'n', '9007199254740992'])
      assert.equal(await (await post(url, '/', JSON.stringify(['INCR', 'n']))).text(), '{"result":9007199254740993}')
    },
  },
  {
    name: 'no token, no answer',
    async run(url) {
      for (const authorization of ['', 'Bearer wrong', `bearer ${TOKEN}`, TOKEN])
        assert.equal((await ask(url, '/', ['GET', 'k'], { authorization }))[0], 401)
    },
  },
  {
    name: 'what is no command is refused',
    async run(url) {
      for (const body of ['', '{', '{}', '[]', '"GET"', 'null', '1'])
        for (const path of ['/', '/pipeline', '/multi-exec'])
          assert.equal((await post(url, path, body)).status, 400, `${path} ${body}`)
      assert.equal((await post(url, '/pipeline', '[["GET","k"],[]]')).status, 400)
      assert.equal((await post(url, '/elsewhere', '["GET","k"]')).status, 404)
    },
  },
  {
    name: 'every answer has a sync token, and writes move it on',
    async run(url) {
      const token = async (command: string[]) =>
        Number((await post(url, '/', JSON.stringify(command))).headers.get('upstash-sync-token'))
      const first = await token(['GET', 'k'])
      assert.equal(await token(['GET', 'k']), first)
      assert.ok((await token(['SET', 'k', 'v'])) > first)
    },
  },
]

const post = (url: string, path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(`${url}${path}`, { method: 'POST', headers: { authorization: `Bearer ${TOKEN}`, ...headers }, body })

async function ask(
  url: string,
  path: string,
  body: unknown,
  headers?: Record<string, string>,
): Promise<[number, unknown]> {
  const answer = await post(url, path, JSON.stringify(body), headers)
  return [answer.status, await answer.json()]
}
