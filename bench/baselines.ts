/** What a shelf is measured against, as workers of their own in the same runtime. */
export const BASELINES = {
  'baseline-hono': `import { Hono } from 'hono'
    const app = new Hono()
    app.get('/', (c) => c.json({ ok: true }))
    export default app`,
  'baseline-hono-kv': `import { Hono } from 'hono'
    const app = new Hono()
    app.get('/', async (c) => c.json((await c.env.CACHE.get('bench:shelf', 'json')) ?? { missing: true }))
    export default app`,
} as const
export type BaselineName = keyof typeof BASELINES
