import { createIngestApp } from './app.ts'
import { createDeps, type IngestDeps } from './deps.ts'
import type { Env } from './env.ts'
import { consume } from './queue.ts'

/** One set of dependencies an isolate: they hold no state of a request. */
let held: { env: unknown; deps: IngestDeps } | null = null

const depsOf = (env: unknown): IngestDeps => {
  if (held === null || held.env !== env) held = { env, deps: createDeps(env as Env) }
  return held.deps
}

const app = createIngestApp(depsOf)

export default {
  fetch: (request, env, context) => app.fetch(request as unknown as Request, env, context) as never,
  async queue(batch, env, context) {
    const deps = depsOf(env)
    await consume(batch, deps, (work) =>
      context.waitUntil(work.catch((error: unknown) => deps.log.error('deferred_failed', error))),
    )
  },
} satisfies ExportedHandler<Env>
