import * as z from 'zod'
import { LIMITS } from './limits.ts'

// Control, bidirectional, zero-width and tag characters and halves of pairs make two ids look alike; none has a use in an id.
// Patterns, so that the documentation tells them too.
const PRINTABLE = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u

const cleanText = (max: number) =>
  z.string().min(1).max(max).regex(PRINTABLE, 'must not hold control or invisible characters')

/** An id given by the shop: any printable text up to 128 characters. */
export const idSchema = cleanText(LIMITS.idChars)

/** A shop's name in keys and URLs. */
export const shopIdSchema = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, 'lower case letters, digits and inner hyphens, 40 at most')

/** A market: by custom an ISO 3166 country code, in practice any short name the shop uses. `*` means every other market. */
export const marketSchema = cleanText(40)

/** The offer of an item in every market that has none of its own. */
export const ANY_MARKET = '*'

/** A BCP 47 language tag. */
export const localeSchema = z.string().regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$/, 'a BCP 47 tag such as en-GB')

/** A placement's name. */
export const placementNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,39}$/, 'lower case letters, digits, _ and -, 40 at most')

/** An ISO 4217 currency code. */
export const currencySchema = z.string().regex(/^[A-Z]{3}$/, 'an ISO 4217 code such as EUR')

/** Money in the currency's minor unit (cents, pence; whole yen). */
export const minorSchema = z.int().min(0).max(1_000_000_000_000)

/** A moment as ISO 8601 text with an offset; read as milliseconds since the epoch. */
export const momentSchema = z.iso.datetime({ offset: true })

/** An absolute http(s) address or a path on the shop's own site. */
export const linkSchema = z
  .string()
  .max(LIMITS.urlChars)
  .regex(
    // Browsers read `/\` as `//` and skip tabs and line ends: both would lead away from the shop.
    /^(?:[Hh][Tt][Tt][Pp][Ss]?:\/\/|\/(?![/\\]))[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u,
    'an http(s) address or a path',
  )

export const shortTextSchema = cleanText(LIMITS.shortTextChars)
