import { systemClock } from '../../shared/base/clock.ts'
import { createApiApp } from './app.ts'
import { type ApiDeps, createDeps } from './deps.ts'
import type { Env } from './env.ts'
import { createShedder } from './shed.ts'

/** One set of dependencies an isolate, with its memory. */
let held: { env: unknown; deps: ApiDeps } | null = null

const app = createApiApp((env) => {
  if (held === null || held.env !== env) held = { env, deps: createDeps(env as Env) }
  return held.deps
})

const shedder = createShedder(systemClock)

export default {
  fetch: (request, env, context) =>
    shedder.serve(
      request as unknown as Request,
      () => crypto.randomUUID(),
      () => app.fetch(request as unknown as Request, env, context),
    ) as never,
} satisfies ExportedHandler<Env>
