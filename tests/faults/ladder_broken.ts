/** The product broken on purpose, one promise at a time: what its tests have to notice. */
import type { Deadlines } from '../../shared/domain/limits.ts'
import type { ApiDeps } from '../../workers/api/deps.ts'
import type { IngestDeps } from '../../workers/ingest/deps.ts'

const FOR_EVER_MS = 3_600_000
const TRIES = 3

/** A pipeline that waits for whatever it has asked. */
export function withoutDeadlines(deps: ApiDeps): ApiDeps {
  const names = Object.keys(deps.shelf.deadlines) as Array<keyof Deadlines>
  const deadlines = Object.fromEntries(names.map((name) => [name, FOR_EVER_MS])) as unknown as Deadlines
  return { ...deps, shelf: { ...deps.shelf, deadlines } }
}

/** A pipeline whose stores try everything again. */
export function withRetries(deps: ApiDeps): ApiDeps {
  const { shelf } = deps
  const names = ['reads', 'strictReads', 'live', 'habits', 'vectors', 'cache'] as const
  const stores = Object.fromEntries(names.map((name) => [name, retrying(shelf[name])]))
  const calls = retrying({ lists: shelf.lists, stats: shelf.stats, embed: shelf.embed })
  return { ...deps, shelf: { ...shelf, ...stores, ...calls } }
}

function retrying<T extends object>(store: T): T {
  const again = async (call: () => Promise<unknown>, left: number): Promise<unknown> => {
    try {
      return await call()
    } catch (error) {
      if (left === 0) throw error
      return again(call, left - 1)
    }
  }
  const entries = Object.entries(store).map(([name, member]) => [
    name,
    typeof member === 'function' ? (...args: unknown[]) => again(async () => member(...args), TRIES - 1) : member,
  ])
  return Object.fromEntries(entries) as T
}

/** Writes that are said to be done before the database has said so. */
export function acknowledgingEarly(deps: IngestDeps): IngestDeps {
  const { items, inbox, shops } = deps
  return {
    ...deps,
    shops: { ...shops, config: async () => ({ locale: 'en-GB' }) as never },
    items: {
      ...items,
      async apply(shop, writes, nowMs, beside) {
        items.apply(shop, writes, nowMs, beside).catch(() => {})
        return writes.map((write) => ({ id: write.id, outcome: 'updated' as const }))
      },
    },
    inbox: {
      ...inbox,
      async accept(shop, events, unique, nowMs, expiresAtMs) {
        inbox.accept(shop, events, unique, nowMs, expiresAtMs).catch(() => {})
        return { kept: new Set(events.map((event) => event.eventId)), forgotten: 0 }
      },
    },
  }
}
