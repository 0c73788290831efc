import { type Context, Hono } from 'hono'
import { Problem } from '../../../shared/base/problem.ts'
import { LIMITS } from '../../../shared/domain/limits.ts'
import { type Receipt, receiveDelivery } from '../../../shared/ingest/webhooks/receive.ts'
import { verifiedSource } from '../../../shared/ingest/webhooks/verified_source.ts'
import { isWooCommercePing } from '../../../shared/ingest/webhooks/verify/woocommerce.ts'
import { discardBody, readBytes } from '../../http/body.ts'
import type { IngestApp } from '../context.ts'
import { signal } from '../signals.ts'

/** A sender whose delivery could not be committed comes again after this. */
const RETRY_SECONDS = 10

/** Of a body that is too large and says so, this much is let in, so that its sender reads the answer. */
const DISCARDED_BYTES = 4 * LIMITS.webhookBodyBytes

/**
 * The door for platforms. It answers 401 to what nobody signed, 413 to what is too large, 503 when nothing can be
 * committed, and 2xx to everything else, whatever it holds: platforms switch off who answers anything else.
 */
export function webhookRoutes() {
  const routes = new Hono<IngestApp>()
  routes.post('/webhooks/:source/:shop', async (c) => {
    if (Number(c.req.header('content-length') ?? 0) > LIMITS.webhookBodyBytes)
      await discardBody(c.req.raw, DISCARDED_BYTES)
    const bytes = await readBytes(c.req.raw, LIMITS.webhookBodyBytes)
    if (isWooCommercePing(c.req.raw.headers, bytes)) return c.json({ outcome: 'ignored', ignored: 'a greeting' })
    try {
      return await take(c, bytes)
    } catch (error) {
      if (error instanceof Problem) throw error
      c.var.deps.log.error('webhook_not_committed', error, { source: c.req.param('source'), shop: c.req.param('shop') })
      throw new Problem('unavailable', { retryAfterSeconds: RETRY_SECONDS })
    }
  })
  return routes
}

async function take(c: Context<IngestApp>, bytes: Uint8Array<ArrayBuffer>): Promise<Response> {
  const { deps } = c.var
  const { headers } = c.req.raw
  const nowMs = deps.clock.now()
  const name = { source: c.req.param('source') ?? '', shop: c.req.param('shop') ?? '' }
  const live = await verifiedSource(name, headers, bytes, deps.webhooks.memory, nowMs)
  // The same answer for a source that is not there: it must not tell which are.
  if (live === null)
    throw new Problem('unauthorized', { scheme: 'Signature', detail: 'The signature is not valid for this address' })
  const receipt = await receiveDelivery({ headers, bytes, receivedAtMs: nowMs }, live.context, deps.webhooks, nowMs)
  const { outcome, id, topic } = receipt
  if (receipt.letters.length > 0) deps.log.info('webhook_letter', { ...name, outcome, id, topic })
  signal(name.shop, receipt.signals, deps, c.var.defer)
  return c.json(receiptAnswer(receipt))
}

export const receiptAnswer = ({ outcome, id, topic, counts, warnings, ignored, errors }: Receipt) => ({
  ...{ outcome, id, topic, counts },
  ...(ignored === null ? {} : { ignored }),
  ...(warnings.length === 0 ? {} : { warnings }),
  ...(errors.length === 0 ? {} : { errors }),
})
