import { expect, test } from 'vitest'
import { base64url, fromBase64url, hash32 } from '../base/hash.ts'
import { seededRng } from '../base/rng.ts'
import { RUNGS } from '../domain/recommendation.ts'
import {
  inHoldout,
  type RecommendationFacts,
  signRecommendationId,
  verifyRecommendationId,
} from './recommendation_id.ts'

const NOW = 1_767_225_600_000
const SECRET = 'secret'
const SEED = 20_261_121
const facts = (more: Partial<RecommendationFacts> = {}): RecommendationFacts => ({
  placement: 'home',
  rung: 'L2',
  holdout: false,
  atMs: NOW,
  ...more,
})
const sign = (more: Partial<RecommendationFacts> = {}, unique = new Uint8Array(6)) =>
  signRecommendationId(SECRET, 'shop-a', facts(more), unique)
const verify = (id: string, shop = 'shop-a', secret = SECRET) => verifyRecommendationId(secret, shop, id)

test('says what was signed, in at most 64 characters', async () => {
  for (const rung of RUNGS) {
    for (const holdout of [true, false]) {
      const id = await sign({ rung, holdout, placement: 'a-placement-of-forty-characters-in-length' })
      expect(id.length).toBeLessThanOrEqual(64)
      expect(await verify(id)).toEqual({
        atMs: NOW,
        rung,
        holdout,
        placementHash: hash32('a-placement-of-forty-characters-in-length'),
      })
    }
  }
})

test('is another one for every shelf', async () => {
  const unique = Array.from({ length: 50 }, (_, n) => Uint8Array.of(n, 1, 2, 3, 4, 5))
  expect(new Set(await Promise.all(unique.map((bytes) => sign({}, bytes)))).size).toBe(50)
})

test('is nothing for another shop or another secret', async () => {
  const id = await sign()
  expect(await verify(id, 'shop-b')).toBeNull()
  expect(await verify(id, 'shop-a', 'another')).toBeNull()
  // The border between shop and body is part of the seal.
  expect(await verify(id, 'shop-a\0')).toBeNull()
})

test(`10,000 forgeries are refused (seed ${SEED})`, async () => {
  const rng = seededRng(SEED)
  const bytes = fromBase64url(await sign())!
  const forgeries = Array.from({ length: 10_000 }, (_, n) => {
    const forged = bytes.slice()
    // Every single bit first, then up to eight at once, then anything at all.
    if (n < bytes.length * 8) forged[n >> 3]! ^= 1 << (n & 7)
    else if (n < 6_000)
      for (let flips = 1 + rng.int(8); flips > 0; flips--) forged[rng.int(bytes.length)]! ^= 1 << rng.int(8)
    else for (let at = n % 2; at < forged.length; at++) forged[at] = rng.int(256)
    return base64url(forged)
  }).filter((id) => id !== base64url(bytes))
  expect(forgeries.length).toBeGreaterThan(9_900)
  const accepted = (await Promise.all(forgeries.map((id) => verify(id)))).filter((one) => one !== null)
  expect(accepted).toEqual([])
})

test('text that is no id is refused without an error', async () => {
  for (const text of ['', 'a', '=', '%%%', 'é', 'A'.repeat(31), 'A'.repeat(32), 'A'.repeat(33), 'A'.repeat(64)])
    expect(await verify(text), text).toBeNull()
})

test('one shopper in twenty is held out, always the same ones, others in another shop', () => {
  const shoppers = Array.from({ length: 50_000 }, (_, n) => `u:shopper-${n}`)
  const held = shoppers.filter((shopper) => inHoldout('shop-a', shopper))
  // Four standard deviations of a binomial share of 5 % among 50,000 are 0.4 %.
  expect(Math.abs(held.length / shoppers.length - 0.05)).toBeLessThan(0.004)
  expect(shoppers.filter((shopper) => inHoldout('shop-a', shopper))).toEqual(held)
  const elsewhere = held.filter((shopper) => inHoldout('shop-b', shopper)).length / held.length
  expect(elsewhere).toBeLessThan(0.08)
  expect(inHoldout('shop-a', null)).toBe(false)
})
