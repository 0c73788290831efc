import { expect, test } from 'vitest'
import { extractFeatures } from './features.ts'
import { gaussianStream } from './gaussian.ts'
import { learnTerms } from './latent.ts'
import { emptyRows, quantizeRows } from './model.ts'
import { plantedShop } from './planted.ts'
import { atOnce } from './slices.ts'
import { transposeSlice } from './sparse.ts'
import { truncatedSvd } from './svd.ts'
import { buildVocabulary } from './vocabulary.ts'

test('eight bits keep more than 99 % of the ten nearest neighbours', () => {
  const [count, width] = [1_000, 64]
  const normal = gaussianStream(9)
  const centres = Float32Array.from({ length: 20 * width }, normal)
  const rows = Float32Array.from({ length: count * width }, (_, i) => {
    const centre = Math.floor(i / width) % 20
    return centres[centre * width + (i % width)]! + normal()
  })
  const quantized = emptyRows(count, width)
  quantizeRows(rows, width, quantized, 0)
  const restored = rows.map((_, i) => quantized.scales[Math.floor(i / width)]! * quantized.values[i]!)
  let kept = 0
  for (let i = 0; i < 200; i++) {
    const exact = neighbours(rows, width, i)
    kept += neighbours(restored, width, i).filter((j) => exact.includes(j)).length
  }
  expect(kept / 2_000).toBeGreaterThan(0.99)
})

test('the decomposition finds a planted spectrum', () => {
  // Rows repeat four disjoint patterns 16, 9, 4 and 1 times: singular values are the roots times the pattern length.
  const repeats = [16, 9, 4, 1]
  const patterns = repeats.flatMap((times, pattern) => Array.from({ length: times }, () => pattern))
  const matrix = {
    rows: 30,
    columnCount: 8,
    starts: Uint32Array.from({ length: 31 }, (_, i) => i * 2),
    columns: Uint16Array.from(patterns.flatMap((p) => [p * 2, p * 2 + 1])),
    values: new Float32Array(60).fill(Math.SQRT1_2),
  }
  const svd = atOnce(truncatedSvd(matrix, { rank: 6, iterations: 3, seed: 2 }))
  expect(svd.rank).toBe(4)
  svd.singularValues.forEach((value, i) => {
    expect(value).toBeCloseTo(Math.sqrt(repeats[i]!), 4)
  })
  const right = atOnce(transposeSlice(matrix, svd.left, svd.width, 0, 8))
  for (let i = 0; i < 4; i++) expect(Math.abs(right[i * 2 * svd.width + i]!)).toBeCloseTo(Math.sqrt(repeats[i]! / 2), 4)
})

test('latent vectors of terms are of unit length', () => {
  const documents = plantedShop(1, 80).map(({ id, fields }) => {
    const { weights } = extractFeatures(fields)
    return { id, features: Uint32Array.from(weights.keys()), weights: Float32Array.from(weights.values()) }
  })
  const vocabulary = atOnce(buildVocabulary(documents, () => true))
  const { rank, terms } = atOnce(learnTerms(documents, vocabulary, 16, 1))
  expect(rank).toBe(9)
  for (let row = 0; row < vocabulary.features.length; row++) {
    let squared = 0
    for (let j = 0; j < rank; j++) squared += (terms.scales[row]! * terms.values[row * rank + j]!) ** 2
    expect(squared).toBeCloseTo(1, 1)
  }
})

function neighbours(rows: Float32Array, width: number, of: number): number[] {
  const unit = (i: number) => {
    const row = rows.subarray(i * width, (i + 1) * width)
    return { row, length: Math.hypot(...row) }
  }
  const probe = unit(of)
  const scores = Array.from({ length: rows.length / width }, (_, i) => {
    const { row, length } = unit(i)
    return { i, score: i === of ? -2 : row.reduce((sum, v, j) => sum + v * probe.row[j]!, 0) / length / probe.length }
  })
  return scores
    .sort((a, b) => b.score - a.score)
    .slice(0, 10)
    .map(({ i }) => i)
}
