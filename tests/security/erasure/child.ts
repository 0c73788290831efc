/**
 * The process that is killed in the middle of an erasure. Its one argument is a JSON text of `ChildOptions`; it dies by its
 * own hand, at a storage call, as a machine that loses its power.
 */
import type { Victim } from './canaries.ts'
import { openPlatform } from './platform.ts'
import { askToForget } from './run.ts'
import { openStage } from './stage.ts'
import { enter } from './surroundings.ts'

export interface ChildOptions {
  folder: string
  nowMs: number
  victim: Victim
  /** Counted from 1. */
  killAtCall: number
}

/** What is done until it dies. */
export async function work(stage: Awaited<ReturnType<typeof openStage>>, victim: Victim): Promise<void> {
  await askToForget({ stage }, victim)
  await stage.deliverQueues()
}

if (process.argv[2] !== undefined && import.meta.main) {
  const { folder, nowMs, victim, killAtCall } = JSON.parse(process.argv[2]) as ChildOptions
  let calls = 0
  enter(nowMs)
  const platform = openPlatform(folder, () => {
    calls += 1
    if (calls === killAtCall) process.kill(process.pid, 'SIGKILL')
  })
  await work(await openStage(platform), victim)
}
