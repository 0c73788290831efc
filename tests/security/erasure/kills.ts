/** An erasure whose process is killed at a random storage call, and what the next process makes of it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { MINUTE_MS } from '../../../shared/base/clock.ts'
import type { Rng } from '../../../shared/base/rng.ts'
import { type ChildOptions, work } from './child.ts'
import type { City } from './city.ts'
import { SHOP } from './plant.ts'
import { askToForget, look, othersLater, strayed, WITHIN_MS } from './run.ts'

const CHILD = join(import.meta.dirname, 'child.ts')

/** Storage calls of the whole work. */
export async function countCalls(city: City): Promise<number> {
  let calls = 0
  const tick = () => {
    calls += 1
  }
  await city.visit(
    async ({ stage }) => {
      calls = 0
      await work(stage, city.victim)
    },
    {},
    tick,
  )
  return calls
}

export interface Killed {
  atCall: number
  /** Whether the request had been committed; else its sender comes again. */
  wasAsked: boolean
  /** How far the erasure was. */
  stood: string
  faults: string[]
}

/**
 * Kills, opens the platform again a minute later and gives the next process its minute and a second.
 * @param twin what is stored of everybody else without an erasure; null: not compared
 */
export async function killOnce(city: City, rng: Rng, calls: number, twin: readonly string[] | null): Promise<Killed> {
  const folder = city.copy()
  const killAtCall = 1 + rng.int(calls)
  const options: ChildOptions = { folder, nowMs: city.nowMs, victim: city.victim, killAtCall }
  const child = spawn(process.execPath, [CHILD, JSON.stringify(options)], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
  const faults = signal === 'SIGKILL' ? [] : [`the process ended by itself before call ${killAtCall}`]
  let [wasAsked, stood] = [false, '']
  try {
    await city.visit(
      async (visit) => {
        const { stage, platform, time } = visit
        // Whatever it waited for meanwhile.
        time.advance(10 * MINUTE_MS)
        const sql = 'SELECT state, cursor FROM erasures WHERE shop = ?1'
        const [found] = platform.databases.operations.execute([{ sql, params: [SHOP] }])
        const row = found!.rows[0]
        wasAsked = row !== undefined
        stood = row === undefined ? 'not asked' : `${row[0]} ${row[1] ?? ''}`
        if (!wasAsked) await askToForget(visit, city.victim)
        const beganMs = time.now()
        await stage.deliverQueues()
        await stage.cron('work')
        await stage.deliverQueues()
        if (time.now() - beganMs > WITHIN_MS) faults.push(`took ${time.now() - beganMs} ms`)
        for (const { where, what, form } of look(visit, city.traces).left) faults.push(`${where} has ${what} ${form}`)
        if (twin !== null)
          faults.push(...strayed(await othersLater(visit, city), twin).map((line) => line.slice(0, 200)))
      },
      {},
      undefined,
      folder,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return { atCall: killAtCall, wasAsked, stood, faults }
}
