import { type Rng, seededRng } from '../../../shared/base/rng.ts'

/** Seeded vectors with values in [-1, 1), already rounded to float32. */
export function randomVectors(count: number, dimensions: number, seed: number): number[][] {
  const rng: Rng = seededRng(seed)
  return Array.from({ length: count }, () => [...Float32Array.from({ length: dimensions }, () => rng.next() * 2 - 1)])
}
