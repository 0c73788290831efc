import { createApiApp } from './app.ts'
import { type ApiDeps, createDeps } from './deps.ts'
import type { Env } from './env.ts'

/** One set of dependencies an isolate, with its memory. */
let held: { env: unknown; deps: ApiDeps } | null = null

const app = createApiApp((env) => {
  if (held === null || held.env !== env) held = { env, deps: createDeps(env as Env) }
  return held.deps
})

export default app satisfies ExportedHandler<Env>
