/** The ingest worker as it ships, over databases that fail as they are told, lane by lane. */
import { createIngestApp } from '../../workers/ingest/app.ts'
import { createDeps, type IngestDeps } from '../../workers/ingest/deps.ts'
import type { Env } from '../../workers/ingest/env.ts'
import real from '../../workers/ingest/index.ts'
import { acknowledgingEarly } from './ladder_broken.ts'
import { createLanes, LANES_PATH } from './ladder_lanes.ts'

const lanes = createLanes<IngestDeps>((env, order) => {
  const deps = createDeps(env as Env)
  return order().broken === 'early_ack' ? acknowledgingEarly(deps) : deps
})
const app = createIngestApp((env) => lanes.depsOf(env))

export default {
  queue: real.queue,
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    if (new URL(request.url).pathname === LANES_PATH) return lanes.control(request, env)
    return app.fetch(request, lanes.envOf(request, env), context)
  },
}
