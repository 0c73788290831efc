import { FACTOR_DIMS } from '../domain/item_factors.ts'
import type { Factors } from './factors_svd.ts'
import type { Anchors } from './text_map.ts'

/** Items to stand on. @param textOf whitened, unit length, `textDims` long */
export function anchorsOf(
  items: Int32Array,
  factors: Factors,
  textDims: number,
  textOf: (item: number) => Float32Array,
): Anchors {
  const anchors: Anchors = {
    count: items.length,
    textDims,
    texts: new Float32Array(items.length * textDims),
    factors: new Float32Array(items.length * FACTOR_DIMS),
    shoppers: items.map((item) => factors.shoppers[item]!),
  }
  for (const [at, item] of items.entries()) {
    anchors.texts.set(textOf(item), at * textDims)
    anchors.factors.set(factors.vectors.subarray(item * FACTOR_DIMS, (item + 1) * FACTOR_DIMS), at * FACTOR_DIMS)
  }
  return anchors
}
