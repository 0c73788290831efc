import type { fingerprintOf } from './fingerprint.ts'
import type { Step } from './steps.ts'
import type { Tool } from './wrangler.ts'

/** All that a deployment knows of the process around it; tests pass their own. */
export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>
  fetch: typeof fetch
  sleep(ms: number): Promise<void>
  signal: AbortSignal
  /** A line for people. */
  say(line: string): void
  /** Asks without showing what is typed; null where nobody can be asked. */
  ask: ((question: string) => Promise<string>) | null
  /** Random bytes. */
  random(count: number): Uint8Array
  /** Of the repository, absolute. */
  root: string
  /** Where this installation's files are kept, absolute; not committed. */
  folder: string
  /** Wrangler, for what only it does well: bundles, assets, migrations. */
  toolOf(account: string, env: Surroundings['env']): Tool
  /** Names what is deployed of a worker. */
  fingerprint: typeof fingerprintOf
  /** Builds the static pages into a folder. */
  buildSite(out: string): Promise<void>
  /** Changes the steps before they are taken; for the controls of tests. */
  adapt?: (steps: readonly Step[]) => readonly Step[]
}
