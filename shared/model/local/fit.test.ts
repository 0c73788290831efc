import { describe, expect, test } from 'vitest'
import { decodeModel, encodeModel, LocalModelError } from './codec.ts'
import { embedText } from './embed.ts'
import { createLocalFitter, fitLocalEmbedder, type LocalDocument } from './fit.ts'
import { cosine, plantedShop, shuffledShop } from './planted.ts'

const shop = plantedShop(7, 240)
const model = fitLocalEmbedder(shop, { seed: 5 })
const query = (text: string) => embedText(model, [{ text, weight: 1 }], 'query')

describe('the artefact', () => {
  test('is byte-identical for the same documents and seed, in any order of arrival', () => {
    const again = fitLocalEmbedder([...shop].reverse(), { seed: 5 })
    expect(Buffer.from(encodeModel(again)).equals(Buffer.from(encodeModel(model)))).toBe(true)
    expect(again.version).toBe(model.version)
  })

  test('is the same whether it was learned at once or with others at work between the slices', async () => {
    const fitter = createLocalFitter({ seed: 5 })
    for (const document of shop) fitter.add(document)
    let slices = 0
    const sliced = await fitter.finishInSlices(async () => {
      slices += 1
      // Somebody else's learning must not be in its way.
      if (slices % 50 === 0) fitLocalEmbedder(shop.slice(0, 30), { seed: slices })
    })
    expect(Buffer.from(encodeModel(sliced)).equals(Buffer.from(encodeModel(model)))).toBe(true)
    expect(slices).toBeGreaterThan(50)
  })

  test('changes its version with the seed and with the documents', () => {
    expect(fitLocalEmbedder(shop, { seed: 6 }).version).not.toBe(model.version)
    expect(fitLocalEmbedder(shop.slice(1), { seed: 5 }).version).not.toBe(model.version)
  })

  test('survives encoding, also at an odd offset of a larger buffer', () => {
    const bytes = encodeModel(model)
    const larger = new Uint8Array(bytes.length + 1)
    larger.set(bytes, 1)
    for (const copy of [decodeModel(bytes), decodeModel(larger.subarray(1))]) {
      expect(copy).toEqual(model)
      expect(embedText(copy, shop[3]!.fields)).toEqual(embedText(model, shop[3]!.fields))
    }
  })

  test('refuses other data, another format and damage by name', () => {
    const reason = (bytes: Uint8Array): string => {
      try {
        decodeModel(bytes)
      } catch (error) {
        if (error instanceof LocalModelError) return error.reason
        throw error
      }
      return 'accepted'
    }
    const bytes = encodeModel(model)
    const changed = (at: number) => bytes.slice().fill(bytes[at]! ^ 1, at, at + 1)
    expect(reason(new Uint8Array(0))).toBe('not_a_model')
    expect(reason(changed(0))).toBe('not_a_model')
    expect(reason(changed(4))).toBe('unknown_format')
    for (const at of [8, 20, 200, bytes.length >> 1, bytes.length - 1]) expect(reason(changed(at))).toBe('damaged')
    expect(reason(bytes.subarray(0, bytes.length - 4))).toBe('damaged')
  })
})

describe('small catalogues', () => {
  for (const size of [0, 1, 2, 5, 20, 24, 40]) {
    test(`${size} documents give valid vectors`, () => {
      const small = fitLocalEmbedder(shop.slice(0, size), { seed: 1 })
      const vector = embedText(small, [{ text: 'violet lantern', weight: 1 }])
      expect(vector).toHaveLength(256)
      expect(cosine(vector, vector)).toBeCloseTo(1, 5)
      const search = (text: string) => cosine(vector, embedText(small, [{ text, weight: 1 }], 'query'))
      expect(search('lantern, violet')).toBeGreaterThan(search('quilt') + 0.2)
    })
  }

  test('identical and empty documents do not break the decomposition', () => {
    const same: LocalDocument[] = Array.from({ length: 60 }, (_, i) => ({
      id: `${i}`,
      fields: [{ text: i % 3 === 0 ? '' : 'red shoe', weight: 1 }],
    }))
    const vector = embedText(fitLocalEmbedder(same, { seed: 1 }), same[1]!.fields)
    expect(vector.every(Number.isFinite)).toBe(true)
    expect(cosine(vector, vector)).toBeCloseTo(1, 5)
  })

  test('dimensions outside the range are refused', () => {
    for (const dimensions of [0, 15, 18, 2048, 64.5, Number.NaN]) {
      expect(() => createLocalFitter({ seed: 1, dimensions })).toThrow(RangeError)
    }
    expect(embedText(fitLocalEmbedder(shop, { seed: 1, dimensions: 64 }), shop[0]!.fields)).toHaveLength(64)
  })
})

test('planted synonyms come close, and only because of the documents', () => {
  // "sofa" and "couch" never share a document; both keep the company of "cushion", "upholster" and "living".
  const closeness = (documents: LocalDocument[]) => {
    const fitted = fitLocalEmbedder(documents, { seed: 5 })
    const item = (text: string) => embedText(fitted, [{ text, weight: 1 }])
    return cosine(item('sofa'), item('couch')) - cosine(item('sofa'), item('kettle'))
  }
  expect(closeness(shop)).toBeGreaterThan(0.5)
  expect(Math.abs(closeness(shuffledShop(shop, 11)))).toBeLessThan(0.3)
})

test('an unseen inflection or compound lands near its relatives', () => {
  for (const [unseen, related, other] of [
    ['upholsterer', 'sofa', 'kettle'],
    ['kettlebase', 'teapot', 'couch'],
  ] as const) {
    expect(cosine(query(unseen), query(unseen))).toBeCloseTo(1, 5)
    const vector = embedText(model, [{ text: unseen, weight: 1 }])
    const to = (text: string) => cosine(vector, embedText(model, [{ text, weight: 1 }]))
    expect(to(related)).toBeGreaterThan(to(other) + 0.2)
  }
})
