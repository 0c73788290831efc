/** Who is forgotten, by what must be found nowhere afterwards, in every form that a store may have made of it. */
import { createHash } from 'node:crypto'
import { hash32, hash64, hash128, sha256 } from '../../../shared/base/hash.ts'
import type { Rng } from '../../../shared/base/rng.ts'
import { shopperHash } from '../../../shared/domain/shopper_hash.ts'

export interface Victim {
  user: string
  anonymous: string
  session: string
  email: string
  phone: string
  /** Words of a search that nobody else would type. */
  words: string
  /** Numbers of a platform. */
  customer: string
  order: string
  guestOrder: string
}

const letters = (rng: Rng, count: number) =>
  Array.from({ length: count }, () => 'bcdfghjklmnpqrstvwxz'[rng.int(20)]).join('')
const digits = (rng: Rng, count: number) => Array.from({ length: count }, () => String(1 + rng.int(9))).join('')

export function victimOf(rng: Rng): Victim {
  return {
    user: `uc/${letters(rng, 12)}+ü`,
    anonymous: `ac-${letters(rng, 12)}`,
    session: `sc-${letters(rng, 12)}`,
    email: `${letters(rng, 10)}.canary@mail.example`,
    phone: `+4915${digits(rng, 9)}`,
    words: `${letters(rng, 11)} teapot`,
    customer: digits(rng, 13),
    order: digits(rng, 12),
    guestOrder: digits(rng, 12),
  }
}

/** A form to be looked for, and what it is of. */
export interface Trace {
  what: string
  form: string
  bytes: Buffer
}

/** The stores' names of the victim. */
export const namesOf = (victim: Victim): string[] => [
  ...[`u:${victim.user}`, `u:${victim.customer}`, `a:${victim.anonymous}`, `s:${victim.session}`],
  ...[`e:${victim.email}`, `a:order:shopify:${victim.order}`, `a:order:shopify:${victim.guestOrder}`],
]

/** Base64 of a text wherever it begins within other bytes: of each alignment what does not hang on its neighbours. */
function base64Forms(text: string): string[] {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)])
      .toString('base64')
      .replace(/=+$/, '')
    return encoded.slice(shift === 0 ? 0 : shift + 1, -2)
  })
}

const halvesOf = (text: string) => [hash32(text), hash32(text, 0x9747b28c)] as const

/** Every form of everything. @param emailNames what feeds make of the address */
export async function tracesOf(victim: Victim, emailNames: readonly string[]): Promise<Trace[]> {
  const traces: Trace[] = []
  const add = (what: string, form: string, text: string | Buffer) => {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text
    if (bytes.length >= 4) traces.push({ what, form, bytes })
  }
  const plain = { ...victim, words: victim.words.split(' ')[0]! }
  for (const [what, text] of Object.entries(plain)) {
    for (const own of new Set([text, text.toLowerCase(), text.toUpperCase()])) {
      add(what, 'as it is', own)
      add(what, 'in an address', encodeURIComponent(own))
      add(what, 'in JSON', JSON.stringify(own).slice(1, -1))
      add(
        what,
        'in escaped JSON',
        own.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
      )
      add(what, 'as UTF-16', Buffer.from(own, 'utf16le'))
      add(what, 'in hexadecimal', Buffer.from(own).toString('hex'))
      for (const form of base64Forms(own)) {
        add(what, 'in base64', form)
        add(what, 'in base64url', form.replaceAll('+', '-').replaceAll('/', '_'))
      }
      add(what, 'reversed', [...own].reverse().join(''))
    }
  }
  const hashed = [
    ...[...namesOf(victim), ...emailNames].flatMap((name) => [name, name.slice(2)]),
    ...[victim.words, victim.phone],
  ]
  for (const text of hashed) {
    add(text, 'SHA-256', await sha256(text))
    for (const encoding of ['hex', 'base64'] as const)
      add(text, `SHA-256 in ${encoding}`, createHash('sha256').update(text).digest(encoding))
    add(text, 'hash of 64 bits', hash64(text))
    // What learning knows a shopper by, also as bytes of its arrays, where the halves stand in columns of their own.
    add(text, 'hash of learning', shopperHash(text))
    if (/^[uas]:/.test(text))
      for (const [at, half] of halvesOf(text).entries()) {
        const bytes = Buffer.alloc(4)
        bytes.writeUInt32LE(half)
        add(text, `half ${at} of the hash of learning`, bytes)
      }
  }
  add(victim.words, 'hash of an order’s key', hash128(victim.words))
  for (const name of emailNames) add('the address', 'hash of feeds', name.slice(2))
  return traces
}
