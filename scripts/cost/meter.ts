/** Counts what work asks of the platform, by whose work it is. */
import { AsyncLocalStorage } from 'node:async_hooks'

/** Amounts by resource: those of `PRICES`, `tokens.{purpose}.{input|output}`, `tokens.embedding` and a few without a price. */
export type Counts = Readonly<Record<string, number>>

export interface Meter {
  /** Adds to the account of the work that is under way. */
  add(resource: string, amount: number): void
  /** Does work on an account; what it leaves behind for later is counted there too. */
  during<T>(account: string, work: () => Promise<T>): Promise<T>
  /** The account of the work that is under way. */
  account(): string
  /** A stand-in's own computing: on the platform it is not the worker's CPU. */
  apart<T>(work: () => T): T
  counts(account: string): Counts
  accounts(): string[]
}

/** Work that nobody named. */
const NOBODY = 'nobody'

/** @param cpuMs the process's CPU so far */
export function createMeter(cpuMs: () => number = processCpuMs): Meter {
  const whose = new AsyncLocalStorage<string>()
  const tallies = new Map<string, Record<string, number>>()
  const account = () => whose.getStore() ?? NOBODY
  const tally = (name: string, resource: string, amount: number) => {
    const own = tallies.get(name) ?? {}
    tallies.set(name, own)
    own[resource] = (own[resource] ?? 0) + amount
  }
  // CPU belongs to whoever runs: it is charged at each change of account, so work inside other work counts once.
  let runs = NOBODY
  let sinceMs = cpuMs()
  let apartMs = 0
  const charge = () => {
    const nowMs = cpuMs()
    tally(runs, 'workers.cpuMs', Math.max(0, nowMs - sinceMs - apartMs))
    sinceMs = nowMs
    apartMs = 0
  }
  return {
    account,
    add: (resource, amount) => tally(account(), resource, amount),
    async during(name, work) {
      const before = runs
      charge()
      runs = name
      try {
        return await whose.run(name, work)
      } finally {
        charge()
        runs = before
      }
    },
    apart(work) {
      const startedMs = performance.now()
      try {
        return work()
      } finally {
        apartMs += performance.now() - startedMs
      }
    },
    counts: (name) => ({ ...tallies.get(name) }),
    accounts: () => [...tallies.keys()],
  }
}

function processCpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

/** The sum of counts. */
export function sumOf(all: readonly Counts[]): Counts {
  const sum: Record<string, number> = {}
  for (const counts of all)
    for (const [resource, amount] of Object.entries(counts)) sum[resource] = (sum[resource] ?? 0) + amount
  return sum
}

export const scaled = (counts: Counts, by: number): Counts =>
  Object.fromEntries(Object.entries(counts).map(([resource, amount]) => [resource, amount * by]))
