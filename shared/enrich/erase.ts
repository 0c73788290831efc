import type { Clock } from '../base/clock.ts'
import type { Log } from '../observe/log.ts'
import type { Archive } from '../store/archive.ts'
import type { LearningArtefacts } from '../store/learning_artefacts.ts'
import type { LiveEraser } from '../store/live/forget.ts'
import type { HabitStore } from '../store/live/habits.ts'
import type { ProfileStore } from '../store/live/profiles.ts'
import type { DeadLetterStore } from '../store/operations/dead_letters.ts'
import type { ErasedShoppers, Erasure, ErasureStore } from '../store/operations/erasures.ts'
import type { ShopperRows } from '../store/operations/erasures_rows.ts'
import type { JobStore } from '../store/operations/jobs.ts'
import type { LearnRunStore } from '../store/operations/learn_runs.ts'
import { namesShopper } from './names_shopper.ts'
import { removeProfiles } from './profiles/remove.ts'

export interface EraseDeps {
  clock: Clock
  log: Log
  archive: Pick<Archive, 'eventObjects' | 'impressionObjects' | 'withoutLines' | 'removeCalls'>
  erasures: ErasureStore
  rows: ShopperRows
  liveEraser: LiveEraser
  profiles: Pick<ProfileStore, 'remove'>
  habits: Pick<HabitStore, 'remove'>
  deadLetters: Pick<DeadLetterStore, 'list' | 'get' | 'remove'>
  artefacts: Pick<LearningArtefacts, 'removeAll'>
  learnRuns: Pick<LearnRunStore, 'endAll'>
  jobs: Pick<JobStore, 'due'>
}

/** What it takes not to be in each other's way; both as `alone` of run.ts. */
export interface EraseLocks {
  /** Keeps the run's own lease. */
  keep(): Promise<void>
  /** Does the work while nobody folds events; false when somebody does. */
  whileNobodyFolds(work: () => Promise<void>): Promise<boolean>
  /** The same while nobody learns. */
  whileNobodyLearns(work: () => Promise<void>): Promise<boolean>
}

/** Objects of one run: each is read and perhaps written; the next run goes on. */
const OBJECTS_PER_RUN = 2_000
const OBJECTS_PER_NOTE = 50
const LETTERS_PER_PAGE = 50

/**
 * The steps of an erasure. The inbox comes first, while nobody folds: what it no longer holds cannot reach a partition
 * behind this run's back. What is being learned comes after all that it is learned from, and after the fence against
 * habits that were read before: a run that begins from then on knows none of it.
 */
const STEPS = ['inbox', 'events', 'impressions', 'rows', 'learning', 'letters'] as const
type Step = (typeof STEPS)[number]

/** What came of a request within this run: it is over, or the next run goes on. */
type Progress = 'done' | 'later'

/**
 * Forgets shoppers wherever they are named: accepted events, the partitions of events and impressions, what is being
 * learned of them, the live store, orders and what waits for them, dead letters. The ids of their events are kept, so that a repeated event stays
 * forgotten; so are counts that name nobody. Every step is repeatable, and an interrupted one goes on where it stood.
 * @returns the number of requests done
 */
export async function eraseShoppers(deps: EraseDeps, locks: EraseLocks): Promise<number> {
  const budget = { objects: OBJECTS_PER_RUN }
  let done = 0
  for (;;) {
    const erasure = await deps.erasures.next()
    if (erasure === null) return done
    try {
      if ((await eraseOne(erasure, deps, locks, budget)) === 'later') return done
    } catch (error) {
      // Its kind for the receipt; the log has the rest. The next run tries again.
      await deps.erasures.failed(erasure.seq, error instanceof Error ? error.name : 'failed')
      throw error
    }
    done += 1
  }
}

async function eraseOne(
  erasure: Erasure,
  deps: EraseDeps,
  locks: EraseLocks,
  budget: { objects: number },
): Promise<Progress> {
  const { seq, shop, shoppers } = erasure
  const counts: Record<string, number> = { ...erasure.counts }
  const add = (name: string, count: number) => {
    counts[name] = (counts[name] ?? 0) + count
  }
  const [reached, after] = readCursor(erasure.cursor)
  for (const step of STEPS.slice(STEPS.indexOf(reached))) {
    const note = (name: string) => deps.erasures.progressed(seq, JSON.stringify([step, name]), counts)
    const from = step === reached ? after : ''
    switch (step) {
      case 'inbox': {
        const work = async () => add('events', await deps.rows.waitingEvents(shop, shoppers))
        if (!(await locks.whileNobodyFolds(work))) return 'later'
        break
      }
      case 'events':
      case 'impressions': {
        const names =
          step === 'events' ? await deps.archive.eventObjects(shop, null) : await deps.archive.impressionObjects(shop)
        const keeps = step === 'events' ? keepsEvent(shoppers) : keepsImpression(shoppers)
        for (const [index, name] of names.filter((own) => own > from).entries()) {
          if (budget.objects === 0) return 'later'
          budget.objects -= 1
          add(step, await deps.archive.withoutLines(name, keeps))
          if (index % OBJECTS_PER_NOTE === OBJECTS_PER_NOTE - 1) {
            await note(name)
            await locks.keep()
          }
        }
        break
      }
      case 'rows':
        add('recents', await deps.liveEraser.erase(shop, shoppers))
        add('orders', await deps.rows.orders(shop, shoppers))
        add('profiles', await removeProfiles(shop, shoppers, deps.profiles))
        // Prompts name nobody, but what somebody did may stand in them: all of the shop's go, they are at most a week's.
        await deps.archive.removeCalls(shop, null)
        add('habits', await deps.habits.remove(shop, shoppers, deps.clock.now()))
        break
      case 'learning': {
        // An attempt that died may have removed lines without having counted them.
        const learned = erasure.cursor !== null || (counts.events ?? 0) > 0 || (counts.impressions ?? 0) > 0
        if (learned && !(await locks.whileNobodyLearns(() => forgetLearning(shop, deps)))) return 'later'
        break
      }
      case 'letters':
        add('dead_letters', await eraseLetters(shop, shoppers, deps))
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
  return cursor === null ? ['inbox', ''] : (JSON.parse(cursor) as [Step, string])
}

/** A line of an event partition is an array whose second entry is the shopper. */
function keepsEvent(shoppers: ErasedShoppers): (line: string) => boolean {
  if (shoppers === 'all') return () => false
  const gone = new Set(shoppers)
  return (line) => !gone.has((JSON.parse(line) as [string, string])[1])
}

function keepsImpression(shoppers: ErasedShoppers): (line: string) => boolean {
  if (shoppers === 'all') return () => false
  const gone = new Set(shoppers)
  return (line) => {
    const { shopper } = JSON.parse(line) as { shopper: string | null }
    return shopper === null || !gone.has(shopper)
  }
}

async function eraseLetters(shop: string, shoppers: ErasedShoppers, deps: EraseDeps): Promise<number> {
  let removed = 0
  let beforeSeq: number | null = null
  for (;;) {
    const page = await deps.deadLetters.list({ shop, origin: null, beforeSeq, limit: LETTERS_PER_PAGE })
    if (page.length === 0) return removed
    for (const { seq } of page) {
      if (shoppers !== 'all') {
        const letter = await deps.deadLetters.get(seq, shop)
        if (letter === null || !namesShopper(letter, shoppers)) continue
      }
      if (await deps.deadLetters.remove(seq, shop)) removed += 1
    }
    beforeSeq = page.at(-1)!.seq
  }
}
