import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/clock.ts'
import { advance, DONE, StepUnknown, type Turn } from '../learn/advance.ts'
import { OtherArrays } from '../learn/arrays.ts'
import { ArtefactsRefused } from '../learn/check_step.ts'
import type { Learner } from '../learn/learner.ts'
import { LEARNERS } from '../learn/learners.ts'
import { learningSteps } from '../learn/learning_steps.ts'
import { TIERS, TooMuchToLearn } from '../learn/limits.ts'
import { readManifest } from '../learn/manifest_step.ts'
import { planRun } from '../learn/plan.ts'
import { OBJECTS, type RunContext } from '../learn/step.ts'
import { ArtefactMissing, PartitionChanged } from '../store/learning_artefacts.ts'
import { type LearnRun, RunEnded } from '../store/operations/learn_runs.ts'
import { ARRIVALS } from './arrivals.ts'
import type { EnrichDeps, Keep } from './deps.ts'
import { joinEvents } from './join_events.ts'
import { refreshLists, stepsOf } from './learn_publication.ts'
import { sweepRuns } from './learn_sweep.ts'
import { alone, isLost } from './run.ts'

/**
 * One invocation's share of learning. The clock of a worker counts its computing only when it waits for something, and a
 * cron that fires each minute has half a minute of CPU on some plans.
 */
const TURN_MS = 25 * SECOND_MS
/** A unit makes some five calls to D1, which allows a thousand an invocation. */
const UNITS_PER_TURN = 120
/** A run that dies is gone on with after this. */
const LEASE_MS = 2 * MINUTE_MS
/** The longest that a unit may take: the lease must not end within one. */
const UNIT_MS = MINUTE_MS
/** Learning again sooner than this is not worth the reading ... */
const LEARN_EVERY_MS = 10 * MINUTE_MS
/** ... or less than this growth of the events: what came while a shop was learned, at its loading, does not wait. */
const GROWTH_TO_LEARN = 0.02
/** The first few events of a shop are not each worth a run. */
const LEAST_TO_LEARN = 50
/** A run waits while so much of the events is still on its way: a history that is being loaded would be learned twice. */
const ON_ITS_WAY = 0.2
/** What was too much will be too much in a minute as well. */
const REFUSED_FOR_MS = HOUR_MS

/** What a test may change. */
export interface LearnOptions {
  learners: readonly Learner[]
  /** Units of work in this turn. */
  units: number
}
const OPTIONS: LearnOptions = { learners: LEARNERS, units: UNITS_PER_TURN }

/**
 * Goes on with every shop's learning for one turn, the one that waited longest first. It has a lease of its own, so that
 * a long run delays nothing but the next.
 * @returns the shops whose run ended well, which others have work to do after; null where another run learns
 */
export const runLearning = (outer: EnrichDeps, options: Partial<LearnOptions> = {}) =>
  alone(
    'learn',
    outer,
    async (keep, deps) => {
      const { learners, units: most } = { ...OPTIONS, ...options }
      const endsAtMs = deps.clock.now() + TURN_MS
      let left = most
      const turn: Turn = { over: () => --left <= 0 || deps.clock.now() >= endsAtMs }
      const learned: string[] = []
      for (const shop of await byPatience(deps)) {
        if (left <= 0 || deps.clock.now() >= endsAtMs) break
        // One shop's trouble must not keep the others waiting.
        const isDone = await learnShop(shop, deps, keep, turn, learners).catch(async (error: unknown) => {
          if (isLost(error)) throw error
          await tell(shop, error, deps)
          return false
        })
        if (isDone) learned.push(shop)
      }
      return learned
    },
    LEASE_MS,
  )

/** Shops without a run come first: most have nothing to do. Then those whose run stood longest. */
async function byPatience(deps: EnrichDeps): Promise<string[]> {
  const running = new Map((await deps.learnRuns.allRunning()).map((run) => [run.shop, run.updatedAtMs]))
  const shops = await deps.catalogue.shops()
  return shops.sort((a, b) => (running.get(a) ?? 0) - (running.get(b) ?? 0) || (a < b ? -1 : 1))
}

/** A failure is kept with the job, which stays due; what may be shown of it is its kind, or what a person is to do. */
async function tell(shop: string, error: unknown, deps: EnrichDeps): Promise<void> {
  const shown = error instanceof TooMuchToLearn || error instanceof ArtefactsRefused
  const told = error instanceof Error ? (shown ? error.message : error.name) : 'failed'
  await deps.jobs.failed(shop, 'learn', told, deps.clock.now())
  await deps.jobs.due(shop, 'learn')
  deps.log.error('shop_failed', error, { shop, job: 'learn' })
}

/** @returns whether its run ended well in this turn */
async function learnShop(
  shop: string,
  deps: EnrichDeps,
  keep: Keep,
  turn: Turn,
  learners: readonly Learner[],
): Promise<boolean> {
  const run = (await deps.learnRuns.running(shop)) ?? (await begin(shop, deps, learners))
  if (run === null) return false
  // It may have failed in an earlier turn.
  if ((await deps.jobs.get(shop, 'learn'))?.state !== 'running')
    await deps.jobs.started(shop, 'learn', PARTS, deps.clock.now())
  const steps = await stepsOf(run, deps, learners)
  if (steps === null) return false
  await keep(UNIT_MS)
  try {
    const stands = await advance(
      run,
      steps,
      contextOf(run, deps),
      {
        runs: deps.learnRuns,
        now: deps.clock.now,
        async progress({ steps: count, at, cursor, total }) {
          const within = total === 0 ? 0 : Math.min(1, cursor / total)
          await deps.jobs.progressed(shop, 'learn', Math.round((at + within) * PARTS), count * PARTS, null)
          await keep(UNIT_MS)
        },
      },
      turn,
    )
    if (stands.step === DONE) await finish(stands, deps)
    return stands.step === DONE
  } catch (error) {
    await settle(run, error, deps)
    return false
  }
}

/** Parts of a step that its progress is told in. */
const PARTS = 10

const contextOf = (run: Pick<LearnRun, 'shop' | 'run' | 'origin'>, deps: EnrichDeps): RunContext => ({
  shop: run.shop,
  run: run.run,
  folder: deps.artefacts.folder(run.shop, run.origin, run.run),
  artefacts: deps.artefacts,
  tier: TIERS[0],
  breathe: deps.breathe,
})

/** Begins a run where there is something to learn, or something handed in. @returns null where there is not */
async function begin(shop: string, deps: EnrichDeps, learners: readonly Learner[]): Promise<LearnRun | null> {
  const { live } = await deps.catalogue.counts(shop)
  if (live === 0) return null
  const nowMs = deps.clock.now()
  const offer = await deps.artefacts.offer(shop)
  if (offer !== null && (await deps.learnRuns.find(shop, 'offered', offer)) === null)
    return start(shop, 'offered', offer, 'check', deps)
  if (!(await isDue(shop, deps, nowMs))) return null
  // Before the plan is made: what comes in between counts as not learned.
  const accepted = await deps.inbox.total(shop)
  const unfolded = await deps.inbox.unfolded(shop)
  if (unfolded >= Math.max(LEAST_TO_LEARN, ON_ITS_WAY * (accepted + unfolded))) return null
  const partitions = await joinEvents(shop, deps)
  if (partitions === null) return null
  const plan = await refusing(shop, deps, async () => {
    if (accepted > TIERS[0].events) throw new TooMuchToLearn('events', TIERS[0].events, TIERS[0])
    return planRun(shop, partitions, learners, TIERS[0])
  })
  const published = await deps.learnRuns.published(shop)
  await sweepRuns(shop, deps, published, published?.run === plan.run ? null : plan.run)
  if (published?.run === plan.run) {
    // The same events, learned by the same learners: only what is new has moved.
    await deps.jobs.started(shop, 'learn', live, nowMs)
    await refreshLists(shop, deps)
    await deps.jobs.finished(shop, 'learn', deps.clock.now(), String(accepted))
    return null
  }
  await deps.artefacts.folder(shop, 'own', plan.run).put(OBJECTS.plan, JSON.stringify(plan))
  await deps.jobs.progressed(shop, 'learn', 0, PARTS, String(accepted))
  return start(shop, 'own', plan.run, learningSteps(learners)[0]!.name, deps)
}

async function start(shop: string, origin: LearnRun['origin'], run: string, step: string, deps: EnrichDeps) {
  const nowMs = deps.clock.now()
  await deps.jobs.started(shop, 'learn', PARTS, nowMs)
  await deps.learnRuns.begin(shop, origin, run, step, nowMs)
  return deps.learnRuns.running(shop)
}

async function isDue(shop: string, deps: EnrichDeps, nowMs: number): Promise<boolean> {
  const job = await deps.jobs.get(shop, 'learn')
  const last = await deps.learnRuns.latest(shop)
  if (last?.state === 'ended' && last.error !== null && nowMs - last.updatedAtMs < REFUSED_FOR_MS) return false
  // A run that is marked as under way and is not has died before it began.
  if (job === null || job.finishedAtMs === null || job.state !== 'idle') return true
  if (!job.due) return false
  const nextAtMs = job.finishedAtMs + LEARN_EVERY_MS
  if (nowMs >= nextAtMs) return true
  // The events that had been accepted when the last run was planned: what was erased since is in both.
  const learned = Number(job.cursor ?? 0)
  const unlearned = (await deps.inbox.total(shop)) - learned
  if (unlearned >= Math.max(LEAST_TO_LEARN, learned * GROWTH_TO_LEARN)) return true
  // Who waits for it is told until when.
  if (job.nextRunAtMs !== nextAtMs) await deps.jobs.planned(shop, 'learn', nextAtMs)
  return false
}

/** All is done: the run becomes the one in use. Last, since a run that is under way is gone on with. */
async function finish(run: LearnRun, deps: EnrichDeps): Promise<void> {
  const { shop } = run
  const { events, items } = await readManifest(contextOf(run, deps))
  // Other neighbours may have other themes in common.
  await deps.jobs.due(shop, 'expand')
  await deps.jobs.due(shop, 'profiles')
  await deps.jobs.due(shop, ARRIVALS)
  const known = (await deps.jobs.get(shop, 'learn'))?.cursor ?? null
  await deps.jobs.finished(shop, 'learn', deps.clock.now(), known)
  await deps.learnRuns.publish(run, deps.clock.now())
  deps.log.info('learned', { shop, events, items })
}

const ANEW = [PartitionChanged, ArtefactMissing, StepUnknown, OtherArrays] as const
const beginsAnew = (error: unknown): error is Error => ANEW.some((kind) => error instanceof kind)

/** What a failure means for the run: it ends, it is begun anew, or it is tried again as it stands. */
async function settle(run: LearnRun, error: unknown, deps: EnrichDeps): Promise<void> {
  if (error instanceof RunEnded) return
  const nowMs = deps.clock.now()
  if (error instanceof TooMuchToLearn || error instanceof ArtefactsRefused)
    await deps.learnRuns.end(run, error.message, nowMs)
  // Lines were erased, objects were lost, or another release began the run: what there is now is learned anew.
  if (!beginsAnew(error)) throw error
  await deps.learnRuns.end(run, null, nowMs)
  deps.log.info('learning_begins_anew', { shop: run.shop, why: error.name })
}

/** A plan that is refused is a run that was refused: it is not asked for again each minute. */
async function refusing<T>(shop: string, deps: EnrichDeps, plan: () => Promise<T>): Promise<T> {
  try {
    return await plan()
  } catch (error) {
    if (error instanceof TooMuchToLearn) {
      const nowMs = deps.clock.now()
      await deps.learnRuns.begin(shop, 'own', REFUSED_PLAN, 'plan', nowMs)
      await deps.learnRuns.end((await deps.learnRuns.running(shop))!, error.message, nowMs)
    }
    throw error
  }
}

/** Stands for a run that was too large to be planned. */
const REFUSED_PLAN = 'unplanned'
