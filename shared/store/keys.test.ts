import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LIMITS } from '../domain/limits.ts'
import { dayOf, kvKeys, objectNames, tenantToken, vectorId, vectorNamespace } from './keys.ts'

const SEED = 20_261_124
const bytes = (text: string) => new TextEncoder().encode(text).length

/** Ids as the schema lets them through: any printable text, up to 128 UTF-16 units. */
const id = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: LIMITS.idChars }),
    fc.string({
      unit: fc.constantFrom('茶', '𠮷', 'é', 'a', ':', '#', '/', '0'),
      minLength: 1,
      maxLength: LIMITS.idChars,
    }),
  )
  .filter((text) => text.length <= LIMITS.idChars && text.isWellFormed())
const shop = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/)
const LONGEST_SHOP = 'a'.repeat(40)

test('every key fits: KV 512 bytes, Vectorize 64, R2 1,024', () => {
  fc.assert(
    fc.property(id, shop, (item, name) => {
      for (const key of [
        kvKeys.item(name, item),
        kvKeys.lists(name, item),
        kvKeys.shelf(name, 'd'.repeat(43)),
        kvKeys.order(name, 'd'.repeat(43)),
      ]) {
        expect(bytes(key)).toBeLessThanOrEqual(512)
      }
      for (const view of ['text', 'found'] as const) {
        const namespace = vectorNamespace(name, item, view)
        expect(bytes(namespace)).toBeLessThanOrEqual(64)
        expect(bytes(vectorId(namespace, item))).toBeLessThanOrEqual(64)
      }
      expect(bytes(objectNames.events(name, '2026-01-01', 1, Number.MAX_SAFE_INTEGER))).toBeLessThanOrEqual(1_024)
    }),
    { seed: SEED, numRuns: 500 },
  )
  expect(bytes(kvKeys.item(LONGEST_SHOP, '茶'.repeat(LIMITS.idChars)))).toBeLessThanOrEqual(512)
})

test('different items never share a key', () => {
  fc.assert(
    fc.property(fc.tuple(shop, id), fc.tuple(shop, id), (a, b) => {
      fc.pre(a[0] !== b[0] || a[1] !== b[1])
      const ids = [a, b].flatMap(([name, item]) =>
        ['v1', 'v2'].flatMap((version) =>
          (['text', 'found'] as const).map((view) => vectorId(vectorNamespace(name, version, view), item)),
        ),
      )
      expect(new Set(ids).size).toBe(8)
      expect(kvKeys.item(...a)).not.toBe(kvKeys.item(...b))
    }),
    { seed: SEED, numRuns: 1_000 },
  )
})

test('long ids that differ in one place, or in order, keep different vector ids', () => {
  const base = 'abcdefgh'.repeat(16)
  const variants = [
    base,
    ...Array.from(base, (_, at) => `${base.slice(0, at)}X${base.slice(at + 1)}`),
    [...base].reverse().join(''),
  ]
  expect(new Set(variants.map((item) => vectorId(vectorNamespace(LONGEST_SHOP, 'v1', 'text'), item))).size).toBe(
    variants.length,
  )
})

test('control: cutting ids to the length that fits makes them collide', () => {
  const cut = (name: string, item: string) => `${name}:${item}`.slice(0, 64)
  expect(cut(LONGEST_SHOP, `${'x'.repeat(60)}1`)).toBe(cut(LONGEST_SHOP, `${'x'.repeat(60)}2`))
})

test('no shop can name its items so that they take the place of a hashed id', () => {
  const hashed = vectorId('victim', 'x'.repeat(LIMITS.idChars))
  const [name, item] = [hashed.slice(0, hashed.indexOf(':')), hashed.slice(hashed.indexOf(':') + 1)]
  // What stands before the colon is no shop's name.
  expect(`${name}`).not.toMatch(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/)
  expect(item).toHaveLength(32)
})

test('event objects sort by day, then by sequence', () => {
  const names = [
    objectNames.events('s', '2026-01-02', 1, 9),
    objectNames.events('s', '2026-01-01', 10, 20),
    objectNames.events('s', '2026-01-01', 9, 9),
  ]
  expect([...names].sort()).toEqual([names[2], names[1], names[0]])
  expect(names.every((name) => name.startsWith(objectNames.eventsOfShop('s')))).toBe(true)
  // A shop whose name begins another's does not see its objects.
  expect(objectNames.events('s2', '2026-01-01', 1, 1).startsWith(objectNames.eventsOfShop('s'))).toBe(false)
})

test('a day is the calendar day in UTC', () => {
  expect([dayOf(0), dayOf(86_399_999), dayOf(86_400_000), dayOf(-1)]).toEqual([
    '1970-01-01',
    '1970-01-01',
    '1970-01-02',
    '1969-12-31',
  ])
})

test('the tenant token is one token of full text search', () => {
  fc.assert(
    fc.property(shop, (name) => /^t[0-9a-f]{16}$/.test(tenantToken(name))),
    { seed: SEED },
  )
})
