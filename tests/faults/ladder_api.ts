/** The api worker as it ships, over bindings that fail as they are told, lane by lane. */
import { systemClock } from '../../shared/base/clock.ts'
import { createApiApp } from '../../workers/api/app.ts'
import { type ApiDeps, createDeps } from '../../workers/api/deps.ts'
import type { Env } from '../../workers/api/env.ts'
import { createShedder } from '../../workers/api/shed.ts'
import { withoutDeadlines, withRetries } from './ladder_broken.ts'
import { createLanes, LANES_PATH } from './ladder_lanes.ts'

const lanes = createLanes<ApiDeps>((env, order) => {
  const deps = createDeps(env as Env)
  const { broken } = order()
  if (broken === 'no_deadlines') return withoutDeadlines(deps)
  return broken === 'retries' ? withRetries(deps) : deps
})
const overNetwork = globalThis.fetch
globalThis.fetch = (input, init) => {
  lanes.countFetch(new Headers(init?.headers))
  return overNetwork(input, init)
}
const shedder = createShedder(systemClock)
const app = createApiApp((env) => lanes.depsOf(env))

export default {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    if (new URL(request.url).pathname !== LANES_PATH) {
      const serve = () => app.fetch(request, lanes.envOf(request, env), context)
      return shedder.serve(request, () => crypto.randomUUID(), serve)
    }
    // A lane is one in both workers.
    if (request.method !== 'GET') await env.INGEST.fetch(request.clone() as never)
    return lanes.control(request, env)
  },
}
