import * as z from 'zod'
import { SECOND_MS } from '../../../../base/clock.ts'
import { fieldErrors } from '../../../../domain/decode.ts'
import { shopperKey } from '../../../../domain/event.ts'
import { emailName } from '../../../../domain/forgotten.ts'
import { type Adapter, type AdapterInput, asked, type Read, wrong } from '../adapter.ts'
import { shopperOf } from '../orders.ts'
import { idLike, isoOf, lenient, listOf, momentMs, text } from '../shapes.ts'
import { shopifyName, triggeredAtMs } from './headers.ts'
import { readOrder, readRefund } from './orders.ts'
import { readProduct } from './product.ts'

/**
 * Topics are not signed, bodies are: whoever has seen one signed body must not make it a command that destroys by naming
 * another topic. Bodies of such commands lack what every other body has.
 */
const isOfAnotherTopic = (body: unknown, names: readonly string[]): boolean =>
  typeof body === 'object' && body !== null && names.some((name) => Object.hasOwn(body, name))

function readDeletion({ body, headers, receivedAtMs }: AdapterInput): Read {
  if (isOfAnotherTopic(body, ['title', 'variants'])) return wrong('', 'tells of a product: no body of a deletion')
  const parsed = z.object({ id: idLike }).safeParse(body)
  if (!parsed.success) return { errors: fieldErrors(parsed.error) }
  const atMs = triggeredAtMs(headers)
  const clock = { updated_at: isoOf(atMs ?? receivedAtMs), ...(atMs === null ? {} : { version: atMs }) }
  return asked([{ kind: 'delete', deletion: { id: parsed.data.id, deleted: true, ...clock } }])
}

/** A level names an inventory item and a location, and no variant. */
const level = z.object({
  inventory_item_id: idLike,
  location_id: idLike,
  available: z.int().nullable().optional(),
  updated_at: text,
})

function readLevel({ topic, body, headers, receivedAtMs }: AdapterInput): Read {
  const parsed = level.safeParse(body)
  if (!parsed.success) return { errors: fieldErrors(parsed.error) }
  const { inventory_item_id, location_id, available, updated_at } = parsed.data
  const isDisconnect = topic === 'inventory_levels/disconnect'
  if (isDisconnect && available != null)
    return wrong('/available', 'tells a count: no body of a location that was left')
  // Connected, and no count told yet: that count is an update of its own.
  if (topic === 'inventory_levels/connect' && available == null) return { ignored: 'a location without a count' }
  return asked([
    {
      kind: 'level',
      inventoryItem: inventory_item_id,
      location: location_id,
      available: isDisconnect ? null : (available ?? null),
      atMs: fineClock(momentMs(updated_at), triggeredAtMs(headers)) ?? receivedAtMs,
    },
  ])
}

/** Shopify writes `updated_at` in whole seconds; the moment of the event tells two changes of one second apart. */
function fineClock(updatedAtMs: number | null, triggeredMs: number | null): number | null {
  if (updatedAtMs === null || triggeredMs === null) return updatedAtMs ?? triggeredMs
  return triggeredMs >= updatedAtMs && triggeredMs < updatedAtMs + SECOND_MS ? triggeredMs : updatedAtMs
}

const redaction = z.object({
  customer: lenient(z.object({ id: lenient(idLike), email: lenient(z.email()) })),
  orders_to_redact: listOf(idLike),
})

/** Guests are known by their orders alone; histories that were imported may know a customer by the address. */
function readRedaction({ body, context }: AdapterInput): Read {
  if (isOfAnotherTopic(body, ['id', 'data_request'])) return wrong('', 'no body of a request to forget')
  const parsed = redaction.safeParse(body)
  if (!parsed.success) return { errors: fieldErrors(parsed.error) }
  const { customer, orders_to_redact } = parsed.data
  const guests = (orders_to_redact ?? []).map((id) => shopperOf(context.source, id, null))
  const all = [...(customer?.id === undefined ? [] : [{ user_id: customer.id }]), ...guests]
  const emails = customer?.email === undefined ? [] : [emailName(customer.email)]
  const shoppers = [...all.flatMap((who) => shopperKey(who) ?? []), ...emails]
  return shoppers.length === 0
    ? wrong('/customer/id', 'names no customer, no address and no order')
    : asked([{ kind: 'erase', shoppers }])
}

function readDataRequest({ body }: AdapterInput): Read {
  const parsed = redaction.safeParse(body)
  const id = parsed.success ? parsed.data.customer?.id : undefined
  const who = id === undefined ? 'A customer without an account' : `Customer ${id}`
  return asked([{ kind: 'notice', detail: `${who} asks which data is held about them; the shop has to answer` }])
}

function readShopRedaction({ body }: AdapterInput): Read {
  const parsed = z.object({ shop_id: idLike }).safeParse(body)
  if (!parsed.success) return { errors: fieldErrors(parsed.error) }
  if (isOfAnotherTopic(body, ['id', 'customer'])) return wrong('', 'no body of a request to forget a shop')
  return asked([{ kind: 'erase', shoppers: 'all' }])
}

const UNINSTALLED = 'The app was uninstalled: no more deliveries come from this shop'

const TOPICS: Readonly<Record<string, (input: AdapterInput) => Read>> = {
  'products/create': readProduct,
  'products/update': readProduct,
  'products/delete': readDeletion,
  'inventory_levels/update': readLevel,
  'inventory_levels/connect': readLevel,
  'inventory_levels/disconnect': readLevel,
  'orders/create': readOrder,
  'orders/paid': readOrder,
  'orders/updated': readOrder,
  'orders/cancelled': readOrder,
  'refunds/create': readRefund,
  'customers/redact': readRedaction,
  'customers/data_request': readDataRequest,
  'shop/redact': readShopRedaction,
  'app/uninstalled': () => asked([{ kind: 'notice', detail: UNINSTALLED }]),
}

/** Families of topics that say nothing about items or what was bought beyond the topics above. */
const OTHER_FAMILIES = new Set(
  `app app_subscriptions bulk_operations carts checkouts collection_listings collection_publications collections
   customer_groups customers disputes domains draft_orders fulfillment_events fulfillment_orders fulfillments inventory_items
   inventory_levels locales locations markets order_transactions orders product_listings products profiles refunds
   returns selling_plan_groups shop tender_transactions themes variants`.split(/\s+/),
)

/** Shopify's webhooks with the REST form of products (shopify.dev/docs/api/webhooks). */
export const shopify: Adapter = {
  name: shopifyName,
  read(input) {
    const topic = input.topic.toLowerCase()
    if (Object.hasOwn(TOPICS, topic)) return TOPICS[topic]!({ ...input, topic })
    const [family] = topic.split('/')
    if (topic.includes('/') && OTHER_FAMILIES.has(family!))
      return { ignored: 'a topic that changes no item and no shopper' }
    return wrong('', 'a topic that is not known')
  },
}
