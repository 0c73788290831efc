import { wishSampleLearner } from '../learn/factors_sample.ts'
import { LEARNERS } from '../learn/learners.ts'
import { OBJECTS } from '../learn/step.ts'
import type { LearnRun } from '../store/operations/learn_runs.ts'
import type { EnrichDeps } from './deps.ts'

const PERSONAL = LEARNERS.filter((learner) => learner.personal).map((learner) => `rows/${learner.name}-`)
/** Objects that a published run keeps: rows that name no shopper. */
const isKept = (name: string) =>
  name === OBJECTS.manifest ||
  // Nameless wishes of a part of the shoppers: texts are mapped anew when their embedder changes.
  name === OBJECTS.state(wishSampleLearner.name) ||
  (name.startsWith('rows/') && !PERSONAL.some((own) => name.startsWith(own)))

/**
 * Removes what no run needs any more.
 * @param inUse the run that is published or about to be: what led to its rows goes
 * @param planned a run of our own that is about to begin
 */
export async function sweepRuns(
  shop: string,
  deps: Pick<EnrichDeps, 'artefacts' | 'learnRuns'>,
  inUse: Pick<LearnRun, 'origin' | 'run'> | null,
  planned: string | null,
): Promise<void> {
  const { artefacts, learnRuns } = deps
  const offer = await artefacts.offer(shop)
  const waits = offer !== null && (await learnRuns.find(shop, 'offered', offer)) === null
  for (const origin of ['own', 'offered'] as const) {
    for (const run of await artefacts.runs(shop, origin)) {
      if (origin === 'own' ? run === planned : waits && run === offer) continue
      const used = inUse?.origin === origin && inUse.run === run
      await artefacts.remove(shop, origin, run, used ? isKept : undefined)
    }
  }
}
