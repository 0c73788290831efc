import { Problem } from '../../shared/base/problem.ts'
import { findKey, hashKey, parseKey } from '../../shared/domain/key.ts'
import type { KeyKind, ShopConfig } from '../../shared/domain/shop.ts'
import type { ApiDeps } from './deps.ts'

/** Who asks, proved by a key. */
export interface Principal {
  shop: ShopConfig
  kind: KeyKind
  /** Of the key: what limits are counted by. */
  hash: string
}

/** Hashes of keys seen by this isolate: hashing costs more than the look-up. */
const hashes = new Map<string, string>()
const HASHES_MAX = 1_000

/** The key in the Authorization header, or for browsers in `?key=`, which needs no preflight. */
export function keyText(request: Request, query: string | undefined): string | null {
  const header = request.headers.get('authorization')
  if (header !== null) {
    const match = /^Bearer\s+(\S+)$/i.exec(header)
    return match ? match[1]! : ''
  }
  // A secret key in an address ends up in logs: only browser keys are taken there.
  return query?.startsWith('pk_') ? query : null
}

/**
 * @throws Problem `unauthorized`, `origin_not_allowed`, `unavailable`
 */
export async function authenticate(
  text: string | null,
  origin: string | null,
  deps: ApiDeps,
  defer: (label: string, work: () => Promise<unknown>) => void,
): Promise<Principal> {
  const key = text === null ? null : parseKey(text)
  if (key === null) throw new Problem('unauthorized')
  let hash = hashes.get(key.text)
  if (hash === undefined) {
    hash = await hashKey(key.text)
    if (hashes.size >= HASHES_MAX) hashes.clear()
    hashes.set(key.text, hash)
  }
  const held = matching(await deps.configs.get(key.shop, defer), hash, key.kind, deps)
  const found = held ?? matching(await deps.configs.again(key.shop), hash, key.kind, deps)
  if (found === null) throw new Problem('unauthorized')
  const { shop, stored } = found
  if (stored.kind === 'pk' && origin !== null && stored.origins.length > 0 && !stored.origins.includes(origin)) {
    throw new Problem('origin_not_allowed')
  }
  return { shop, kind: stored.kind, hash }
}

function matching(shop: ShopConfig | null, hash: string, kind: KeyKind, deps: ApiDeps) {
  const stored = shop === null ? null : findKey(shop.keys, hash, deps.clock.now())
  return shop === null || stored === null || stored.kind !== kind ? null : { shop, stored }
}
