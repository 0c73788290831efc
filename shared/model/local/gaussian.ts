/** A seeded stream of standard normal numbers: sfc32 (C. Doty-Humphrey, PractRand) and the Box-Muller transform. */

import { mix32 } from './hash.ts'

/** Generator of independent N(0, 1) numbers; equal seeds give equal streams. `seed` is read as an unsigned 32-bit integer. */
export function gaussianStream(seed: number): () => number {
  const uniform = sfc32(seed)
  let spare: number | undefined
  return () => {
    if (spare !== undefined) {
      const value = spare
      spare = undefined
      return value
    }
    // 1 - u keeps the logarithm's argument above zero.
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()))
    const angle = 2 * Math.PI * uniform()
    spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }
}

function sfc32(seed: number): () => number {
  let a = mix32(seed)
  let b = mix32(seed ^ 0x9e3779b9)
  let c = mix32(seed ^ 0x243f6a88)
  let counter = 1
  const next = (): number => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / 0x1_0000_0000
  }
  for (let i = 0; i < 12; i++) next()
  return next
}
