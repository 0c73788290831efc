import type { Clock } from '../base/clock.ts'

export interface StageRecord {
  stage: string
  ms: number
  outcome: string
}

/** How a request went: its stages, and its storage calls in waves. */
export interface Stages {
  /** Runs a stage and records how long it took and whether it failed; rethrows. */
  run<T>(stage: string, work: () => Promise<T>): Promise<T>
  /** Counts a storage call. Calls that overlap are one wave; a call that starts when none is under way begins another. */
  storage<T>(call: () => Promise<T>): Promise<T>
  readonly records: readonly StageRecord[]
  readonly waves: number
  readonly calls: number
  elapsedMs(): number
}

export function createStages(clock: Clock): Stages {
  const startedAt = clock.now()
  const records: StageRecord[] = []
  let underWay = 0
  let waves = 0
  let calls = 0
  return {
    async run(stage, work) {
      const from = clock.now()
      try {
        const value = await work()
        records.push({ stage, ms: clock.now() - from, outcome: 'ok' })
        return value
      } catch (error) {
        records.push({ stage, ms: clock.now() - from, outcome: error instanceof Error ? error.name : 'failed' })
        throw error
      }
    },
    async storage(call) {
      calls += 1
      if (underWay === 0) waves += 1
      underWay += 1
      try {
        return await call()
      } finally {
        underWay -= 1
      }
    },
    get records() {
      return records
    },
    get waves() {
      return waves
    },
    get calls() {
      return calls
    },
    elapsedMs: () => clock.now() - startedAt,
  }
}
