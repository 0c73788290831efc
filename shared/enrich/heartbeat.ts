import { SECOND_MS } from '../base/clock.ts'
import type { EnrichDeps } from './deps.ts'
import { writeVeto } from './veto.ts'

/** The pulse is what tells a replica's lag: half of the lag that is still believed. */
const PULSE_EVERY_MS = 5 * SECOND_MS
/** With KV's spread and the half minute in isolates this stays below ninety seconds. */
const VETO_EVERY_PULSES = 4
/** A minute's cron lives until just before the next one. */
const LIFETIME_MS = 57 * SECOND_MS

/** Writes the pulse every five seconds and every shop's veto snapshot every twenty, for a minute. */
export async function beat(deps: EnrichDeps, sleep: (ms: number) => Promise<void>): Promise<void> {
  const startedAt = deps.clock.now()
  for (let pulse = 0; deps.clock.now() - startedAt < LIFETIME_MS; pulse++) {
    try {
      await deps.catalogue.writePulse(deps.clock.now())
      if (pulse % VETO_EVERY_PULSES === 0) for (const shop of await deps.catalogue.shops()) await writeVeto(shop, deps)
    } catch (error) {
      deps.log.error('heartbeat_failed', error)
    }
    await sleep(PULSE_EVERY_MS)
  }
}
