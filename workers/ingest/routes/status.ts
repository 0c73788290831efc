import { Hono } from 'hono'
import { requireSecret } from '../../http/caller.ts'
import type { IngestApp } from '../context.ts'

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())

export function statusRoutes() {
  const routes = new Hono<IngestApp>()
  routes.get('/v1/jobs', async (c) => {
    const shop = requireSecret(c.var.caller)
    const { items, waiting, jobs } = await c.var.deps.status.of(shop)
    return c.json({
      shop,
      items,
      waiting,
      jobs: jobs.map(({ job, state, done, total, startedAtMs, finishedAtMs, error, due }) => ({
        job,
        state,
        due,
        done,
        total,
        started_at: iso(startedAtMs),
        finished_at: iso(finishedAtMs),
        error,
      })),
    })
  })
  return routes
}
