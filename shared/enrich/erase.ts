import { chunk, mapConcurrent } from '../base/batch.ts'
import { type Clock, SECOND_MS } from '../base/clock.ts'
import type { Log } from '../observe/log.ts'
import type { Archive } from '../store/archive.ts'
import type { LearningArtefacts } from '../store/learning_artefacts.ts'
import type { LiveFence } from '../store/live/fence.ts'
import type { LiveEraser } from '../store/live/forget.ts'
import type { HabitStore } from '../store/live/habits.ts'
import type { ProfileStore } from '../store/live/profiles.ts'
import type { DeadLetterStore } from '../store/operations/dead_letters.ts'
import type { ErasedShoppers, Erasure, ErasureStore } from '../store/operations/erasures.ts'
import type { ShopperRows } from '../store/operations/erasures_rows.ts'
import type { InteractionRow } from '../store/operations/event_inbox.ts'
import type { JobStore } from '../store/operations/jobs.ts'
import type { LearnRunStore } from '../store/operations/learn_runs.ts'
import type { ModelCallStore } from '../store/operations/model_calls.ts'
import type { PersonalValueEraser } from '../store/personal_values.ts'
import { forgetLetters } from './erase_letters.ts'
import type { Turn } from './erase_turn.ts'
import { removeProfiles } from './profiles/remove.ts'
import { isLost } from './run.ts'

export interface EraseDeps {
  clock: Clock
  log: Log
  archive: Pick<Archive, 'eventObjects' | 'impressionObjects' | 'withoutLines' | 'removeCalls'>
  erasures: ErasureStore
  rows: ShopperRows
  liveEraser: LiveEraser
  liveFence: LiveFence
  profiles: Pick<ProfileStore, 'remove'>
  habits: Pick<HabitStore, 'remove'>
  deadLetters: Pick<DeadLetterStore, 'list' | 'getAll' | 'removeAll'>
  artefacts: Pick<LearningArtefacts, 'removeAll'>
  learnRuns: Pick<LearnRunStore, 'endAll'>
  jobs: Pick<JobStore, 'due'>
  modelCalls: Pick<ModelCallStore, 'forgetPersonal'>
  personalValues: PersonalValueEraser
}

/** What it takes not to be in each other's way; both as `alone` of run.ts. */
export interface EraseLocks {
  /** Keeps the run's own lease. */
  keep(): Promise<void>
  /** Does the work while nobody folds events; false when somebody does. */
  whileNobodyFolds(work: (keep: () => Promise<void>) => Promise<void>): Promise<boolean>
  /** The same while nobody learns. */
  whileNobodyLearns(work: () => Promise<void>): Promise<boolean>
}

/** Objects and letters of one run, each read and perhaps written, and of one request in it; the next run goes on. */
const OBJECTS_PER_RUN = 2_000
const OBJECTS_PER_TURN = 500
const OBJECTS_PER_NOTE = 50
/** The platform lets a worker wait for six answers at once. */
const OBJECTS_AT_ONCE = 6
const CALLS_PER_STATEMENT = 1_000
/** A call to a model that was under way has ended, and what came of it is kept. */
const CALLS_END_WITHIN_MS = 30 * SECOND_MS

/**
 * The steps of an erasure. First the names, which the rows tell that go later. The inbox comes next, while nobody folds:
 * what it no longer holds cannot reach a partition behind this run's back. What is being learned comes after all that it
 * is learned from, and after the fence against habits that were read before: a run that begins from then on knows none of
 * it.
 */
const STEPS = ['names', 'inbox', 'events', 'impressions', 'rows', 'values', 'learning', 'letters'] as const
type Step = (typeof STEPS)[number]

/** What came of a request within this run: it is over, or the next run goes on. */
type Progress = 'done' | 'later'

/**
 * Forgets shoppers wherever they are named: accepted events, the partitions of events and impressions, what is being
 * learned of them, the live store, orders and what waits for them, dead letters; and what a model was told and said of
 * the shop's shoppers. The ids of their events are kept as hashes, so that a repeated event stays forgotten;
 * so are counts. Every step is repeatable, and an interrupted one goes on where it stood. Requests have their turns one
 * after the other, so that a long history holds up nobody else's.
 * @returns the number of requests done
 */
export async function eraseShoppers(deps: EraseDeps, locks: EraseLocks): Promise<number> {
  let done = 0
  const failures: unknown[] = []
  /** One's trouble keeps nobody waiting; the run fails with the first of them, once everybody had a turn. */
  const attempt = async (work: () => Promise<void>) => {
    try {
      await work()
    } catch (error) {
      // Another run has taken over.
      if (isLost(error)) throw error
      failures.push(error)
    }
  }
  const takeTurn = (erasure: Erasure, turn: Turn) =>
    attempt(async () => {
      try {
        await deps.erasures.began(erasure.seq, deps.clock.now())
        if ((await eraseOne(erasure, deps, locks, turn)) === 'done') done += 1
      } catch (error) {
        turn.isOver = false
        // Its kind for the receipt; the log has the rest. The next run tries again.
        if (!isLost(error)) await deps.erasures.failed(erasure.seq, error instanceof Error ? error.name : 'failed')
        throw error
      }
    })
  await attempt(() => inTurns(deps.erasures, takeTurn))
  await attempt(() => lookAgain(deps, locks))
  if (failures.length > 0) throw failures[0]
  return done
}

/** Hands out what one run may read: to each request a part, and what is left to those that have more to read. */
async function inTurns(
  erasures: Pick<ErasureStore, 'next'>,
  takeTurn: (erasure: Erasure, turn: Turn) => Promise<void>,
): Promise<void> {
  // Those that are over, failed or wait for somebody have had their turn in this run.
  const [passed, reading]: [number[], number[]] = [[], []]
  for (let objects = OBJECTS_PER_RUN; objects > 0; ) {
    const erasure = await erasures.next([...passed, ...reading])
    if (erasure === null) {
      if (reading.length === 0) return
      reading.length = 0
      continue
    }
    const turn = { objects: Math.min(objects, OBJECTS_PER_TURN), isOver: false }
    objects -= turn.objects
    await takeTurn(erasure, turn)
    ;(turn.isOver ? reading : passed).push(erasure.seq)
    objects += turn.objects
  }
}

/** A call to a model that was under way meanwhile may have been kept after all: those of the shop are looked for once more. */
async function lookAgain(deps: EraseDeps, locks: Pick<EraseLocks, 'keep'>): Promise<void> {
  const ended = await deps.erasures.toLookAgain(deps.clock.now() - CALLS_END_WITHIN_MS)
  for (const shop of new Set(ended.map((own) => own.shop))) {
    await locks.keep()
    await forgetCalls(shop, deps)
    await forgetValues(shop, null, deps, () => locks.keep())
  }
  if (ended.length > 0) await deps.erasures.lookedAgain(ended.map((own) => own.seq))
}

async function eraseOne(given: Erasure, deps: EraseDeps, locks: EraseLocks, turn: Turn): Promise<Progress> {
  const { seq, shop } = given
  let { shoppers } = given
  const counts: Record<string, number> = { ...given.counts }
  const add = (name: string, count: number) => {
    counts[name] = (counts[name] ?? 0) + count
  }
  const [reached, after] = readCursor(given.cursor)
  for (const step of STEPS.slice(STEPS.indexOf(reached))) {
    const note = (name: string) => deps.erasures.progressed(seq, JSON.stringify([step, name]), counts)
    const from = step === reached ? after : ''
    switch (step) {
      case 'names':
        // Before anything goes: the orders that tell these names go as well.
        if (shoppers !== 'all') {
          shoppers = [...shoppers, ...(await deps.rows.otherNames(shop, shoppers))]
          await deps.erasures.widened(given, shoppers)
        }
        break
      case 'inbox': {
        const work = async (keep: () => Promise<void>) =>
          add('events', await deps.rows.waitingEvents(shop, shoppers, keep))
        if (!(await locks.whileNobodyFolds(work))) return 'later'
        break
      }
      case 'events':
      case 'impressions':
        for await (const removed of forgetLines(step, shop, shoppers, from, turn, deps)) {
          add(step, removed.lines)
          await note(removed.through)
          await locks.keep()
        }
        if (turn.isOver) return 'later'
        break
      case 'rows':
        await deps.liveFence.raise(shop, shoppers, deps.clock.now())
        add('recents', await deps.liveEraser.erase(shop, shoppers))
        add('orders', await deps.rows.orders(shop, shoppers))
        add('profiles', await removeProfiles(shop, shoppers, deps.profiles))
        await forgetCalls(shop, deps)
        add('habits', await deps.habits.remove(shop, shoppers, deps.clock.now()))
        break
      case 'values':
        await forgetValues(shop, from === '' ? null : from, deps, async (next) => {
          await note(next)
          await locks.keep()
        })
        break
      case 'learning': {
        // An attempt that died may have removed lines without having counted them.
        const learned = given.cursor !== null || (counts.events ?? 0) > 0 || (counts.impressions ?? 0) > 0
        if (!learned) break
        // At once, whoever learns: one that died holds its lease for minutes. Then again, for what was still under way.
        await forgetLearning(shop, deps)
        if (!(await locks.whileNobodyLearns(() => forgetLearning(shop, deps)))) return 'later'
        break
      }
      case 'letters':
        for await (const removed of forgetLetters(shop, shoppers, from, turn, deps)) {
          add('dead_letters', removed.letters)
          await note(removed.through)
          await locks.keep()
        }
        if (turn.isOver) return 'later'
        break
    }
    const next = STEPS[STEPS.indexOf(step) + 1]
    if (next !== undefined) await deps.erasures.progressed(seq, JSON.stringify([next, '']), counts)
    await locks.keep()
  }
  await deps.erasures.finished(seq, counts, deps.clock.now())
  deps.log.info('erased', { shop, ...counts })
  return 'done'
}

/** Takes the shoppers' lines out of the partitions, some objects at a time. @param from the last that is done */
async function* forgetLines(
  kind: 'events' | 'impressions',
  shop: string,
  shoppers: ErasedShoppers,
  from: string,
  turn: Turn,
  deps: EraseDeps,
): AsyncGenerator<{ lines: number; through: string }> {
  const { archive } = deps
  const all = await (kind === 'events' ? archive.eventObjects(shop, null) : archive.impressionObjects(shop))
  const names = all.filter((name) => name > from)
  turn.isOver = names.length > turn.objects
  for (const bite of chunk(names.slice(0, turn.objects), OBJECTS_PER_NOTE)) {
    turn.objects -= bite.length
    const removed = await mapConcurrent(bite, OBJECTS_AT_ONCE, (name) =>
      kind === 'events'
        ? withoutEvents(shop, name, shoppers, deps)
        : archive.withoutLines(name, keepsImpression(shoppers)),
    )
    yield { lines: removed.reduce((sum, own) => sum + own, 0), through: bite.at(-1)! }
  }
}

/** Prompts and answers name nobody, but what somebody did or typed may stand in them: all of the shop's go. */
async function forgetCalls(shop: string, deps: EraseDeps): Promise<void> {
  await deps.archive.removeCalls(shop, null)
  while ((await deps.modelCalls.forgetPersonal(shop, CALLS_PER_STATEMENT)) === CALLS_PER_STATEMENT);
}

/** Orders and reasons in KV name nobody either; those of a past or a search go. */
async function forgetValues(
  shop: string,
  from: string | null,
  deps: EraseDeps,
  note: (next: string) => Promise<void>,
): Promise<void> {
  for (let place = from; ; ) {
    const { next } = await deps.personalValues.removePage(shop, place)
    if (next === null) return
    await note(next)
    place = next
  }
}

/**
 * What was learned on the way names shoppers by a hash: it goes, and learning begins anew from what is left. Nobody
 * learns meanwhile: a unit under way would still publish what it had read.
 */
async function forgetLearning(shop: string, deps: EraseDeps): Promise<void> {
  // First the rows: a run whose holder slept and lost its lease cannot note another step.
  await deps.learnRuns.endAll(shop, deps.clock.now())
  await deps.artefacts.removeAll(shop)
  await deps.jobs.due(shop, 'learn')
}

function readCursor(cursor: string | null): [Step, string] {
  return cursor === null ? ['names', ''] : (JSON.parse(cursor) as [Step, string])
}

/** A line of an event partition is an array whose second entry is the shopper. */
function keepsEvent(shoppers: ErasedShoppers): (line: string) => boolean {
  if (shoppers === 'all') return () => false
  const gone = new Set(shoppers)
  return (line) => !gone.has((JSON.parse(line) as [string, string])[1])
}

/** First the ids: once the lines are gone nobody knows them. */
const withoutEvents = (shop: string, name: string, shoppers: ErasedShoppers, deps: EraseDeps): Promise<number> =>
  deps.archive.withoutLines(name, keepsEvent(shoppers), (lines) =>
    deps.rows.eventIds(
      shop,
      lines.map((line) => (JSON.parse(line) as InteractionRow)[0]),
    ),
  )

function keepsImpression(shoppers: ErasedShoppers): (line: string) => boolean {
  if (shoppers === 'all') return () => false
  const gone = new Set(shoppers)
  return (line) => {
    const { shopper } = JSON.parse(line) as { shopper: string | null }
    return shopper === null || !gone.has(shopper)
  }
}
