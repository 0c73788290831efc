import { fromBase64, toBase64 } from '../base/base64.ts'

/** Dimensions of the space in which items, shoppers and tastes lie. */
export const FACTOR_DIMS = 64
/** Of a factor's bytes. */
const BYTE_UNITS = 127

/** Where an item lies by who wants it. */
export interface ItemFactor {
  item: string
  /** Shoppers who wanted it. */
  shoppers: number
  /** Unit length, FACTOR_DIMS long; all zero where it has no direction. */
  vector: Float32Array
}

/** A direction as base64 of signed bytes, scaled to the largest; its length is not kept. */
export function packDirection(vector: ArrayLike<number>): string {
  let largest = 0
  for (let at = 0; at < vector.length; at++) largest = Math.max(largest, Math.abs(vector[at]!))
  const bytes = new Int8Array(vector.length)
  if (largest > 0)
    for (let at = 0; at < vector.length; at++) bytes[at] = Math.round((vector[at]! / largest) * BYTE_UNITS)
  return toBase64(new Uint8Array(bytes.buffer))
}

/** @returns a vector of unit length, or of zeros. @throws TypeError where the text is no direction */
export function unpackDirection(text: string, dims: number = FACTOR_DIMS): Float32Array {
  const bytes = fromBase64(text)
  if (bytes === null || bytes.length !== dims) throw new TypeError('not a packed direction')
  return normalized(Float32Array.from(new Int8Array(bytes.buffer)))
}

/** In place. */
export function normalized(vector: Float32Array): Float32Array {
  let squares = 0
  for (let at = 0; at < vector.length; at++) squares += vector[at]! ** 2
  if (squares > 0) {
    const scale = 1 / Math.sqrt(squares)
    for (let at = 0; at < vector.length; at++) vector[at]! *= scale
  }
  return vector
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!
  return sum
}
