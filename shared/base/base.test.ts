import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { chunk, mapConcurrent } from './batch.ts'
import { createBreaker } from './breaker.ts'
import { manualClock } from './clock.ts'
import { DeadlineExceeded, withDeadline } from './deadline.ts'
import { base64url, canonicalJson, fromBase64url, hash32, hash64, lengthPrefixed, sha256 } from './hash.ts'
import { equalBytes, mac } from './hmac.ts'
import { createLru } from './lru.ts'
import { PROBLEMS, Problem, problemResponse } from './problem.ts'
import { seededRng } from './rng.ts'
import { cleanText } from './text/clean.ts'

const SEED = 20_261_129

test('different lists of fields never give the same text', () => {
  const field = fc.string({ unit: fc.constantFrom('a', ':', '1', '2', '|'), maxLength: 6 })
  fc.assert(
    fc.property(fc.array(field, { maxLength: 4 }), fc.array(field, { maxLength: 4 }), (a, b) => {
      return (lengthPrefixed(a) === lengthPrefixed(b)) === (JSON.stringify(a) === JSON.stringify(b))
    }),
    { seed: SEED, numRuns: 5_000 },
  )
})

test('control: joining by a mark does', () => {
  expect(['a|b', 'c'].join('|')).toBe(['a', 'b|c'].join('|'))
  expect(lengthPrefixed(['a|b', 'c'])).not.toBe(lengthPrefixed(['a', 'b|c']))
})

test('canonical JSON is JSON, and blind to the order of keys', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.integer(), (value, seed) => {
      const shuffled = JSON.parse(JSON.stringify(value), (_key, own) =>
        own !== null && typeof own === 'object' && !Array.isArray(own)
          ? Object.fromEntries(seededRng(seed).shuffle(Object.entries(own)))
          : own,
      )
      expect(canonicalJson(shuffled)).toBe(canonicalJson(value))
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
    { seed: SEED, numRuns: 300 },
  )
  expect(canonicalJson({ b: undefined, a: [undefined] })).toBe('{"a":[null]}')
})

test('64 bits tell a million names apart', () => {
  const seen = new Set<string>()
  for (let i = 0; i < 200_000; i++) seen.add(hash64(`item-${i}`))
  expect(seen.size).toBe(200_000)
  expect(hash64('a')).toMatch(/^[0-9a-f]{16}$/)
})

test('hashes spread over every bit', () => {
  const ones = new Array<number>(32).fill(0)
  for (let i = 0; i < 20_000; i++) {
    const h = hash32(`k${i}`)
    for (let bit = 0; bit < 32; bit++) ones[bit]! += (h >>> bit) & 1
  }
  for (const [bit, count] of ones.entries()) expect(Math.abs(count - 10_000), `bit ${bit}`).toBeLessThan(400)
})

test('base64url goes there and back, and takes only what it writes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(fromBase64url(base64url(bytes))).toEqual(bytes)
    }),
    { seed: SEED },
  )
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('A', 'B', '_', '-', '/'), maxLength: 7 }), (text) => {
      const bytes = fromBase64url(text)
      return bytes === null || base64url(bytes) === text
    }),
    { seed: SEED, numRuns: 1_000 },
  )
  for (const text of ['A', 'AB', 'A=', 'A+', 'A A', 'é']) expect(fromBase64url(text), text).toBeNull()
})

test('sha256 is SHA-256', async () => {
  expect(await sha256('abc')).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0')
})

test('a seal depends on secret, purpose and message', async () => {
  const message = new TextEncoder().encode('m')
  const seals = await Promise.all([
    mac('s', 'p', message, 8),
    mac('t', 'p', message, 8),
    mac('s', 'q', message, 8),
    mac('s', 'p', new TextEncoder().encode('n'), 8),
    mac('s', 'p\0m', new Uint8Array(), 8),
  ])
  expect(new Set(seals.map(base64url)).size).toBe(5)
  expect([
    equalBytes(seals[0]!, seals[0]!.slice()),
    equalBytes(seals[0]!, seals[1]!),
    equalBytes(seals[0]!, new Uint8Array()),
  ]).toEqual([true, false, false])
})

test('an LRU forgets the least recently used first', () => {
  const lru = createLru<number>(2, 1_000)
  lru.set('a', 1, 0)
  lru.set('b', 2, 0)
  lru.get('a', 1)
  lru.set('c', 3, 1)
  expect([lru.get('a', 2), lru.get('b', 2), lru.get('c', 2), lru.size]).toEqual([1, undefined, 3, 2])
})

test('an LRU forgets at its time, and a new value has a new life', () => {
  const lru = createLru<number>(5, 1_000)
  lru.set('a', 1, 0)
  expect(lru.get('a', 999)).toBe(1)
  expect(lru.get('a', 1_000)).toBeUndefined()
  lru.set('a', 2, 1_000)
  expect(lru.get('a', 1_999)).toBe(2)
  lru.delete('a')
  expect([lru.get('a', 1_999), lru.size]).toEqual([undefined, 0])
})

test('an LRU never holds more than its capacity, and agrees with a plain model', () => {
  const step = fc.record({ set: fc.boolean(), key: fc.constantFrom('a', 'b', 'c', 'd', '__proto__') })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const lru = createLru<number>(3, 1e9)
      let model: Array<[string, number]> = []
      for (const [at, { set, key }] of steps.entries()) {
        const known = model.find(([own]) => own === key)
        if (set) {
          lru.set(key, at, 0)
          model = [...model.filter(([own]) => own !== key), [key, at] as [string, number]].slice(-3)
        } else {
          expect(lru.get(key, 0)).toBe(known?.[1])
          if (known) model = [...model.filter(([own]) => own !== key), known]
        }
        expect(lru.size).toBe(model.length)
      }
    }),
    { seed: SEED },
  )
})

test('a deadline passes on what came in time, and rejects what did not', async () => {
  vi.useFakeTimers()
  try {
    await expect(withDeadline('s', 10, Promise.resolve(1))).resolves.toBe(1)
    await expect(withDeadline('s', 10, Promise.reject(new Error('own')))).rejects.toThrow('own')
    const late = withDeadline('stage', 10, new Promise(() => {}))
    const outcome = expect(late).rejects.toMatchObject({ name: 'DeadlineExceeded', stage: 'stage' })
    await vi.advanceTimersByTimeAsync(10)
    await outcome
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
  expect(new DeadlineExceeded('s', 5).message).toBe('s did not answer within 5 ms')
})

test('work that fails after its deadline is nobody’s unhandled rejection', async () => {
  vi.useFakeTimers()
  try {
    let fail: (error: Error) => void = () => {}
    const work = new Promise<never>((_, reject) => {
      fail = reject
    })
    const outcome = expect(withDeadline('s', -5, work)).rejects.toBeInstanceOf(DeadlineExceeded)
    await vi.advanceTimersByTimeAsync(0)
    await outcome
    fail(new Error('late'))
    await Promise.resolve()
  } finally {
    vi.useRealTimers()
  }
})

test('a breaker opens at the fifth failure in a row, lets one probe through a period, and closes on success', () => {
  const clock = manualClock(0)
  const breaker = createBreaker(clock)
  for (let i = 0; i < 4; i++) breaker.failed()
  breaker.succeeded()
  for (let i = 0; i < 4; i++) breaker.failed()
  expect([breaker.open, breaker.allows()]).toEqual([false, true])
  breaker.failed()
  expect([breaker.open, breaker.allows()]).toEqual([true, false])
  clock.advance(5_000)
  expect([breaker.allows(), breaker.allows()]).toEqual([true, false])
  breaker.failed()
  clock.advance(4_999)
  expect(breaker.allows()).toBe(false)
  clock.advance(1)
  expect(breaker.allows()).toBe(true)
  breaker.succeeded()
  expect([breaker.open, breaker.allows(), breaker.allows()]).toEqual([false, true, true])
})

test('chunks put together again are the list', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 10 }), (list, size) => {
      const parts = chunk(list, size)
      expect(parts.flat()).toEqual(list)
      expect(parts.every((part, index) => part.length === size || index === parts.length - 1)).toBe(true)
    }),
    { seed: SEED },
  )
  expect(() => chunk([1], 0)).toThrow(RangeError)
})

test('mapping keeps the order and never more than its width under way', async () => {
  let underWay = 0
  let most = 0
  const rng = seededRng(SEED)
  const results = await mapConcurrent(
    Array.from({ length: 50 }, (_, i) => i),
    4,
    async (entry) => {
      underWay += 1
      most = Math.max(most, underWay)
      for (let turns = rng.int(5); turns >= 0; turns--) await Promise.resolve()
      underWay -= 1
      return entry * 2
    },
  )
  expect(results).toEqual(Array.from({ length: 50 }, (_, i) => i * 2))
  expect(most).toBe(4)
  await expect(mapConcurrent([1, 2], 2, async (n) => (n === 2 ? Promise.reject(new Error('two')) : n))).rejects.toThrow(
    'two',
  )
  expect(await mapConcurrent([], 4, async () => 1)).toEqual([])
})

test('equal seeds give equal numbers, in range, and shuffles lose nothing', () => {
  fc.assert(
    fc.property(fc.integer(), fc.array(fc.integer(), { minLength: 1 }), (seed, list) => {
      const [a, b] = [seededRng(seed), seededRng(seed)]
      const drawn = Array.from({ length: 20 }, () => a.next())
      expect(Array.from({ length: 20 }, () => b.next())).toEqual(drawn)
      expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true)
      const before = [...list]
      expect(a.shuffle(list).sort((x, y) => x - y)).toEqual([...list].sort((x, y) => x - y))
      expect(list).toEqual(before)
      expect(list).toContain(a.pick(list))
    }),
    { seed: SEED },
  )
  expect(() => seededRng(1).pick([])).toThrow(RangeError)
  const counts = [0, 0, 0, 0]
  const rng = seededRng(SEED)
  for (let i = 0; i < 8_000; i++) counts[rng.int(4)]! += 1
  for (const count of counts) expect(Math.abs(count - 2_000), `seed ${SEED}`).toBeLessThan(200)
})

test('clean text is clean: cleaning it again changes nothing', () => {
  const text = fc.string({
    unit: fc.constantFrom(
      'a',
      ' ',
      '\n',
      '\u200b',
      '\u202e',
      'e',
      '\u0301',
      '\u3000',
      '\ud83d',
      '\ude00',
      '茶',
      '\u2028',
    ),
  })
  fc.assert(
    fc.property(text, (dirty) => {
      const clean = cleanText(dirty)
      expect(cleanText(clean)).toBe(clean)
      expect(clean).not.toMatch(/ {2}|^ | $|[\n\u200b\u202e]/)
      expect(clean.isWellFormed()).toBe(true)
    }),
    { seed: SEED, numRuns: 1_000 },
  )
})

test('a problem says its code, its places and its request, and nothing of its cause', async () => {
  const problem = new Problem('rate_limited', { retryAfterSeconds: 3, errors: [{ pointer: '/a', detail: 'd' }] })
  const response = problemResponse(problem, 'req-1')
  expect([response.status, response.headers.get('content-type'), response.headers.get('retry-after')]).toEqual([
    429,
    'application/problem+json',
    '3',
  ])
  expect(await response.json()).toEqual({
    type: '/docs#problem-rate_limited',
    code: 'rate_limited',
    title: PROBLEMS.rate_limited.title,
    status: 429,
    errors: [{ pointer: '/a', detail: 'd' }],
    request_id: 'req-1',
  })
  expect(problemResponse(new Problem('method_not_allowed', { allow: ['GET', 'PUT'] }), '').headers.get('allow')).toBe(
    'GET, PUT',
  )
})
