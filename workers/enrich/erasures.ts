import { SECOND_MS } from '../../shared/base/clock.ts'
import { eraseShoppers } from '../../shared/enrich/erase.ts'
import { alone, QUICK_LEASE_MS } from '../../shared/enrich/run.ts'
import type { WorkerDeps } from './deps.ts'

/** A fold of events takes seconds, and a turn of learning half a minute: each is asked for again until it has ended. */
const FOLDING = { everyMs: SECOND_MS, times: 15 }
const LEARNING = { everyMs: 5 * SECOND_MS, times: 12 }

/** Forgets shoppers that somebody asked to forget. A run that dies is gone on with by the next minute's. */
export const runErasures = (deps: WorkerDeps) =>
  alone(
    'erase',
    deps,
    async (keep) => {
      await eraseShoppers(deps, {
        keep,
        whileNobodyFolds: (work) => between('fold', FOLDING, deps, keep, work),
        whileNobodyLearns: (work) => between('learn', LEARNING, deps, keep, work),
      })
    },
    QUICK_LEASE_MS,
  )

/** Does the work while nobody else holds a lease. @returns false where somebody held it all the time */
async function between(
  lease: string,
  { everyMs, times }: typeof FOLDING,
  deps: WorkerDeps,
  keep: () => Promise<void>,
  work: (keepBoth: () => Promise<void>) => Promise<void>,
): Promise<boolean> {
  const once = () =>
    alone(
      lease,
      deps,
      async (keepOther) => {
        await work(async () => {
          await keepOther()
          await keep()
        })
        return true
      },
      QUICK_LEASE_MS,
    )
  for (let asked = 1; ; asked++) {
    const done = await once()
    if (done !== null || asked === times) return done ?? false
    await deps.pause(everyMs)
    await keep()
  }
}
