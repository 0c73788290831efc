import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parsePath, valuesAt } from './path.ts'

const BODY = { a: { b: [{ c: 1 }, { c: 2 }, {}, null], d: [[1, 2], [3]] }, 'x-y': 5, n: null }

test.each<[string, unknown[]]>([
  ['a.b[].c', [1, 2]],
  ['a.b[1].c', [2]],
  ['a.b[9].c', []],
  ['a.d[][]', [1, 2, 3]],
  ['a.d[0]', [[1, 2]]],
  ['x-y', [5]],
  ['n', []],
  ['a.b.c', []],
  ['a.b.length', []],
  ['x-y.length', []],
])('%s', (path, values) => {
  expect(valuesAt(BODY, path)).toEqual(values)
})

test.each([
  ['__proto__'],
  ['constructor'],
  ['a.__proto__.x'],
  ['a.constructor.name'],
  ['prototype'],
  ['a..b'],
  ['[0]'],
  [''],
  ['a[-1]'],
  ['a.b[x]'],
])('%j leads nowhere', (path) => {
  const body = JSON.parse(
    '{"__proto__":{"x":1},"constructor":1,"a":{"__proto__":{"x":2},"constructor":{"name":3}}}',
  ) as unknown
  expect(parsePath(path)).toBeNull()
  expect(valuesAt(body, path)).toEqual([])
})

test('inherited names are no values', () => {
  for (const path of ['toString', 'hasOwnProperty', 'a.toString', 'valueOf']) expect(valuesAt(BODY, path)).toEqual([])
})

test('lists inside lists stay bounded', () => {
  const wide = Array.from({ length: 300 }, () => Array.from({ length: 300 }, () => 1))
  expect(valuesAt({ wide }, 'wide[][]')).toHaveLength(10_000)
})

test('never throws', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (body, path) => {
      expect(Array.isArray(valuesAt(body, path))).toBe(true)
    }),
    { seed: 20_261_128, numRuns: 1_000 },
  )
})
