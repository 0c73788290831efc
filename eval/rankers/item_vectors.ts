import { attributesSchema } from '../../shared/domain/item.ts'
import { itemFields } from '../../shared/enrich/item_fields.ts'
import { embedText } from '../../shared/model/local/embed.ts'
import { fitLocalEmbedder } from '../../shared/model/local/fit.ts'
import type { LocalEmbedderModel } from '../../shared/model/local/model.ts'
import type { DatasetItem } from '../dataset/format.ts'

const SEED = 1

/** The shipped local embedder, learned from a catalogue's texts alone, and the catalogue in it. */
export interface ItemVectors {
  /** Of unit length, or zeros where an item has no words; by position. */
  items: readonly Float32Array[]
  ofQuery(text: string): Float32Array
}

export function embedItems(items: readonly DatasetItem[]): ItemVectors {
  const documents = items.map((item) => ({ id: item.id, fields: fieldsOf(item) }))
  const model: LocalEmbedderModel = fitLocalEmbedder(documents, { seed: SEED })
  return {
    items: documents.map(({ fields }) => embedText(model, fields, 'item')),
    ofQuery: (text) => embedText(model, [{ text, weight: 1 }], 'query'),
  }
}

/** The item's words with the weights that the product gives them. */
function fieldsOf(item: DatasetItem) {
  const attributes = attributesSchema.safeParse(item.attributes ?? {})
  return itemFields({
    id: item.id,
    textHash: '',
    title: item.title,
    description: item.description ?? '',
    brand: item.brand ?? null,
    categories: item.categories ?? [],
    tags: [],
    attributes: attributes.success ? attributes.data : {},
    locale: '',
    options: {},
    localised: [],
  })
}

/** Inner product: the cosine of vectors of unit length. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!
  return sum
}
