import type { KVNamespace } from '@cloudflare/workers-types'
import { Hono } from 'hono'

/** A Hono worker that answers with one value read from KV. */
const app = new Hono<{ Bindings: { CACHE: KVNamespace } }>()
app.get('/', async (c) => c.json((await c.env.CACHE.get('bench:shelf', 'json')) ?? { missing: true }))

export default app
