import { type Clock, MINUTE_MS } from '../../shared/base/clock.ts'
import { createLru } from '../../shared/base/lru.ts'
import { type EmbedderRpc, isLocalVersion } from '../../shared/model/embedder_rpc.ts'
import { decodeModel } from '../../shared/model/local/codec.ts'
import { embedText } from '../../shared/model/local/embed.ts'
import { DEFAULT_DIMENSIONS } from '../../shared/model/local/limits.ts'
import type { LocalEmbedderModel } from '../../shared/model/local/model.ts'
import type { EmbedderStore } from '../../shared/store/embedders.ts'

/** Embedders kept in memory: up to about 7 MB each. */
const MODELS_KEPT = 6
const FOR_EVER_MS = Number.MAX_SAFE_INTEGER / 2
/** An embedder that is not there is not looked for again sooner: KV remembers misses for as long. */
const MISSES_KEPT = 100
const MISS_TTL_MS = MINUTE_MS / 6

/**
 * The provider without a network: embeds text with the embedder that was learned from the shop's own catalogue.
 * @param dimensions of the embedders that are to be learned from now on
 */
export function createLocalProvider(
  embedders: Pick<EmbedderStore, 'artefact'>,
  clock: Clock,
  dimensions = DEFAULT_DIMENSIONS,
): EmbedderRpc {
  const models = createLru<LocalEmbedderModel>(MODELS_KEPT, FOR_EVER_MS)
  const misses = createLru<true>(MISSES_KEPT, MISS_TTL_MS)

  async function modelOf(shop: string, version: string): Promise<LocalEmbedderModel | null> {
    if (!isLocalVersion(version)) return null
    const nowMs = clock.now()
    const name = `${shop} ${version}`
    const known = models.get(name, nowMs)
    if (known) return known
    if (misses.get(name, nowMs)) return null
    const bytes = await embedders.artefact(shop, version)
    if (bytes === null) {
      misses.set(name, true, nowMs)
      return null
    }
    const model = decodeModel(bytes)
    models.set(name, model, nowMs)
    return model
  }

  return {
    embedder: async () => ({ kind: 'local', dimensions }),
    async embedItems(shop, version, items) {
      const model = await modelOf(shop, version)
      if (model === null) return { ok: false, reason: 'unknown_version' }
      return { ok: true, vectors: items.map((fields) => embedText(model, fields, 'item')) }
    },
    async embedQuery(shop, version, text) {
      const model = await modelOf(shop, version)
      return model === null ? null : embedText(model, [{ text, weight: 1 }], 'query')
    },
  }
}
