import { DeployFailure, type FailureCode } from '../failure.ts'
import { Refusal, Unanswered } from './errors.ts'

/**
 * The platform's numbers that say what to do. 100328 was read in its answers (a `limits` block on Workers Free), 7406 and
 * 10007 stand in wrangler's source; the others are known from its users' reports.
 */
const CODES: Readonly<Record<number, FailureCode>> = {
  1000: 'token_refused',
  6003: 'token_refused',
  6111: 'token_refused',
  9109: 'token_refused',
  10000: 'token_refused',
  10001: 'token_refused',
  7406: 'plan_too_small',
  10042: 'not_enabled',
  100129: 'plan_too_small',
  100328: 'plan_too_small',
}

export const codeOf = (codes: readonly number[]): FailureCode | null =>
  codes.map((code) => CODES[code]).find((code) => code !== undefined) ?? null

/** What the platform said about `what`, as a failure; anything that is not the platform's word is given back as it is. */
export function failureOf(error: unknown, what: string): unknown {
  if (error instanceof Unanswered)
    return new DeployFailure('platform_unavailable', `${what}: ${error.message}`, { cause: error })
  if (!(error instanceof Refusal)) return error
  const message = `${what}: ${error.message}`
  // A token that is good for other things is answered with the same numbers, and with 403.
  if (error.status === 403)
    return new DeployFailure(codeOf(error.codes.filter((code) => code !== 10000)) ?? 'not_permitted', message)
  if (error.status === 401) return new DeployFailure('token_refused', message)
  return new DeployFailure(codeOf(error.codes) ?? 'platform_refused', message, { cause: error })
}
