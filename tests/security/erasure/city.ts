/** A planted platform in a folder, made once: every run begins with a copy of it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seededRng } from '../../../shared/base/rng.ts'
import { emailSalt, emailShopper } from '../../../shared/ingest/feeds/email_shopper.ts'
import { startScriptedProvider } from '../../../workers/local/openai/server.ts'
import { type Trace, tracesOf, type Victim, victimOf } from './canaries.ts'
import { catchUp, furnish, IMPRESSIONS, leaveTraces, OTHER_SHOP, SHOP, START_MS, underWay } from './plant.ts'
import { copyPlatform, createPlatform, openPlatform, type Platform } from './platform.ts'
import { openStage, SIGNING_SECRET, type Stage, type StageOptions } from './stage.ts'
import { enter, type Surroundings } from './surroundings.ts'

export interface City {
  victim: Victim
  /** Everything of the victim's in the shop that forgets, in every form. */
  traces: readonly Trace[]
  emailNames: readonly string[]
  /** When it was planted. */
  nowMs: number
  folder: string
  /** A copy of the whole platform, opened; closed and removed afterwards. @param folder what is visited instead */
  visit<T>(work: (visit: Visit) => Promise<T>, options?: StageOptions, tick?: () => void, folder?: string): Promise<T>
  copy(): string
  remove(): void
}

export interface Visit {
  platform: Platform
  stage: Stage
  time: Surroundings
}

/** Somebody of the same ways, who stays. */
const bystanderOf = (seed: number): Victim => ({ ...victimOf(seededRng(seed + 1)), words: 'enamel teapot' })

export async function buildCity(seed: number): Promise<City> {
  const root = mkdtempSync(join(tmpdir(), 'shelfwise-erasure-'))
  const folder = join(root, 'planted')
  const [victim, bystander] = [victimOf(seededRng(seed)), bystanderOf(seed)]
  const provider = await startScriptedProvider({ seed })
  const time = enter(START_MS)
  let nowMs = START_MS
  try {
    const platform = await createPlatform(folder)
    const stage = await openStage(platform, { providerUrl: provider.url })
    await furnish(stage, time)
    for (const [shop, who] of [
      [SHOP, victim],
      [SHOP, bystander],
      [OTHER_SHOP, bystander],
    ] as const)
      await leaveTraces(stage, time, shop, who)
    await catchUp(stage, time, 12)
    await stage.cron('tidy')
    await leaveTraces(stage, time, SHOP, victim)
    await catchUp(stage, time, 2, [IMPRESSIONS])
    await underWay(stage, time, victim)
    nowMs = time.now()
    platform.close()
  } finally {
    time.leave()
    await provider.stop()
  }
  const salt = await emailSalt(SHOP, SIGNING_SECRET)
  const emailNames = [`u:${await emailShopper(salt, victim.email)}`]
  let copies = 0
  const copy = () => copyPlatform(folder, join(root, `copy-${++copies}`))
  return {
    ...{ victim, emailNames, nowMs, folder, copy },
    traces: await tracesOf(victim, emailNames),
    async visit(work, options = {}, tick = () => {}, own = copy()) {
      const around = enter(nowMs)
      const platform = openPlatform(own, tick)
      try {
        return await work({ platform, stage: await openStage(platform, options), time: around })
      } finally {
        around.leave()
        platform.close()
        rmSync(own, { recursive: true, force: true })
      }
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}
