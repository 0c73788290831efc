import type { D1Database, R2Bucket } from '@cloudflare/workers-types'
import { systemClock } from '../../shared/base/clock.ts'
import { type AdvanceDeps, advance, DONE } from '../../shared/learn/advance.ts'
import { LEARNERS } from '../../shared/learn/learners.ts'
import type { Tier } from '../../shared/learn/limits.ts'
import { planRun } from '../../shared/learn/plan.ts'
import { OBJECTS, type RunContext, type Step } from '../../shared/learn/step.ts'
import { createLearningArtefacts, type RunOrigin } from '../../shared/store/learning_artefacts.ts'
import { createLearnRunStore } from '../../shared/store/operations/learn_runs.ts'

export interface FolderRun {
  bucket: R2Bucket
  /** Where progress is kept. */
  operations: D1Database
  shop: string
  tier: Tier
  /** Where the artefacts go: those of a machine beside the service are offered to it. */
  origin: RunOrigin
  steps: readonly Step[]
  /** The object that the last step leaves. */
  last: string
  progress?: AdvanceDeps['progress']
  breathe?: () => Promise<void>
  signal?: AbortSignal
}

/**
 * Does the steps of learning over a bucket under Node, from where a run of the same events stands.
 * @returns the run's context once it is done; null when it was interrupted
 * @throws TooMuchToLearn beyond the tier
 */
export async function learnInFolder(options: FolderRun): Promise<RunContext | null> {
  const { shop, tier, origin, steps, progress = async () => {} } = options
  const artefacts = createLearningArtefacts(options.bucket)
  const runs = createLearnRunStore(options.operations)
  const plan = await planRun(shop, await artefacts.partitions(shop), LEARNERS, tier)
  const folder = artefacts.folder(shop, origin, plan.run)
  const context: RunContext = {
    shop,
    run: plan.run,
    folder,
    artefacts,
    tier,
    breathe: options.breathe ?? (async () => {}),
  }
  const before = await runs.find(shop, origin, plan.run)
  if (before?.state === 'published' && (await folder.has(options.last))) return context
  const known = await runs.running(shop)
  if (known?.run !== plan.run || known.origin !== origin) {
    if (known !== null) await runs.end(known, null, systemClock.now())
    await folder.put(OBJECTS.plan, JSON.stringify(plan))
    await runs.begin(shop, origin, plan.run, steps[0]!.name, systemClock.now())
  }
  const run = (await runs.running(shop))!
  const turn = { over: () => options.signal?.aborted ?? false }
  const stands = await advance(run, steps, context, { runs, now: systemClock.now, progress }, turn)
  if (stands.step !== DONE) return null
  await runs.publish(stands, systemClock.now())
  return context
}
