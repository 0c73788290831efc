import { chunkBySize } from '../../base/batch.ts'
import { LIMITS } from '../../domain/limits.ts'
import { type LiveStore, packEach, RECENT_TTL_SECONDS, type RecentEvent, readRecent } from './live.ts'
import {
  asking,
  createUpstashClient,
  type UpstashClient,
  type UpstashConfig,
  UpstashFailure,
} from './upstash_client.ts'

/** Characters of one request's events: plans take 1 MB a request at the least, and a character may be four bytes. */
const CHARS_PER_REQUEST = 200_000

/**
 * The live store in Upstash Redis: one sorted set a shopper, by time, so that a repeated event is one member and a late
 * one of long ago pushes nothing newer out. What is added is cut and given its life in the same transaction: no answer
 * that is lost leaves a past that never ends.
 * @throws UpstashFailure from both methods
 */
export function createUpstashLiveStore(
  config: UpstashConfig,
  clientOf: UpstashClient = createUpstashClient,
): LiveStore {
  return {
    recent: (shop, shopper) =>
      asking(async () => {
        const found: unknown = await clientOf(config).zrange(recentKey(shop, shopper), -LIMITS.recentEventsKept, -1)
        if (!Array.isArray(found)) throw new UpstashFailure('unreadable')
        return found.map(readMember)
      }),
    async append(shop, rows) {
      const packed = rows
        .map((row) => ({
          name: recentKey(shop, row.shopper),
          members: packEach(row.events).slice(-LIMITS.recentEventsKept),
        }))
        .filter((row) => row.members.length > 0)
      const charsOf = ({ name, members }: (typeof packed)[number]) =>
        members.reduce((sum, { packed }) => sum + packed.length, name.length)
      for (const part of chunkBySize(packed, CHARS_PER_REQUEST, charsOf)) {
        await asking(async () => {
          const transaction = clientOf(config).multi()
          for (const { name, members } of part) {
            const [first, ...rest] = members.map(({ atMs, packed }) => ({ score: atMs, member: packed }))
            transaction.zadd(name, first!, ...rest)
            transaction.zremrangebyrank(name, 0, -LIMITS.recentEventsKept - 1)
            transaction.expire(name, RECENT_TTL_SECONDS)
          }
          const done: unknown[] = await transaction.exec()
          // Each of the three answers with a number: less is not an acknowledgement.
          if (done.length !== 3 * part.length || done.some((one) => typeof one !== 'number'))
            throw new UpstashFailure('unreadable')
        })
      }
    },
  }
}

function readMember(text: unknown): RecentEvent {
  const event = typeof text === 'string' ? readRecent(text) : null
  if (event === null) throw new UpstashFailure('unreadable')
  return event
}

/** Where a shopper's past is. */
export const recentKey = (shop: string, shopper: string) => `recent:v2:${shop}:${shopper}`
