import { expect, test } from 'vitest'
import { manualClock } from '../../shared/base/clock.ts'
import { Problem } from '../../shared/base/problem.ts'
import { DEADLINES } from '../../shared/domain/limits.ts'
import { NO_RULES } from '../../shared/domain/rule.ts'
import { DEFAULT_PLACEMENTS, type ShopConfig } from '../../shared/domain/shop.ts'
import { silentLog } from '../../shared/observe/log.ts'
import type { CacheStore } from '../../shared/store/cache.ts'
import type { ShopStore } from '../../shared/store/catalogue/shop_config.ts'
import { createConfigMemory } from './config_memory.ts'

const SHOP = 'shop-a'
/** Older than anything that is held. */
const LATER_MS = 60_000

const config = (name: string): ShopConfig => ({
  shop: SHOP,
  name,
  locale: 'en',
  market: 'GB',
  markets: [{ market: 'GB', currency: 'GBP', locale: 'en' }],
  keys: [],
  placements: DEFAULT_PLACEMENTS,
  search: { space: null, found: false },
  rules: NO_RULES,
  ranker: null,
  gates: {},
})

type Mode = 'well' | 'error' | 'hang' | 'nothing'
const MODES: readonly Mode[] = ['well', 'error', 'hang', 'nothing']

function setUp() {
  const clock = manualClock(1_767_225_600_000)
  const modes: { d1: Mode; kv: Mode } = { d1: 'well', kv: 'well' }
  const reads = { d1: 0, kv: 0 }
  const answer = (part: 'd1' | 'kv') => async () => {
    reads[part] += 1
    if (modes[part] === 'error') throw new Error(`${part} is down`)
    if (modes[part] === 'hang') await new Promise(() => {})
    return modes[part] === 'nothing' ? null : config(part)
  }
  const shops = { config: answer('d1') } as unknown as ShopStore
  const cache = { shop: answer('kv') } as unknown as CacheStore
  const memory = createConfigMemory(shops, cache, clock, silentLog)
  const deferred: Array<() => Promise<unknown>> = []
  const get = () => memory.get(SHOP, (_label, work) => deferred.push(work))
  return { clock, modes, reads, memory, get, deferred }
}

/** Whose configuration is given: D1's, KV's, what was held, none, or the problem's code. */
async function source(get: () => Promise<ShopConfig | null>): Promise<string> {
  try {
    return (await get())?.name ?? 'none'
  } catch (error) {
    return error instanceof Problem ? error.code : String(error)
  }
}

/** D1 decides; KV stands in for it; then memory, which knows what D1 said last. */
function owed(d1: Mode, kv: Mode, warm: boolean): string {
  if (d1 === 'well') return 'd1'
  if (d1 === 'nothing') return 'none'
  if (kv === 'well') return 'kv'
  return warm ? 'd1' : 'unavailable'
}

for (const warm of [true, false]) {
  test(`every pair of outages, ${warm ? 'warm' : 'fresh'} isolate`, { timeout: 20_000 }, async () => {
    const cases = MODES.flatMap((d1) => MODES.map((kv) => [d1, kv] as const))
    const seen = await Promise.all(
      cases.map(async ([d1, kv]) => {
        const { clock, modes, get } = setUp()
        if (warm) await get()
        clock.advance(LATER_MS)
        Object.assign(modes, { d1, kv })
        return `d1 ${d1}, kv ${kv}: ${await source(get)}`
      }),
    )
    expect(seen).toEqual(cases.map(([d1, kv]) => `d1 ${d1}, kv ${kv}: ${owed(d1, kv, warm)}`))
  })
}

test('a hanging D1 costs its deadline and no more', async () => {
  const { modes, get } = setUp()
  modes.d1 = 'hang'
  const from = performance.now()
  expect(await source(get)).toBe('kv')
  expect(performance.now() - from).toBeGreaterThanOrEqual(DEADLINES.config - 5)
})

test('a lookup that never ends does not keep the next one waiting', async () => {
  const { modes, get } = setUp()
  Object.assign(modes, { d1: 'hang', kv: 'hang' })
  const stuck = source(get)
  Object.assign(modes, { d1: 'well', kv: 'well' })
  expect(await source(get)).toBe('d1')
  // It had given up on D1 by then.
  expect(await stuck).toBe('kv')
})

test('what is young is not read again, what is older is read behind the answer', async () => {
  const { clock, reads, get, deferred } = setUp()
  await get()
  clock.advance(14_999)
  await get()
  expect([reads.d1, deferred.length]).toEqual([1, 0])
  clock.advance(1)
  await get()
  expect([reads.d1, deferred.length]).toEqual([1, 1])
  await deferred[0]!()
  expect(reads.d1).toBe(2)
})

test('a key made a moment ago is looked for again, but not without bound', async () => {
  const { reads, memory, get } = setUp()
  await get()
  for (let n = 0; n < 50; n++) await memory.again(SHOP)
  expect(reads.d1).toBeGreaterThan(1)
  expect(reads.d1).toBeLessThan(20)
})

test('negative control: a fresh isolate with neither D1 nor KV fails', async () => {
  const { modes, get } = setUp()
  Object.assign(modes, { d1: 'error', kv: 'error' })
  expect(await source(get)).toBe('unavailable')
})
