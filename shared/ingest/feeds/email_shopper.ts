import { lengthPrefixed, sha256 } from '../../base/hash.ts'

const HASH_CHARS = 22

/**
 * The user id of a shopper who is known by an e-mail address alone: the address itself is never kept.
 * @param salt of the shop's own, or a person's; another one gives another id
 */
export const emailShopper = async (salt: string, email: string): Promise<string> =>
  `e_${(await sha256(lengthPrefixed([salt, email.trim().toLowerCase()]))).slice(0, HASH_CHARS)}`

/** The salt of feeds that the service itself reads. Of one shop alone: an address that two shops know gives two shoppers. */
export const emailSalt = (shop: string, signingSecret: string): Promise<string> =>
  sha256(lengthPrefixed(['order-email', shop, signingSecret]))
