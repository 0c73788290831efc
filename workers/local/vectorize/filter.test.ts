import { describe, expect, test } from 'vitest'
import { Refusal } from './errors.ts'
import { compileFilter } from './filter.ts'

const FIELDS = { kind: 'book', price: 10, sold: false, 'maker.city': 'Oslo', gone: null }

describe('matching', () => {
  test.each([
    [{ kind: 'book' }, true],
    [{ kind: 'shoe' }, false],
    [{ kind: { $eq: 'book' } }, true],
    [{ kind: { $ne: 'book' } }, false],
    [{ kind: { $ne: 'shoe' } }, true],
    [{ kind: { $in: ['shoe', 'book'] } }, true],
    [{ kind: { $in: ['shoe'] } }, false],
    [{ kind: { $nin: ['shoe'] } }, true],
    [{ kind: { $nin: ['book'] } }, false],
    [{ price: { $lt: 10 } }, false],
    [{ price: { $lte: 10 } }, true],
    [{ price: { $gt: 10 } }, false],
    [{ price: { $gte: 10 } }, true],
    [{ price: { $gt: 5, $lt: 15 } }, true],
    [{ price: { $gte: 11, $lte: 15 } }, false],
    [{ price: '10' }, false],
    [{ price: { $lt: 'x' } }, false],
    [{ kind: { $gte: 'bo', $lt: 'bp' } }, true],
    [{ sold: false }, true],
    [{ sold: true }, false],
    [{ gone: null }, true],
    [{ gone: { $ne: null } }, false],
    [{ gone: { $lt: 5 } }, false],
    [{ 'maker.city': 'Oslo' }, true],
    [{ kind: 'book', price: { $lt: 5 } }, false],
    [{ kind: 'book', price: { $lt: 50 } }, true],
    [{ unknown: null }, false],
    [{ unknown: { $ne: 'x' } }, false],
  ])('%j', (filter, expected) => {
    expect(compileFilter(filter)(FIELDS)).toBe(expected)
  })

  test('strings that share their first 64 bytes cannot be told apart', () => {
    const start = 'x'.repeat(64)
    expect(compileFilter({ kind: `${start}b` })({ kind: start })).toBe(true)
    expect(compileFilter({ kind: `${start.slice(1)}b` })({ kind: start })).toBe(false)
  })
})

describe('grammar', () => {
  test.each([
    [null, 'must be an object'],
    [[], 'must be an object'],
    [{}, 'non-empty object'],
    [{ '': 1 }, 'must not be empty'],
    [{ $or: [] }, 'must not start with "$"'],
    [{ 'a"b': 1 }, 'must not contain'],
    [{ 'a|b': 1 }, 'must not contain'],
    [{ 'a..b': 1 }, 'empty step'],
    [{ ['k'.repeat(513)]: 1 }, 'at most 512 characters'],
    [{ a: {} }, 'must not be empty'],
    [{ a: [1] }, 'must be a scalar or operators'],
    [{ a: { b: 1 } }, 'unknown filter operator b'],
    [{ a: { $regex: 'x' } }, 'unknown filter operator $regex'],
    [{ a: { $in: [] } }, 'non-empty array'],
    [{ a: { $in: 'x' } }, 'non-empty array'],
    [{ a: { $in: [{}] } }, 'non-empty array'],
    [{ a: { $eq: [1] } }, 'needs a string, number, boolean or null'],
    [{ a: { $lt: true } }, 'needs a string or a number'],
    [{ a: { $lt: null } }, 'needs a string or a number'],
    [{ a: { $lt: 1, $lte: 2 } }, 'cannot be combined'],
    [{ a: { $eq: 1, $ne: 2 } }, 'cannot be combined'],
    [{ a: { $gt: 1, $lt: 2, $ne: 3 } }, 'cannot be combined'],
    [{ a: 'x'.repeat(2_048 - 8) }, 'less than 2048 bytes, but got 2048'],
  ])('refuses %j', (filter, text) => {
    expect(() => compileFilter(filter)).toThrow(Refusal)
    expect(() => compileFilter(filter)).toThrow(text)
  })

  test('accepts the limits themselves', () => {
    expect(compileFilter({ a: 'x'.repeat(2_047 - 8) })({ a: 'y' })).toBe(false)
    expect(compileFilter({ ['k'.repeat(512)]: 1 })({})).toBe(false)
  })
})
