import { createIngestApp } from './app.ts'
import { createDeps, type IngestDeps } from './deps.ts'
import type { Env } from './env.ts'

/** One set of dependencies an isolate: they hold no state of a request. */
let held: { env: unknown; deps: IngestDeps } | null = null

const app = createIngestApp((env) => {
  if (held === null || held.env !== env) held = { env, deps: createDeps(env as Env) }
  return held.deps
})

export default app satisfies ExportedHandler<Env>
