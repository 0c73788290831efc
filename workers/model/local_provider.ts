import { type Clock, SECOND_MS } from '../../shared/base/clock.ts'
import { createLru } from '../../shared/base/lru.ts'
import { decodeModel } from '../../shared/model/local/codec.ts'
import { embedText } from '../../shared/model/local/embed.ts'
import type { LocalEmbedderModel } from '../../shared/model/local/model.ts'
import type { ModelRpc } from '../../shared/model/model_rpc.ts'
import type { EmbedderPointer, EmbedderStore } from '../../shared/store/embedders.ts'

/** Embedders kept in memory: up to about 7 MB each. */
const MODELS_KEPT = 6
const FOR_EVER_MS = Number.MAX_SAFE_INTEGER / 2
/** A refitted embedder is noticed after this. */
const POINTER_TTL_MS = 5 * SECOND_MS
const POINTERS_KEPT = 500

export type LocalProvider = ModelRpc

/** The provider without a network: embeds text with the embedder that was learned from the shop's own catalogue. */
export function createLocalProvider(embedders: EmbedderStore, clock: Clock): LocalProvider {
  const models = createLru<LocalEmbedderModel>(MODELS_KEPT, FOR_EVER_MS)
  const pointers = createLru<EmbedderPointer>(POINTERS_KEPT, POINTER_TTL_MS)

  async function modelOf(shop: string): Promise<LocalEmbedderModel | null> {
    const nowMs = clock.now()
    let pointer = pointers.get(shop, nowMs)
    if (!pointer) {
      const read = await embedders.pointer(shop)
      if (read === null) return null
      pointer = read
      pointers.set(shop, pointer, nowMs)
    }
    const name = `${shop} ${pointer.version}`
    const known = models.get(name, nowMs)
    if (known) return known
    const bytes = await embedders.artefact(shop, pointer.version)
    if (bytes === null) return null
    const model = decodeModel(bytes)
    models.set(name, model, nowMs)
    return model
  }

  return {
    async embedItems(shop, items) {
      const model = await modelOf(shop)
      if (model === null) return null
      return { version: model.version, vectors: items.map((fields) => embedText(model, fields, 'item')) }
    },
    async embedQuery(shop, text) {
      const model = await modelOf(shop)
      return model === null
        ? null
        : { version: model.version, vector: embedText(model, [{ text, weight: 1 }], 'query') }
    },
  }
}
