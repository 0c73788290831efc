import * as z from 'zod'
import { Problem } from '../../shared/base/problem.ts'
import { decode } from '../../shared/domain/decode.ts'
import { shopIdSchema } from '../../shared/domain/ids.ts'

/** Who a forwarded request comes from, as `api` has proved it. `ingest` has no other door. */
const callerSchema = z.discriminatedUnion('role', [
  z.object({ role: z.literal('shop'), shop: shopIdSchema, kind: z.enum(['pk', 'sk']) }),
  z.object({ role: z.literal('admin') }),
])
export type Caller = z.infer<typeof callerSchema>

export const CALLER_HEADER = 'x-shelfwise-caller'
export const REQUEST_ID_HEADER = 'x-request-id'

export const writeCaller = (caller: Caller): string => JSON.stringify(caller)

/** @throws Problem `unauthorized` when the header is missing: nothing but `api` sets it */
export function readCaller(headers: Headers): Caller {
  const text = headers.get(CALLER_HEADER)
  if (text === null) throw new Problem('unauthorized')
  return callerSchema.parse(JSON.parse(text))
}

/** @throws Problem `forbidden` unless the caller holds the shop's secret key */
export function requireSecret(caller: Caller): string {
  if (caller.role === 'shop' && caller.kind === 'sk') return caller.shop
  throw new Problem('forbidden', { detail: 'This needs a secret key (sk_)' })
}

/**
 * The shop of an address, for its own secret key or the admin key.
 * @throws Problem `forbidden`, `invalid_request`
 */
export function requireShop(caller: Caller, name: string): string {
  const shop = decode(shopIdSchema, name)
  if (caller.role !== 'admin' && requireSecret(caller) !== shop)
    throw new Problem('forbidden', { detail: "This key is another shop's" })
  return shop
}

export function requireAdmin(caller: Caller): void {
  if (caller.role !== 'admin') throw new Problem('forbidden', { detail: 'This needs the admin key' })
}
