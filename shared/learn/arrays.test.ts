import { expect, test } from 'vitest'
import { allocateArrays, Column, decodeArrays, encodeArrays, release } from './arrays.ts'

test('arrays come back by name and type, with what was told beside them', () => {
  const bytes = encodeArrays({ small: Uint8Array.of(1, 2, 3), large: Float64Array.of(0.5, Number.NaN) }, { of: 'test' })
  const { arrays, meta } = decodeArrays(bytes, { large: 'Float64', small: 'Uint8' })
  expect([...arrays.small]).toEqual([1, 2, 3])
  expect([...arrays.large]).toEqual([0.5, Number.NaN])
  expect(meta).toEqual({ of: 'test' })
  // Views: nothing is copied.
  expect(arrays.large.buffer).toBe(bytes.buffer)
})

test('a part of a larger buffer is read wherever it lies', () => {
  const bytes = encodeArrays({ at: Int32Array.of(7, 8) })
  const shifted = new Uint8Array(bytes.length + 3)
  shifted.set(bytes, 3)
  expect([...decodeArrays(shifted.subarray(3), { at: 'Int32' }).arrays.at]).toEqual([7, 8])
})

test('equal arrays are equal bytes, and what is none is refused', () => {
  const shape = { a: 'Int16' } as const
  const { bytes, arrays } = allocateArrays(shape, { a: 2 })
  arrays.a.set([1, -1])
  expect(bytes).toEqual(encodeArrays({ a: Int16Array.of(1, -1) }))
  expect(() => decodeArrays(new TextEncoder().encode('something else'), shape)).toThrow('not a buffer of arrays')
  expect(() => decodeArrays(new Uint8Array(3), shape)).toThrow('too short')
  expect(() => decodeArrays(bytes, { b: 'Int16' })).toThrow('no array b')
  expect(() => decodeArrays(bytes, { a: 'Int32' })).toThrow('no array a')
})

test('a column grows, and gives its memory back when told to', () => {
  const column = new Column(new Int32Array(0))
  for (let value = 0; value < 5_000; value++) column.push(value)
  const { values } = column
  expect([values.length, values[4_999]]).toEqual([5_000, 4_999])
  release(values, values)
  expect(values.length).toBe(0)
})
