import * as z from 'zod'

/** The two indexes that a worker may be bound to: ITEM_VECTORS, and ITEM_VECTORS_B for a second number of dimensions. */
export const vectorBindingSchema = z.enum(['a', 'b'])
export type VectorBinding = z.infer<typeof vectorBindingSchema>

/** `text`: an item's own words. `found`: what was understood of it, in the words of those who look for it. */
export const VECTOR_VIEWS = ['text', 'found'] as const
export type VectorView = (typeof VECTOR_VIEWS)[number]

/** Where the vectors of one embedder lie: only vectors of one space are ever compared. */
export interface VectorSpace {
  shop: string
  /** `local/{content hash}/{dimensions}` or `{provider}/{model}/{dimensions}`. */
  version: string
  binding: VectorBinding
  dimensions: number
}

/** What a search needs to know of its shop: carried by the shop's configuration, so that it costs no call of its own. */
export const searchConfigSchema = z.object({
  /** Null while the shop has no vectors. */
  space: z
    .object({
      version: z.string(),
      binding: vectorBindingSchema,
      dimensions: z.int(),
      /** Whether the space has vectors of the `found` view. */
      found: z.boolean(),
    })
    .nullable(),
  /** Whether the shop has full text of what was understood of its items. */
  found: z.boolean(),
})
export type SearchConfig = z.infer<typeof searchConfigSchema>
