import { SECOND_MS } from '../../shared/base/clock.ts'
import { eraseShoppers } from '../../shared/enrich/erase.ts'
import { alone, QUICK_LEASE_MS } from '../../shared/enrich/run.ts'
import type { WorkerDeps } from './deps.ts'

/** Learning begins its turn with the same minute, and may not be over it: it is asked for again until a turn has ended. */
const LEARNING_ASKED_EVERY_MS = 5 * SECOND_MS
const LEARNING_ASKED_TIMES = 12

/** Forgets shoppers that somebody asked to forget. A run that dies is gone on with by the next minute's. */
export const runErasures = (deps: WorkerDeps) =>
  alone(
    'erase',
    deps,
    async (keep) => {
      const whileNobodyFolds = async (work: (keepAll: () => Promise<void>) => Promise<void>) =>
        (await alone(
          'fold',
          deps,
          async (keepFold) => {
            await work(async () => {
              await keepFold()
              await keep()
            })
            return true
          },
          QUICK_LEASE_MS,
        )) ?? false
      await eraseShoppers(deps, { keep, whileNobodyFolds, whileNobodyLearns: (work) => betweenTurns(deps, keep, work) })
    },
    QUICK_LEASE_MS,
  )

/** Does the work between two turns of learning. @returns false where none ended in time */
async function betweenTurns(deps: WorkerDeps, keep: () => Promise<void>, work: () => Promise<void>): Promise<boolean> {
  for (let asked = 1; ; asked++) {
    const done = await alone('learn', deps, async () => {
      await work()
      return true
    })
    if (done !== null || asked === LEARNING_ASKED_TIMES) return done ?? false
    await deps.pause(LEARNING_ASKED_EVERY_MS)
    await keep()
  }
}
