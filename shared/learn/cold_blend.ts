import { FACTOR_DIMS, normalized } from '../domain/item_factors.ts'

/** Shoppers up to here say little of who else will come. */
const FEW = 8
/** What a text says is worth as many shoppers, of an item of few and of one of more. Measured on two shops. */
const KAPPA_OF_FEW = 8
const KAPPA = 16
/** From here on an item stands on its own: text moves it by a fifth at most. */
export const SETTLED_SHOPPERS = 64

export const kappaOf = (shoppers: number): number => (shoppers < FEW ? KAPPA_OF_FEW : KAPPA)

/** How much of an item's position is its shoppers' own: n / (n + kappa). */
export const ownShare = (shoppers: number): number => shoppers / (shoppers + kappaOf(shoppers))

/** n / (n + kappa) own + kappa / (n + kappa) mapped, unit length; the other alone where one has no direction. */
export function blended(own: Float32Array | null, mapped: Float32Array | null, shoppers: number): Float32Array {
  const share = ownShare(shoppers)
  const out = new Float32Array(FACTOR_DIMS)
  for (let at = 0; at < FACTOR_DIMS; at++) out[at] = share * (own?.[at] ?? 0) + (1 - share) * (mapped?.[at] ?? 0)
  return normalized(out)
}
