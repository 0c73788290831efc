import { shopperKey } from '../domain/event.ts'
import { emailName } from '../domain/forgotten.ts'
import type { UserNames } from '../domain/user_answers.ts'
import type { ErasureStore } from '../store/operations/erasures.ts'
import { emailSalt, emailShopper } from './feeds/email_shopper.ts'

const isAddress = (name: string) => name.includes('@')

/** What the stores call a shopper, by what the shop calls them: `u:`, `a:`, `s:` and `e:` names, each once. */
export function shopperNames(userId: string, also: UserNames): string[] {
  const names = [
    ...[userId, ...(also.user_ids ?? [])].map((user_id) => shopperKey({ user_id })!),
    ...(also.anonymous_ids ?? []).map((anonymous_id) => shopperKey({ anonymous_id })!),
    ...(also.session_ids ?? []).map((session_id) => shopperKey({ session_id })!),
    ...[userId, ...(also.user_ids ?? [])].filter(isAddress).map(emailName),
    ...(also.emails ?? []).map(emailName),
  ]
  return [...new Set(names)]
}

/** The names with those that feeds make of addresses: such shoppers are known by a hash alone. */
export async function withEmailHashes(
  shop: string,
  names: readonly string[],
  signingSecret: string,
): Promise<string[]> {
  const emails = names.filter((name) => name.startsWith('e:')).map((name) => name.slice(2))
  if (emails.length === 0) return [...names]
  const salt = await emailSalt(shop, signingSecret)
  const hashed = await Promise.all(emails.map((email) => emailShopper(salt, email)))
  return [...new Set([...names, ...hashed.map((user_id) => shopperKey({ user_id })!)])]
}

/** Asks for erasures by every name that an address stands for, whoever asks: the API or a platform's delivery. */
export const byAllNames = (erasures: ErasureStore, signingSecret: string): ErasureStore => ({
  ...erasures,
  ask: async (shop, source, ref, shoppers, nowMs) =>
    erasures.ask(
      shop,
      source,
      ref,
      shoppers === 'all' ? 'all' : await withEmailHashes(shop, shoppers, signingSecret),
      nowMs,
    ),
})
