import { Hono } from 'hono'

/** The least that a Hono worker does: what benchmarks call the platform's own cost. */
const app = new Hono()
app.get('/', (c) => c.json({ ok: true }))

export default app
