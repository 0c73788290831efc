import { expect, test } from 'vitest'
import { decodeConfig } from './config.ts'
import { utf8Prefix } from './metadata.ts'

test('props win over vars, vars over defaults', () => {
  const defaults = { dimensions: 256, metric: 'cosine', metadataIndexes: {}, visibilityDelayMs: 1_000, clock: 'system' }
  expect(decodeConfig({}, {})).toEqual(defaults)
  const vars = { VECTOR_DIMENSIONS: '8', VECTOR_METRIC: 'euclidean', VECTOR_VISIBILITY_DELAY_MS: '0' }
  expect(decodeConfig({}, vars)).toMatchObject({ dimensions: 8, metric: 'euclidean', visibilityDelayMs: 0 })
  expect(decodeConfig({ dimensions: 4, visibilityDelayMs: 5 }, vars)).toMatchObject({
    dimensions: 4,
    metric: 'euclidean',
    visibilityDelayMs: 5,
  })
  expect(decodeConfig({ metadataIndexes: 'kind:string, maker.size:number' }, {}).metadataIndexes).toEqual({
    kind: 'string',
    'maker.size': 'number',
  })
})

test.each([
  [{ dimensions: 1.5 }, 'dimensions must be a whole number'],
  [{ metric: 'manhattan' as 'cosine' }, 'Unknown metric'],
  [{ metadataIndexes: 'kind' }, 'Not a metadata index'],
  [{ metadataIndexes: 'kind:date' }, 'Not a metadata index'],
  [{ metadataIndexes: Array.from({ length: 11 }, (_, i) => `f${i}:string`).join() }, 'At most 10'],
])('refuses %o', (props, text) => {
  expect(() => decodeConfig(props, {})).toThrow(text)
})

test('a prefix in bytes never cuts a character', () => {
  expect(utf8Prefix('abc', 3)).toBe('abc')
  expect(utf8Prefix('aé', 2)).toBe('a')
  expect(utf8Prefix('a\u{1F600}b', 4)).toBe('a')
  expect(utf8Prefix('a\u{1F600}b', 5)).toBe('a\u{1F600}')
})
