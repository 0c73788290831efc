import { DEADLINES } from '../../shared/domain/limits.ts'
import type { ExportDeps } from '../../shared/ingest/export_shopper.ts'
import { behindUpstashFence } from '../../shared/store/live/fence.ts'
import { createHabitStore } from '../../shared/store/live/habits.ts'
import type { LiveStore } from '../../shared/store/live/live.ts'
import { createD1LiveStore } from '../../shared/store/live/live_d1.ts'
import { createUpstashLiveStore } from '../../shared/store/live/live_upstash.ts'
import { createProfileStore } from '../../shared/store/live/profiles.ts'
import { createDeadLetterStore } from '../../shared/store/operations/dead_letters.ts'
import { createShopperRows } from '../../shared/store/operations/erasures_rows.ts'
import { createForgottenStore } from '../../shared/store/operations/forgotten.ts'
import { createShopperReads } from '../../shared/store/shopper_reads.ts'
import type { Env } from './env.ts'

/** A command of the live store may take this long. */
const LIVE_WRITE_MS = 10 * DEADLINES.live

/** Shoppers' last events, into which nobody who was forgotten comes back. */
export function createLiveStore(env: Env): LiveStore {
  const { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token } = env
  if (!url || !token) return createD1LiveStore(env.LIVE)
  const config = { url, token, timeoutMs: LIVE_WRITE_MS }
  return behindUpstashFence(createUpstashLiveStore(config), config)
}

/** Every store that may hold something of a shopper. */
export const createExportDeps = (env: Env): ExportDeps => ({
  reads: createShopperReads(env.OPERATIONS, env.CATALOGUE, env.ARCHIVE),
  rows: createShopperRows(env.OPERATIONS, env.CATALOGUE),
  live: createLiveStore(env),
  profiles: createProfileStore(env.LIVE),
  habits: createHabitStore(env.LIVE),
  letters: createDeadLetterStore(env.OPERATIONS),
  forgotten: createForgottenStore(env.OPERATIONS),
})
