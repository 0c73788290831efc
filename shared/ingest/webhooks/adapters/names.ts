import { hash64, lengthPrefixed } from '../../../base/hash.ts'
import { cleanText } from '../../../base/text/clean.ts'
import type { VerifiedDelivery } from '../effects.ts'

/** Characters of a delivery id and of a topic that are kept in rows and shown to people. */
const ID_CHARS = 128
const TOPIC_CHARS = 100

// One character a byte: bodies that are no text have names too.
const latin1 = new TextDecoder('latin1')

/** A name made of everything that tells two deliveries apart. */
export const hashedId = (...parts: readonly string[]): string => `hash:${hash64(lengthPrefixed(parts))}`

/** The body's own part of such a name. */
export const bodyOf = (delivery: VerifiedDelivery): string => latin1.decode(delivery.bytes)

/** An id as it was sent, or its hash when it is too long or holds what cannot be seen. */
export const sentId = (id: string): string => (id.length <= ID_CHARS && cleanText(id) === id ? id : hashedId(id))

/** A topic as rows and people may see it; `unknown` when there is none. */
export const sentTopic = (topic: string | null | undefined): string =>
  cleanText(topic ?? '').slice(0, TOPIC_CHARS) || 'unknown'
