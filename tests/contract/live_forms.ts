/** Every form that a shopper's last events can have, and engines that are broken on purpose. */
import { createD1LiveEraser, createUpstashLiveEraser } from '../../shared/store/live/forget.ts'
import { createD1LiveStore } from '../../shared/store/live/live_d1.ts'
import { createUpstashLiveStore, recentKey } from '../../shared/store/live/live_upstash.ts'
import type { Command, RedisEngine, Reply } from '../../workers/local/upstash/engine.ts'
import { createLive } from '../support/unit_catalogue.ts'
import { TOKEN, type UpstashShim } from '../support/unit_upstash_shim.ts'
import type { LiveForm } from './live_store.ts'

export async function openD1Form(): Promise<LiveForm> {
  const db = await createLive()
  return {
    store: createD1LiveStore(db),
    eraser: createD1LiveEraser(db),
    async held(shop, shopper) {
      const row = await db
        .prepare('SELECT json_array_length(events) AS events FROM recents WHERE shop = ?1 AND shopper = ?2')
        .bind(shop, shopper)
        .first<{ events: number }>()
      return { events: row?.events ?? 0, lifeSeconds: null }
    },
  }
}

/** The product's Upstash form before an emptied Redis, whatever stands for one. */
export async function openUpstashForm(shim: UpstashShim): Promise<LiveForm> {
  await shim.flush()
  const config = { url: shim.url, token: TOKEN, timeoutMs: 20_000 }
  return {
    store: createUpstashLiveStore(config),
    eraser: createUpstashLiveEraser(config),
    async held(shop, shopper) {
      const key = recentKey(shop, shopper)
      const [events, life] = await shim.engine.pipeline([
        ['ZCARD', key],
        ['TTL', key],
      ])
      return { events: Number(events), lifeSeconds: Number(life) }
    },
  }
}

interface BrokenEngine {
  name: string
  /** The check that has to find it, among others perhaps. */
  caughtBy: string
  command?(command: Command): Command
  reply?(reply: Reply, command: Command): Reply
  /** The transaction's commands in another order. */
  order?(commands: readonly Command[]): readonly Command[]
}

const NOTHING: Command = ['DEL', 'nothing']
let arrivals = 0

/** Each does one thing wrong that an imitation of Upstash, or the store before it, could do wrong. */
export const BROKEN_ENGINES: readonly BrokenEngine[] = [
  {
    name: 'never cuts',
    caughtBy: 'lets nothing lie that is never read',
    command: (command) => (command[0] === 'zremrangebyrank' ? NOTHING : command),
  },
  {
    name: 'keeps one too few',
    caughtBy: 'keeps the newest twenty, and not the last to arrive',
    command: (command) => (command[0] === 'zremrangebyrank' ? [...command.slice(0, 3), '-20'] : command),
  },
  {
    name: 'sorts by arrival',
    caughtBy: 'orders by time however the events came in',
    command: (command) =>
      command[0] === 'zadd'
        ? command.map((part, index) => (index > 1 && index % 2 === 0 ? String(++arrivals) : part))
        : command,
  },
  {
    name: 'counts a repeated event twice',
    caughtBy: 'a repeated event counts once and takes no place from others',
    command: (command) =>
      command[0] === 'zadd'
        ? command.map((part, index) => (index > 1 && index % 2 === 1 ? `${part}${' '.repeat(++arrivals % 50)}` : part))
        : command,
  },
  {
    name: 'forgets whose shop it is',
    caughtBy: 'several shoppers and shops in their own rows',
    command: (command) => command.map((part) => part.replace(/^recent:v2:[^:]+:/, 'recent:v2:')),
  },
  {
    name: 'lets a past live for ever',
    caughtBy: 'a shopper is forgotten ninety days after the last event',
    command: (command) => (command[0] === 'expire' ? NOTHING : command),
  },
  {
    name: 'reads what looks like a number as one',
    caughtBy: 'ids that look like something else survive',
    reply: (reply, [name]) =>
      name === 'zrange' && Array.isArray(reply)
        ? reply.map((one) => String(one).replace(/^\["(\d+)"/, (_, digits) => `["${Number(digits)}"`))
        : reply,
  },
  {
    name: 'answers a read that it could not do with nothing',
    caughtBy: 'gives back what was written, newest last',
    reply: (reply, [name]) => (name === 'zrange' ? null : reply),
  },
  {
    name: 'stops looking after the first page',
    caughtBy: 'erases all shoppers of a shop, however many, and of no other',
    reply: (reply, [name]) => (name === 'scan' && Array.isArray(reply) ? ['0', reply[1]!] : reply),
  },
  {
    name: 'cuts a cursor to what a number holds',
    caughtBy: 'erases all shoppers of a shop, however many, and of no other',
    reply: (reply, [name]) =>
      name === 'scan' && Array.isArray(reply) && reply[0] !== '0'
        ? [String(BigInt(Number(reply[0])) + 2n ** 40n), reply[1]!]
        : reply,
  },
  {
    name: 'counts what it was told to remove',
    caughtBy: 'erases the named shoppers, once, and nobody else',
    reply: (reply, [name, ...keys]) => (name === 'del' ? keys.length : reply),
  },
  {
    name: 'runs a transaction backwards',
    caughtBy: 'a shopper is forgotten ninety days after the last event',
    order: (commands) => [...commands].reverse(),
  },
]

export function broken(engine: RedisEngine, { command, reply, order }: BrokenEngine): RedisEngine {
  const run =
    (form: RedisEngine['pipeline']): RedisEngine['pipeline'] =>
    async (commands) => {
      const told = order === undefined ? commands : order(commands)
      const replies = await form(command === undefined ? told : told.map(command))
      const placed = order === undefined ? replies : (order(replies as never) as never as Reply[])
      return reply === undefined ? placed : placed.map((own, index) => reply(own, commands[index]!))
    }
  return { pipeline: run(engine.pipeline), transaction: run(engine.transaction) }
}
