/** The keys of two shops, and every way in which a request may carry one of them, or something that looks like it. */
import { MINUTE_MS } from '../../../shared/base/clock.ts'
import { makeKey } from '../../../shared/domain/key.ts'
import type { KeyKind } from '../../../shared/domain/shop.ts'
import { CALLER_HEADER, type Caller, writeCaller } from '../../../workers/http/caller.ts'
import { NOW, OTHER_SHOP, SHOP } from '../../support/unit_catalogue.ts'
import type { Column } from './policy_table.ts'

/** The only page that A's browser keys may be used from. */
export const OWN_PAGE = 'https://a.example'
export const FOREIGN_PAGES = [
  'https://evil.example',
  // A sandboxed frame, or a file.
  'null',
  'http://a.example',
  'https://a.example:8443',
  'https://www.a.example',
  'https://a.example.evil.example',
]

const secretOf = (name: string) => name.padEnd(32, '0')
const keyOf = (kind: KeyKind, shop: string, name: string) => makeKey(kind, shop, secretOf(name))

export const KEYS = {
  pk: keyOf('pk', SHOP, 'browser'),
  sk: keyOf('sk', SHOP, 'server'),
  pkB: keyOf('pk', OTHER_SHOP, 'browser-of-b'),
  skB: keyOf('sk', OTHER_SHOP, 'server-of-b'),
  revokedPk: keyOf('pk', SHOP, 'revoked-browser'),
  revokedSk: keyOf('sk', SHOP, 'revoked-server'),
  expiredPk: keyOf('pk', SHOP, 'expired-browser'),
  expiredSk: keyOf('sk', SHOP, 'expired-server'),
  /** Ends at NOW. */
  endingSk: keyOf('sk', SHOP, 'ending-server'),
  /** Ends a minute after NOW. */
  briefSk: keyOf('sk', SHOP, 'brief-server'),
  /** To be revoked. */
  spareSk: keyOf('sk', SHOP, 'spare-server'),
  admin: `ak_${secretOf('administrator')}`,
} as const

/** What is stored of them; the admin key is none of a shop's. */
export const STORED: ReadonlyArray<{ key: string; expiresAtMs?: number; revoked?: true }> = [
  ...[KEYS.pk, KEYS.sk, KEYS.pkB, KEYS.skB, KEYS.spareSk].map((key) => ({ key })),
  { key: KEYS.revokedPk, revoked: true },
  { key: KEYS.revokedSk, revoked: true },
  { key: KEYS.expiredPk, expiresAtMs: NOW - 1 },
  { key: KEYS.expiredSk, expiresAtMs: NOW - 1 },
  { key: KEYS.endingSk, expiresAtMs: NOW },
  { key: KEYS.briefSk, expiresAtMs: NOW + MINUTE_MS },
]

/** How one request shows who asks. */
export interface Showing {
  label: string
  headers: Readonly<Record<string, string>>
  /** Of `?key=`. */
  inAddress?: string
}

const showing = (label: string, authorization: string, more: Record<string, string> = {}): Showing => ({
  label,
  headers: { authorization, ...more },
})
const bearer = (label: string, key: string, more: Record<string, string> = {}) => showing(label, `Bearer ${key}`, more)
const written = (caller: Caller) => ({ [CALLER_HEADER]: writeCaller(caller) })
const asSecretOfA = written({ role: 'shop', shop: SHOP, kind: 'sk' })

/** Every showing of a column is answered alike. */
export const SHOWINGS: Readonly<Record<Column, readonly Showing[]>> = {
  none: [
    { label: 'nothing', headers: {} },
    { label: 'a shop of the sender’s own writing', headers: asSecretOfA },
    { label: 'an administrator of the sender’s own writing', headers: written({ role: 'admin' }) },
    { label: 'a secret key in the address', headers: {}, inAddress: KEYS.sk },
    { label: 'the admin key in the address', headers: {}, inAddress: KEYS.admin },
  ],
  bad: [
    showing('no scheme', KEYS.sk),
    showing('another scheme', `Basic ${btoa(`${KEYS.sk}:`)}`),
    showing('a scheme alone', 'Bearer'),
    showing('two keys in one', `Bearer ${KEYS.sk} ${KEYS.sk}`),
    showing('two headers in one', `Bearer ${KEYS.sk}, Bearer ${KEYS.admin}`),
    bearer('a kind that there is not', KEYS.sk.replace('sk_', 'zk_')),
    bearer('too short a secret', `sk_${SHOP}_short`),
    bearer('the beginning of the admin key alone', 'ak_'),
    { ...bearer('nonsense before a good key in the address', 'x'), inAddress: KEYS.pk },
  ],
  wrong: [
    bearer('a secret key that nobody made', keyOf('sk', SHOP, 'nobody')),
    bearer('a browser key that nobody made', keyOf('pk', SHOP, 'nobody')),
    bearer('one character more', `${KEYS.sk}0`),
    bearer('a browser key’s secret as a secret key', KEYS.pk.replace('pk_', 'sk_')),
    bearer('B’s secret under A’s name', KEYS.skB.replace(OTHER_SHOP, SHOP)),
    bearer('a shop that there is not', keyOf('sk', 'shop-z', 'server')),
    bearer('an admin key that is not', `ak_${secretOf('nobody')}`),
  ],
  gone: [
    bearer('a revoked browser key', KEYS.revokedPk, { origin: OWN_PAGE }),
    bearer('a revoked secret key', KEYS.revokedSk),
  ],
  past: [
    bearer('an expired browser key', KEYS.expiredPk, { origin: OWN_PAGE }),
    bearer('an expired secret key', KEYS.expiredSk),
    bearer('a secret key that ends now', KEYS.endingSk),
  ],
  pk: [
    bearer('on its own page', KEYS.pk, { origin: OWN_PAGE }),
    bearer('on no page', KEYS.pk),
    bearer('with a caller of its own writing', KEYS.pk, asSecretOfA),
  ],
  '?pk': [{ label: 'on its own page', headers: { origin: OWN_PAGE }, inAddress: KEYS.pk }],
  'pk@': FOREIGN_PAGES.map((origin) => bearer(`on ${origin}`, KEYS.pk, { origin })),
  pkB: [bearer('as it is', KEYS.pkB)],
  sk: [bearer('as it is', KEYS.sk), showing('in lower case', `bearer ${KEYS.sk}`)],
  skB: [bearer('as it is', KEYS.skB), bearer('with a caller of its own writing', KEYS.skB, asSecretOfA)],
  admin: [bearer('as it is', KEYS.admin)],
}
