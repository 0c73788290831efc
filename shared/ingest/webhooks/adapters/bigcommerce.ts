import * as z from 'zod'
import { fieldErrors } from '../../../domain/decode.ts'
import { type Adapter, type AdapterInput, asked, type Read, wrong } from './adapter.ts'
import { bodyOf, hashedId, sentId, sentTopic } from './names.ts'
import { idLike, isoOf, momentMs, text } from './shapes.ts'

export { fetchedProduct } from './bigcommerce_product.ts'

/** A thin body: which resource changed, and when. */
const thin = z.object({
  scope: z.string(),
  created_at: z.unknown(),
  data: z.object({
    id: idLike.optional(),
    inventory: z.object({ product_id: idLike }).optional().catch(undefined),
    sku: z.object({ product_id: idLike }).optional().catch(undefined),
  }),
})
type Thin = z.infer<typeof thin>

const atMsOf = (read: Thin, receivedAtMs: number) => momentMs(read.created_at) ?? receivedAtMs

const fetchOf = (read: Thin, id: string | undefined, receivedAtMs: number): Read =>
  id === undefined
    ? wrong('/data', 'names no product')
    : asked([{ kind: 'fetch', resource: 'product', id, atMs: atMsOf(read, receivedAtMs) }])

function readThin({ body, receivedAtMs }: AdapterInput): Read {
  const parsed = thin.safeParse(body)
  if (!parsed.success) return { errors: fieldErrors(parsed.error) }
  const read = parsed.data
  const { data } = read
  switch (read.scope) {
    case 'store/product/created':
    case 'store/product/updated':
      return fetchOf(read, data.id, receivedAtMs)
    case 'store/product/inventory/updated':
    case 'store/product/inventory/order/updated':
      return fetchOf(read, data.inventory?.product_id ?? data.id, receivedAtMs)
    case 'store/sku/created':
    case 'store/sku/updated':
    case 'store/sku/deleted':
    case 'store/sku/inventory/updated':
    case 'store/sku/inventory/order/updated':
      // The id is the SKU's own: it names no product.
      return fetchOf(read, data.sku?.product_id ?? data.inventory?.product_id, receivedAtMs)
    case 'store/product/deleted': {
      if (data.id === undefined) return wrong('/data/id', 'names no product')
      // Above any answer that was fetched in that second.
      const updated_at = isoOf(atMsOf(read, receivedAtMs))
      return asked([{ kind: 'delete', deletion: { id: data.id, deleted: true, updated_at, version: receivedAtMs } }])
    }
    default:
      return read.scope.startsWith('store/')
        ? { ignored: 'a scope that changes no item' }
        : wrong('/scope', 'a scope that is not known')
  }
}

const envelope = z.object({ scope: text, hash: text, created_at: z.unknown() })

/** BigCommerce's webhooks (docs.bigcommerce.com, Webhooks): signed as Standard Webhooks, with bodies that name and do not tell. */
export const bigcommerce: Adapter = {
  name(delivery, body) {
    const own = envelope.safeParse(body)
    const topic = sentTopic(own.success ? own.data.scope : null)
    const id = delivery.headers.get('webhook-id')
    return { id: id !== null && id !== '' ? sentId(id) : hashedId(topic, bodyOf(delivery)), topic }
  },
  read: readThin,
}
