import { mapConcurrent } from '../base/batch.ts'
import { SECOND_MS } from '../base/clock.ts'
import type { EnrichDeps } from './deps.ts'
import { writeVeto } from './veto.ts'

/** The pulse is what tells a replica's lag: half of the lag that is still believed. */
const PULSE_EVERY_MS = 5 * SECOND_MS
/** Twenty seconds: with KV's usual spread and the half minute in isolates, mostly below ninety; what is older is dropped. */
const VETO_EVERY_PULSES = 4
const SNAPSHOTS_AT_ONCE = 3
/** A minute's cron lives until just before the next one. */
const LIFETIME_MS = 57 * SECOND_MS

/** Writes the pulse every five seconds and every shop's veto snapshot every twenty, for a minute. */
export async function beat(deps: EnrichDeps, sleep: (ms: number) => Promise<void>): Promise<void> {
  const startedAt = deps.clock.now()
  const snapshots: Array<Promise<void>> = []
  for (let pulse = 0; deps.clock.now() - startedAt < LIFETIME_MS; pulse++) {
    await attempt(deps, () => deps.catalogue.writePulse(deps.clock.now()))
    // Not awaited by the pulse: what replicas are believed by must not wait for a hundred shops' snapshots.
    if (pulse % VETO_EVERY_PULSES === 0) snapshots.push(attempt(deps, () => writeVetoes(deps)))
    await sleep(PULSE_EVERY_MS)
  }
  await Promise.all(snapshots)
}

/** One shop's trouble is logged, and leaves the others their snapshots. */
async function writeVetoes(deps: EnrichDeps): Promise<void> {
  const shops = await deps.catalogue.shops()
  await mapConcurrent(shops, SNAPSHOTS_AT_ONCE, (shop) => attempt(deps, () => writeVeto(shop, deps)))
}

async function attempt(deps: EnrichDeps, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    deps.log.error('heartbeat_failed', error)
  }
}
