import { expect, test } from 'vitest'
import { CostFailure, readAmount, readOptions } from './arguments.ts'

test('amounts are plain, in thousands or in millions', () => {
  expect([readAmount('1M'), readAmount('250k'), readAmount('250K'), readAmount('40000'), readAmount('1.5M')]).toEqual([
    1_000_000, 250_000, 250_000, 40_000, 1_500_000,
  ])
})

test.each(['', '0', '-1', '1m', '1MM', '0.5', '1.0005k', '1e6', 'many', '9999999M', '1 000'])(
  '“%s” is refused',
  (text) => {
    expect(() => readAmount(text)).toThrow(CostFailure)
  },
)

test('a million shelves of the demo shop, where nothing is said', () => {
  expect(readOptions([])).toEqual({ shelves: 1_000_000, json: false, dataset: null })
  expect(readOptions(['--json', '250k', '--dataset', 'folder'])).toEqual({
    ...{ shelves: 250_000, json: true, dataset: 'folder' },
  })
})

test('what is not known is said in one line', () => {
  for (const argv of [['1M', '2M'], ['--what'], ['--dataset'], ['--dataset', ''], ['--json=1']]) {
    expect(() => readOptions(argv)).toThrow(CostFailure)
    expect(() => readOptions(argv)).toThrow(/^[^\n]{1,160}$/)
  }
})
