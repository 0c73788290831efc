import { expect, test, vi } from 'vitest'
import { silentLog } from '../../../shared/observe/log.ts'
import type { Principal } from '../auth.ts'
import type { ApiDeps } from '../deps.ts'
import { serveModelCall, serveModelCallAgain } from './model_calls.ts'

const asking = (kind: 'pk' | 'sk', shop = 'a') => ({ kind, shop: { shop } }) as unknown as Principal
const record = { key: 'k' }
/** As the archive is, of names that it does not take. */
const refusing = () => deps({ call: () => Promise.reject(new Error('10020: the name is too long')) })
const deps = (over: object = {}) =>
  ({
    log: silentLog,
    calls: {
      call: async (shop: string, key: string) => (shop === 'a' && key === 'k' ? record : null),
      callAgain: async () => null,
      ...over,
    },
  }) as unknown as ApiDeps

test("a shop's server sees its own calls", async () => {
  expect(await serveModelCall('k', asking('sk'), deps())).toBe(record)
})

test.each<[string, () => Promise<unknown>, string]>([
  ['a browser key', () => serveModelCall('k', asking('pk'), deps()), 'forbidden'],
  ['a browser key that asks again', () => serveModelCallAgain('k', asking('pk'), deps()), 'forbidden'],
  ['another shop', () => serveModelCall('k', asking('sk', 'b'), deps()), 'not_found'],
  ['an unknown call', () => serveModelCallAgain('k', asking('sk'), deps()), 'not_found'],
  ['an endless key', () => serveModelCall('k'.repeat(901), asking('sk'), deps()), 'not_found'],
  ['a key of more bytes than characters', () => serveModelCall('é'.repeat(151), asking('sk'), refusing()), 'not_found'],
  ['a key of half a character', () => serveModelCall('\ud800', asking('sk'), refusing()), 'not_found'],
  [
    'an archive that is down',
    () => serveModelCall('k', asking('sk'), deps({ call: () => Promise.reject(new Error('R2')) })),
    'unavailable',
  ],
])('%s is told so', async (_name, ask, code) => {
  await expect(ask()).rejects.toMatchObject({ code })
})

test('an archive that does not answer is not waited for', async () => {
  vi.useFakeTimers()
  try {
    const asked = serveModelCall('k', asking('sk'), deps({ call: () => new Promise(() => {}) }))
    const told = expect(asked).rejects.toMatchObject({ code: 'unavailable', extras: { retryAfterSeconds: 2 } })
    await vi.advanceTimersByTimeAsync(2_000)
    await told
  } finally {
    vi.useRealTimers()
  }
})
