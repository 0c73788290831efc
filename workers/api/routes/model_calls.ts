import { SECOND_MS } from '../../../shared/base/clock.ts'
import { withDeadline } from '../../../shared/base/deadline.ts'
import { Problem } from '../../../shared/base/problem.ts'
import type { CallRecord } from '../../../shared/domain/call_record.ts'
import type { CallAgain } from '../../../shared/model/calls_rpc.ts'
import type { Principal } from '../auth.ts'
import type { ApiDeps } from '../deps.ts'

/** Somebody waits for a whole answer of a model. */
const AGAIN_DEADLINE_MS = 30 * SECOND_MS
/** A record is read from the archive. */
const READ_DEADLINE_MS = 2 * SECOND_MS
/** Longer than any key that is made, and with the rest of its object's name within the 1,024 bytes that R2 takes. */
const KEY_BYTES_MAX = 900

/**
 * One call to a language model as it was made. Prompts are a shop's own data: only its servers may look.
 * @throws Problem `forbidden`, `not_found`; `unavailable` when the archive does not answer
 */
export async function serveModelCall(key: string, principal: Principal, deps: ApiDeps): Promise<CallRecord> {
  return found(await asked(key, principal, deps, READ_DEADLINE_MS, (shop) => deps.calls.call(shop, key)))
}

/** The same call made once more, beside what it answered then. It is paid for from the shop's budget. */
export async function serveModelCallAgain(key: string, principal: Principal, deps: ApiDeps): Promise<CallAgain> {
  const again = (shop: string) => deps.calls.callAgain(shop, key, AGAIN_DEADLINE_MS)
  return found(await asked(key, principal, deps, AGAIN_DEADLINE_MS + READ_DEADLINE_MS, again))
}

async function asked<T>(
  key: string,
  { kind, shop }: Principal,
  deps: ApiDeps,
  deadlineMs: number,
  ask: (shop: string) => Promise<T>,
): Promise<T> {
  if (kind !== 'sk') throw new Problem('forbidden', { detail: 'Calls to a model are told to secret keys (sk_) alone' })
  // As it stands in the name of its object, where half a character cannot stand at all.
  if (!key.isWellFormed() || encodeURIComponent(key).length > KEY_BYTES_MAX) throw new Problem('not_found')
  return withDeadline('model_call', deadlineMs, ask(shop.shop)).catch((error: unknown) => {
    deps.log.error('model_call_unread', error, { shop: shop.shop })
    throw new Problem('unavailable', { retryAfterSeconds: 2 })
  })
}

function found<T>(value: T | null): T {
  if (value === null)
    throw new Problem('not_found', { detail: 'No such call is kept: only calls with a trace are, for a week' })
  return value
}
