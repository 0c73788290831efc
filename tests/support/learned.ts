/** Learning over stand-ins in memory: the real steps, from partitions to rows. */
import type { D1Database } from '@cloudflare/workers-types'
import { manualClock } from '../../shared/base/clock.ts'
import type { Interaction } from '../../shared/domain/event.ts'
import { advance, DONE } from '../../shared/learn/advance.ts'
import type { Learner, LearnInput } from '../../shared/learn/learner.ts'
import { learningSteps } from '../../shared/learn/learning_steps.ts'
import { TIERS, type Tier } from '../../shared/learn/limits.ts'
import { readManifest } from '../../shared/learn/manifest_step.ts'
import { planRun } from '../../shared/learn/plan.ts'
import { rowsByKind } from '../../shared/learn/rows.ts'
import { OBJECTS, type RunContext } from '../../shared/learn/step.ts'
import type { Visits } from '../../shared/learn/visits.ts'
import { readInput, readVisits } from '../../shared/learn/visits_step.ts'
import type { ImpressionRecord } from '../../shared/recommend/impression.ts'
import { createArchive } from '../../shared/store/archive.ts'
import { dayOf } from '../../shared/store/keys.ts'
import { createLearningArtefacts, type LearningArtefacts } from '../../shared/store/learning_artefacts.ts'
import { createLearnRunStore } from '../../shared/store/operations/learn_runs.ts'
import { createMemoryR2 } from '../../workers/local/node/memory_r2.ts'
import { createOperations, NOW, SHOP } from './unit_catalogue.ts'

/** Events an object, so that a few events already make several. */
const EVENTS_PER_PARTITION = 200

async function archived(
  interactions: readonly Interaction[],
  impressions: readonly ImpressionRecord[],
): Promise<LearningArtefacts> {
  const bucket = createMemoryR2({ clock: manualClock(NOW) })
  const archive = createArchive(bucket)
  for (let from = 0; from < interactions.length; from += EVENTS_PER_PARTITION) {
    const part = interactions.slice(from, from + EVENTS_PER_PARTITION)
    await archive.putEvents(SHOP, dayOf(part[0]!.atMs), from + 1, from + part.length, part)
  }
  for (const [at, record] of impressions.entries())
    await archive.putImpressions(SHOP, dayOf(record.at), `unique-${at}`, [JSON.stringify(record)])
  return createLearningArtefacts(bucket)
}

/** Migrating a database takes longer than learning a few events. */
let operations: Promise<D1Database> | null = null

/** Learns from interactions in the order given. @returns the run, for its objects */
export async function learnFrom(
  learners: readonly Learner[],
  interactions: readonly Interaction[],
  tier: Tier = TIERS[0],
  impressions: readonly ImpressionRecord[] = [],
): Promise<RunContext> {
  const artefacts = await archived(interactions, impressions)
  operations ??= createOperations()
  const runs = createLearnRunStore(await operations)
  const plan = await planRun(SHOP, await artefacts.partitions(SHOP), learners, tier)
  const folder = artefacts.folder(SHOP, 'own', plan.run)
  await folder.put(OBJECTS.plan, JSON.stringify(plan))
  await runs.begin(SHOP, 'own', plan.run, 'read', NOW)
  const context: RunContext = { shop: SHOP, run: plan.run, folder, artefacts, tier, breathe: async () => {} }
  const deps = { runs, now: () => NOW, progress: async () => {} }
  const run = (await runs.running(SHOP))!
  const stands = await advance(run, learningSteps(learners), context, deps, { over: () => false })
  await runs.endAll(SHOP, NOW)
  if (stands.step !== DONE) throw new Error(`learning ended at ${stands.step}`)
  return context
}

/** The rows that are learned, by kind. */
export async function learned(
  learners: readonly Learner[],
  interactions: readonly Interaction[],
): Promise<Record<string, Array<readonly unknown[]>>> {
  const run = await learnFrom(learners, interactions)
  const { objects } = await readManifest(run)
  const texts = await Promise.all(objects.map(({ name }) => run.folder.text(name)))
  return Object.fromEntries(rowsByKind(texts.join('\n')))
}

/** What learners are handed of interactions. */
export async function visitsOf(
  interactions: readonly Interaction[],
): Promise<{ input: LearnInput; buckets: Visits[] }> {
  const run = await learnFrom([], interactions)
  const input = await readInput(run, [])
  const buckets = await Promise.all([...input.bucketShoppers.keys()].map((bucket) => readVisits(run, bucket)))
  return { input, buckets }
}
