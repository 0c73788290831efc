import { DAY_MS, HOUR_MS, SECOND_MS } from '../../shared/base/clock.ts'
import { runEnrichments } from '../../shared/enrich/enrich_shops.ts'
import { createOrderLogged } from '../../shared/enrich/gate_order_logged.ts'
import { runGates } from '../../shared/enrich/gate_shops.ts'
import { beat } from '../../shared/enrich/heartbeat.ts'
import { runLearning } from '../../shared/enrich/learn_shops.ts'
import { reconcileShops } from '../../shared/enrich/reconcile.ts'
import { alone, QUICK_LEASE_MS, runFold, runOutbox, runShops } from '../../shared/enrich/run.ts'
import { runWarming } from '../../shared/enrich/warm_orders.ts'
import { recommend } from '../../shared/recommend.ts'
import { CALLS_KEPT_DAYS } from '../../shared/store/call_records.ts'
import { dayOf } from '../../shared/store/keys.ts'
import type { WorkerDeps } from './deps.ts'
import { runErasures } from './erasures.ts'

/**
 * The schedules of the toml; a test holds the two equal. The pulse beats for a whole minute, so it has a trigger of its
 * own beside the work's: two spellings of "every minute".
 */
export const CRONS = { pulse: '* * * * *', work: '*/1 * * * *', tidy: '*/10 * * * *' } as const

/** Of the day, UTC. */
const QUIET_HOUR = 3
/** Event ids forgotten at once. */
const IDS_PER_STATEMENT = 5_000
/** Deliveries and orders forgotten at once. */
const ROWS_PER_STATEMENT = 1_000
/** Parts of bulk writes forgotten at once: each tells of up to 200 items. */
const PARTS_PER_STATEMENT = 100
/** Dead letters dropped at once: each may be megabytes. */
const LETTERS_PER_STATEMENT = 20

/** An embedder that was learned, its vectors, the neighbours by them: each is seen to be due when the last is done. */
const ROUNDS_AFTER = 4

export async function onCron(cron: string, deps: WorkerDeps): Promise<void> {
  switch (cron) {
    case CRONS.pulse:
      await beat(deps, deps.pause)
      return
    case CRONS.work: {
      // Signals may be lost and consumers may die: everything that waits is found again here.
      const erasures = runErasures(deps)
      await together([
        withPatience(deps, [() => runOutbox(deps), () => runFold(deps)], async () => {
          await sweepInbox(deps)
          await runShops(deps)
          await runEnrichments(deps)
        }),
        erasures,
        // A long run takes many minutes: it must not delay vectors, nor wait for them. Whom it must not know is forgotten first.
        erasures.then(
          () => learn(deps),
          () => learn(deps),
        ),
      ])
      return
    }
    case CRONS.tidy:
      await tidy(deps)
      await alone('reconcile', deps, (keep) => reconcileShops(deps, keep))
      await runGates(deps, createOrderLogged(deps))
      await runWarming(deps, deps.isolate, recommend)
      return
    default:
      throw new Error(`Unexpected cron: ${cron}`)
  }
}

/** What was learned has vectors, neighbours and profiles to make: not each of them in a minute of its own. */
async function learn(deps: WorkerDeps): Promise<void> {
  const learned = await runLearning(deps)
  if (learned === null || learned.length === 0) return
  for (let round = 0; round < ROUNDS_AFTER; round++) {
    await runShops(deps)
    await runEnrichments(deps)
  }
}

/** Waits for all of them, and then fails where one did: what is under way is not cut off. */
async function together(work: ReadonlyArray<Promise<unknown>>): Promise<void> {
  for (const outcome of await Promise.allSettled(work)) if (outcome.status === 'rejected') throw outcome.reason
}

/**
 * Does the runs in turn, then the rest. A run whose lease another holds is tried once more when that lease has ended:
 * its holder may have died, and what waits must not wait for the next minute as well.
 */
async function withPatience(
  deps: Pick<WorkerDeps, 'pause'>,
  runs: ReadonlyArray<() => Promise<unknown>>,
  rest: () => Promise<void>,
): Promise<void> {
  const refused: (typeof runs)[number][] = []
  for (const run of runs) if ((await run()) === null) refused.push(run)
  const later = async () => {
    if (refused.length === 0) return
    await deps.pause(QUICK_LEASE_MS + SECOND_MS)
    for (const run of refused) await run()
  }
  await Promise.all([later(), rest()])
}

/** Forgets what was kept for a time, each kind by itself in small statements. */
async function tidy(deps: WorkerDeps): Promise<void> {
  const nowMs = deps.clock.now()
  while ((await deps.inbox.forgetIds(nowMs, IDS_PER_STATEMENT)) > 0);
  while ((await deps.deliveries.forget(nowMs, ROWS_PER_STATEMENT)) > 0);
  while ((await deps.orders.forget(nowMs, ROWS_PER_STATEMENT)) > 0);
  while ((await deps.forgotten.tidy(nowMs, ROWS_PER_STATEMENT)) > 0);
  while ((await deps.calls.tidy(nowMs, ROWS_PER_STATEMENT)) > 0);
  while ((await deps.bulkRequests.forget(nowMs, ROWS_PER_STATEMENT)) > 0);
  while ((await deps.bulkParts.forget(nowMs, PARTS_PER_STATEMENT)) > 0);
  // Listing is paid for: once a day is often enough for what is kept by the day.
  if (Math.floor((nowMs % DAY_MS) / HOUR_MS) === QUIET_HOUR) {
    const beforeDay = dayOf(nowMs - CALLS_KEPT_DAYS * DAY_MS)
    for (const shop of await deps.catalogue.shops()) await deps.archive.removeCalls(shop, beforeDay)
  }
  // What only looked like an item's own failure is over by now.
  await deps.quarantine.retryDue(nowMs)
  await deps.liveTidy.purge(nowMs)
  while ((await deps.deadLetters.forget(nowMs, LETTERS_PER_STATEMENT)) > 0);
}

/** What deliveries still owe is due and nobody was told, or the telling was lost. */
async function sweepInbox(deps: WorkerDeps): Promise<void> {
  if ((await deps.deliveries.due(deps.clock.now())) > 0) await deps.signalInbox()
}
