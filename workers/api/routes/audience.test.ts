import { expect, test } from 'vitest'
import { silentLog } from '../../../shared/observe/log.ts'
import type { Principal } from '../auth.ts'
import type { ApiDeps } from '../deps.ts'
import { serveAudience } from './audience.ts'

const principal = (kind: 'pk' | 'sk') => ({ kind, shop: { shop: 'shop-a' }, hash: 'h' }) as unknown as Principal
const deps = (placeOf: () => Promise<unknown>) =>
  ({
    log: silentLog,
    shelf: { deadlines: { total: 50 } },
    audience: { placeOf, tastes: async () => null, titles: async () => new Map() },
  }) as unknown as ApiDeps

test('a browser key is told nothing of what shoppers like', async () => {
  await expect(
    serveAudience(
      'a',
      principal('pk'),
      deps(async () => null),
    ),
  ).rejects.toMatchObject({ code: 'forbidden' })
})

test('an unknown item, an id that is none, and a silent database are told apart', async () => {
  const sk = principal('sk')
  await expect(
    serveAudience(
      'a',
      sk,
      deps(async () => null),
    ),
  ).rejects.toMatchObject({ code: 'not_found' })
  await expect(
    serveAudience(
      '',
      sk,
      deps(async () => null),
    ),
  ).rejects.toMatchObject({ code: 'invalid_request' })
  const silent = deps(() => new Promise(() => {}))
  await expect(serveAudience('a', sk, silent)).rejects.toMatchObject({ code: 'unavailable' })
})

test('before anything was learned an item has no audience, and the answer says so', async () => {
  const known = deps(async () => ({ shoppers: 0, own: null, mapped: null }))
  expect(await serveAudience('a', principal('sk'), known)).toMatchObject({ basis: 'none', tastes: [], as_of: null })
})
