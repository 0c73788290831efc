import { beat } from '../../shared/enrich/heartbeat.ts'
import { runFold, runOutbox, runShops } from '../../shared/enrich/run.ts'
import type { WorkerDeps } from './deps.ts'

/**
 * The schedules of the toml; a test holds the two equal. The pulse beats for a whole minute, so it has a trigger of its
 * own beside the work's: two spellings of "every minute".
 */
export const CRONS = { pulse: '* * * * *', work: '*/1 * * * *', tidy: '*/10 * * * *' } as const

/** Event ids forgotten at once. */
const IDS_PER_STATEMENT = 5_000

export async function onCron(cron: string, deps: WorkerDeps): Promise<void> {
  switch (cron) {
    case CRONS.pulse:
      await beat(deps, (ms) => scheduler.wait(ms))
      return
    case CRONS.work:
      // Signals may be lost and consumers may die: everything that waits is found again here.
      await runOutbox(deps)
      await runFold(deps)
      await runShops(deps)
      return
    case CRONS.tidy:
      while ((await deps.inbox.forgetIds(deps.clock.now(), IDS_PER_STATEMENT)) > 0);
      return
    default:
      throw new Error(`Unexpected cron: ${cron}`)
  }
}
