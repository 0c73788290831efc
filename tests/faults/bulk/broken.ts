/** Workers that keep Idempotency-Keys badly, each in one way, with the check that has to find it. */
import type { BulkRequestStore, BulkRun } from '../../../shared/store/operations/bulk_requests.ts'
import type { Adapt } from './world.ts'

interface BrokenWorker {
  name: string
  caughtBy: RegExp
  adapt: Adapt
}

/** Changes what a claim comes to. */
const claiming =
  (
    change: (
      store: BulkRequestStore,
      ...args: Parameters<BulkRequestStore['claim']>
    ) => ReturnType<BulkRequestStore['claim']>,
  ): Adapt =>
  (deps) => ({
    ...deps,
    bulkRequests: { ...deps.bulkRequests, claim: (...args) => change(deps.bulkRequests, ...args) },
  })
const running = (change: (run: BulkRun, nowMs: number, unique: string) => BulkRun): Adapt =>
  claiming(async (store, shop, key, fingerprint, unique, nowMs, items) => {
    const claim = await store.claim(shop, key, fingerprint, unique, nowMs, items)
    return claim.kind === 'granted' ? { kind: 'granted', run: change(claim.run, nowMs, unique) } : claim
  })

export const BROKEN_WORKERS: readonly BrokenWorker[] = [
  {
    name: 'takes every request for a new one',
    caughtBy: /^the same request again/,
    adapt: running((run, _, unique) => ({ ...run, request: unique, isAgain: false })),
  },
  {
    name: 'does not look at the body',
    caughtBy: /^another body/,
    adapt: claiming((store, shop, key, _, unique, nowMs, items) => store.claim(shop, key, 'any', unique, nowMs, items)),
  },
  {
    name: 'lets two do the same at once',
    caughtBy: /^a request under way/,
    adapt: claiming((store, shop, key, fingerprint, unique, nowMs, items) =>
      store.claim(shop, key, fingerprint, unique, nowMs + 31_000, items),
    ),
  },
  {
    name: 'forgets whose key it is',
    caughtBy: /^keys are of one shop/,
    adapt: claiming((store, _, key, fingerprint, unique, nowMs, items) =>
      store.claim('one', key, fingerprint, unique, nowMs, items),
    ),
  },
  {
    name: 'uses up the keys of refused requests',
    caughtBy: /^what was refused/,
    adapt: (deps) => ({ ...deps, bulkRequests: { ...deps.bulkRequests, withdraw: deps.bulkRequests.release } }),
  },
  {
    name: 'forgets a key within the hour',
    caughtBy: /^a key is forgotten after a day/,
    adapt: claiming((store, shop, key, fingerprint, unique, nowMs, items) =>
      store.claim(shop, `${key}${Math.floor(nowMs / 3_600_000)}`, fingerprint, unique, nowMs, items),
    ),
  },
  {
    name: 'keeps keys without end',
    caughtBy: /^a shop has so many/,
    adapt: claiming((store, shop, key, fingerprint, unique, nowMs, items) =>
      store.claim(`${shop}-elsewhere`, key, fingerprint, unique, nowMs, items),
    ),
  },
  {
    name: 'does not look at how many items its keys tell of',
    caughtBy: /^the keys of a shop tell of so many items/,
    adapt: claiming((store, shop, key, fingerprint, unique, nowMs) =>
      store.claim(shop, key, fingerprint, unique, nowMs, 0),
    ),
  },
  {
    name: 'writes with the clock of the repetition',
    caughtBy: /^a write that came in between/,
    adapt: running((run, nowMs) => ({ ...run, startedAtMs: nowMs })),
  },
  {
    name: 'does not remember what it found',
    caughtBy: /^killed after every commit/,
    adapt: (deps) => ({
      ...deps,
      items: { ...deps.items, apply: (shop, writes, nowMs, beside) => deps.items.apply(shop, writes, nowMs, beside) },
    }),
  },
  {
    name: 'brings back what was forgotten',
    caughtBy: /^what was forgotten since/,
    adapt: (deps) => ({
      ...deps,
      inbox: {
        ...deps.inbox,
        accept: async (shop, events, batch, nowMs, expiresAtMs) => {
          await deps.inbox.accept(shop, events, batch, nowMs, expiresAtMs)
          return { kept: new Set(events.map((event) => event.eventId)), forgotten: 0 }
        },
      },
    }),
  },
  {
    name: 'names its events anew each time',
    caughtBy: /^killed after every commit/,
    adapt: running((run, _, unique) => ({ ...run, request: unique })),
  },
]
