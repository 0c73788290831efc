/** A deployment that dies behind each of its written calls, and is run again: the end must be the one of a whole run. */
import type { Surroundings } from '../../scripts/deploy/surroundings.ts'
import { writesSince, wrongWith } from './judge.ts'
import { createOperator, type Operator } from './operator.ts'
import { stateOf } from './platform/account.ts'
import { startPlatform } from './platform/server.ts'

export interface KilledRun {
  killedAfter: number
  wrong: string[]
}

export interface KilledOptions {
  /** Of the written calls, from 1. */
  points(count: number): number[]
  argv?: readonly string[]
  changes?: Partial<Surroundings>
  /** What happens on the operator's machine between the death and the next run. */
  between?: (operator: Operator) => void
  /** Whether an earlier deployment is there already. */
  again?: boolean
}

/** @returns one row a kill; `count` is the number of written calls of a whole run */
export async function killedRuns(options: KilledOptions): Promise<{ count: number; runs: KilledRun[] }> {
  const { argv = [], changes = {}, again = false } = options
  const whole = await startPlatform()
  const first = createOperator(whole)
  if (again) await first.run()
  const from = whole.calls.length
  await first.run(argv)
  const count = writesSince(whole, from).length
  const wanted = stateOf(whole.account)
  first.remove()
  await whole.close()
  const runs: KilledRun[] = []
  for (const killedAfter of options.points(count)) {
    const platform = await startPlatform()
    const operator = createOperator(platform, killedAfter)
    if (again) await operator.run()
    const died = await operator.runKilled(killedAfter, argv, changes)
    options.between?.(operator)
    await operator.run([], changes)
    const settled = platform.calls.length
    const wrong = wrongWith(platform.account, wanted)
    await operator.run([], changes)
    const late = writesSince(platform, settled)
    runs.push({
      killedAfter,
      wrong: [
        ...(died ? [] : ['it was not killed']),
        ...wrong,
        ...late.map((call) => `a run that had nothing to do wrote ${call}`),
        ...platform.unknown.map((call) => `unknown to the stand-in: ${call}`),
      ],
    })
    operator.remove()
    await platform.close()
  }
  return { count, runs }
}
