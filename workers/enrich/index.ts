import { onCron } from './crons.ts'
import { createDeps } from './deps.ts'
import type { Env } from './env.ts'
import { consume } from './queues.ts'

export default {
  fetch: () => new Response(null, { status: 404 }),
  async scheduled(event, env) {
    await onCron(event.cron, createDeps(env))
  },
  async queue(batch, env) {
    await consume(batch, createDeps(env))
  },
} satisfies ExportedHandler<Env>
