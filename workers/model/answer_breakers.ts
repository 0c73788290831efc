import type { Breaker } from '../../shared/base/breaker.ts'
import type { Clock } from '../../shared/base/clock.ts'
import { createLru } from '../../shared/base/lru.ts'
import { createRollingBreaker, PROVIDER_BREAKER } from '../../shared/base/rolling_breaker.ts'
import type { CompletionCall } from '../../shared/model/completer_rpc.ts'

/** Shops and purposes at once. */
const KEPT = 500
const FOR_EVER_MS = Number.MAX_SAFE_INTEGER / 2
/** Answers of no use are paid for; a model that now and then fails is still worth asking. */
const USELESS_SHARE = 0.8

/**
 * Breakers for what a provider says, beside that for whether it can be reached: refusals, cut or broken answers cost money
 * and change nothing. By shop and purpose, so that one shop's texts do not stop another's.
 */
export function createAnswerBreakers(clock: Clock): (call: Pick<CompletionCall, 'shop' | 'purpose'>) => Breaker {
  const breakers = createLru<Breaker>(KEPT, FOR_EVER_MS)
  return ({ shop, purpose }) => {
    const name = `${shop} ${purpose}`
    const known = breakers.get(name, clock.now())
    if (known !== undefined) return known
    const breaker = createRollingBreaker(clock, { ...PROVIDER_BREAKER, failedShare: USELESS_SHARE })
    breakers.set(name, breaker, clock.now())
    return breaker
  }
}

/** Whether an answer holds anything of what was asked for. Whoever asked reads it with a schema and says more. */
export function isOfUse(text: string | null, schema: Record<string, unknown>): boolean {
  if (text === null) return false
  const required = Array.isArray(schema.required) ? (schema.required as unknown[]) : []
  if (required.length === 0) return true
  // It was read before: text is one JSON object.
  const answer = JSON.parse(text) as Record<string, unknown>
  return required.some((name) => typeof name === 'string' && Object.hasOwn(answer, name))
}
