import { lengthPrefixed, sha256 } from '../base/hash.ts'
import type { ReasonKey } from '../domain/told_reason.ts'

/** The whole key of one kept reason; two that differ in any part are different texts. */
export const reasonKey = ({ shop, item, evidence, locale, prompt, model }: ReasonKey): string =>
  lengthPrefixed([shop, item, evidence, locale, prompt, model])

/** The name under which a key is kept: the value carries the key. */
export const reasonDigest = (key: string): Promise<string> => sha256(key)
