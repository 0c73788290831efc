/** Erasers with one store left out, and doors with one guard: what each leaves behind must be found. */

import { MINUTE_MS } from '../../../shared/base/clock.ts'
import type { WorkerDeps } from '../../../workers/enrich/deps.ts'
import { runErasures } from '../../../workers/enrich/erasures.ts'
import type { City, Visit } from './city.ts'
import { comeLate, SHOP } from './plant.ts'
import { askToForget, look, WITHIN_MS } from './run.ts'
import type { StageOptions } from './stage.ts'

export interface Control {
  name: string
  options?: StageOptions
  /** Done to the platform before the request, or after it. */
  before?(visit: Visit): void
  after?(visit: Visit): void
  /** Where it must be found, if not just anywhere. */
  among?: RegExp
}

const left = (name: string, without: (deps: WorkerDeps) => Partial<WorkerDeps>): Control => ({
  name,
  options: { enrich: (deps) => ({ ...deps, ...without(deps) }) },
})
const execute = ({ platform }: Visit, database: 'operations' | 'live', sql: string) =>
  void platform.databases[database].execute([{ sql, params: [] }])
const forgetTheForgotten = (visit: Visit) => execute(visit, 'operations', 'DELETE FROM forgotten')

export const CONTROLS: readonly Control[] = [
  left('accepted events that wait', ({ rows }) => ({ rows: { ...rows, waitingEvents: async () => 0 } })),
  left('partitions of events', ({ archive }) => ({ archive: { ...archive, eventObjects: async () => [] } })),
  left('partitions of impressions', ({ archive }) => ({ archive: { ...archive, impressionObjects: async () => [] } })),
  left('recorded calls to models', ({ archive }) => ({ archive: { ...archive, removeCalls: async () => 0 } })),
  left('answers of models', () => ({ modelCalls: { forgetPersonal: async () => 0 } })),
  left('orders and reasons in KV', () => ({
    personalValues: { removePage: async () => ({ removed: 0, next: null }) },
  })),
  left('last events', () => ({ liveEraser: { erase: async () => 0 } })),
  left('profiles', ({ profiles }) => ({ profiles: { ...profiles, remove: async () => 0 } })),
  left('habits', ({ habits }) => ({ habits: { ...habits, remove: async () => 0 } })),
  left('orders, and refunds that wait for them', ({ rows }) => ({ rows: { ...rows, orders: async () => 0 } })),
  left('names that the stores know beside', ({ rows }) => ({ rows: { ...rows, otherNames: async () => [] } })),
  left('ids of events', ({ rows }) => ({ rows: { ...rows, eventIds: async () => {} } })),
  left('what is being learned', ({ artefacts }) => ({ artefacts: { ...artefacts, removeAll: async () => 0 } })),
  left('dead letters', ({ deadLetters }) => ({ deadLetters: { ...deadLetters, list: async () => [] } })),
  left('the names in the request itself', ({ erasures }) => ({ erasures: { ...erasures, finished: async () => {} } })),
  left('impressions that come late', () => ({ forgotten: { among: async () => new Map(), tidy: async () => 0 } })),
  {
    ...left('last events that come late', () => ({ liveFence: { raise: async () => {} } })),
    // What the operations refuse reaches the live store no more: its own fence is the second.
    after: forgetTheForgotten,
    among: /live/,
  },
  {
    name: 'ids of events that come late',
    options: {
      ingest: (deps) => ({
        ...deps,
        inbox: {
          ...deps.inbox,
          async accept(shop, events, batch, nowMs, expiresAtMs) {
            // Nobody's, so that the id is kept as it came.
            const unnamed = events.map(({ eventId }) => ({ eventId, interactions: [] }))
            await deps.inbox.accept(shop, unnamed, `${batch}-unnamed`, nowMs, expiresAtMs)
            return deps.inbox.accept(shop, events, batch, nowMs, expiresAtMs)
          },
        },
      }),
    },
  },
  {
    name: 'events, orders and letters that come late',
    after: forgetTheForgotten,
  },
  {
    name: 'hashes of addresses',
    options: {
      ingest: (deps) => ({
        ...deps,
        erasures: {
          ...deps.erasures,
          ask: (shop, source, ref, shoppers, nowMs) =>
            deps.erasures.ask(
              shop,
              source,
              ref,
              shoppers === 'all' ? shoppers : shoppers.filter((name) => !/^(?:e:|u:e_)/.test(name)),
              nowMs,
            ),
        },
      }),
    },
  },
  {
    name: 'pages of a database that are free',
    before({ platform }) {
      for (const { core } of Object.values(platform.databases)) {
        core.database.setAuthorizer(null)
        core.database.exec('PRAGMA secure_delete = OFF')
      }
    },
  },
]

/** @returns where something was left, with what it was of */
export const tryControl = (city: City, control: Control): Promise<string[]> =>
  city.visit(async (visit) => {
    const { stage, time } = visit
    const askedAtMs = time.now()
    control.before?.(visit)
    await askToForget(visit, city.victim)
    // The eraser alone: it meets what no fold has moved.
    await runErasures(stage.enrich)
    control.after?.(visit)
    await comeLate(stage, SHOP, city.victim, askedAtMs - MINUTE_MS, time.now())
    await stage.deliverQueues()
    time.set(Math.max(time.now(), askedAtMs + WITHIN_MS))
    const places = look(visit, city.traces).left.map(({ where }) => where)
    return [...new Set(places.filter((where) => control.among?.test(where) ?? true))].sort()
  }, control.options)

/** The same with nothing left out: the road itself must be clean, or a control proves nothing. */
export const NOTHING_LEFT_OUT: Control = { name: 'nothing' }
