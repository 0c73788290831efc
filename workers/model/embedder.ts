import * as z from 'zod'
import { createBreaker } from '../../shared/base/breaker.ts'
import type { Clock } from '../../shared/base/clock.ts'
import type { EmbedderRpc } from '../../shared/model/embedder_rpc.ts'
import { DEFAULT_DIMENSIONS } from '../../shared/model/local/limits.ts'
import type { Log } from '../../shared/observe/log.ts'
import type { EmbedderStore } from '../../shared/store/embedders.ts'
import type { QueryVectorCache } from '../../shared/store/query_vectors.ts'
import type { ModelConfig, ProviderConfig } from './config.ts'
import { createLocalProvider } from './local_provider.ts'
import type { Later, ProviderEmbedder } from './provider_embedder.ts'

/** Which embedder a shop is given: a provider's name, or `local`. */
const choicesSchema = z.record(z.string(), z.string())
const dimensionsSchema = z.coerce.number().int().min(16).max(1_024).multipleOf(4)

export interface EmbedderChoices {
  /** By shop; the rest get the first provider that has embeddings, and the local one where there is none. */
  byShop: Readonly<Record<string, string>>
  localDimensions: number
}

/**
 * Decodes `SHOP_EMBEDDERS` (a JSON object: shop to provider name or `local`) and `LOCAL_EMBEDDING_DIMENSIONS`.
 * @throws Error that names the variable
 */
export function decodeChoices(env: Readonly<Record<string, unknown>>, config: ModelConfig): EmbedderChoices {
  const { SHOP_EMBEDDERS: text, LOCAL_EMBEDDING_DIMENSIONS: size } = env
  let value: unknown = {}
  try {
    if (text !== undefined && text !== '') value = typeof text === 'string' ? JSON.parse(text) : text
  } catch {
    throw new Error('SHOP_EMBEDDERS is not JSON')
  }
  const byShop = choicesSchema.safeParse(value)
  if (!byShop.success) throw new Error('SHOP_EMBEDDERS is not an object of names by shop')
  const names = new Set(['local', ...config.providers.filter((one) => one.embeddings).map((one) => one.name)])
  for (const name of Object.values(byShop.data))
    if (!names.has(name)) throw new Error(`SHOP_EMBEDDERS names ${name}, which is no provider with embeddings`)
  const dimensions = dimensionsSchema.safeParse(size === undefined || size === '' ? DEFAULT_DIMENSIONS : size)
  if (!dimensions.success) throw new Error('LOCAL_EMBEDDING_DIMENSIONS is not a multiple of 4 from 16 to 1024')
  return { byShop: byShop.data, localDimensions: dimensions.data }
}

export interface EmbedderParts {
  config: ModelConfig
  choices: EmbedderChoices
  artefacts: Pick<EmbedderStore, 'artefact'>
  queries: QueryVectorCache
  clock: Clock
  log: Log
}

/** As others see it, and where to put what an answer need not wait for. */
export interface DoorEmbedder extends EmbedderRpc {
  embedQuery(shop: string, version: string, text: string, later?: Later): Promise<Float32Array | null>
}

/** The embedders of this worker: the local one, and each provider's. Every version that is configured can be asked. */
export function createEmbedder(parts: EmbedderParts): DoorEmbedder {
  const { config, choices, clock } = parts
  const local = createLocalProvider(parts.artefacts, clock, choices.localDimensions)
  const offering = config.providers.filter((one) => one.embeddings !== undefined)
  const made = new Map<string, Promise<ProviderEmbedder>>()
  const versionOf = (provider: ProviderConfig) =>
    `${provider.name}/${provider.embeddings!.model}/${provider.embeddings!.dimensions}`
  const byVersion = new Map(offering.map((provider) => [versionOf(provider), provider]))

  function embedderOf(version: string): Promise<ProviderEmbedder> | null {
    const provider = byVersion.get(version)
    if (provider === undefined) return null
    let embedder = made.get(version)
    if (embedder === undefined) {
      embedder = start(provider, parts)
      made.set(version, embedder)
    }
    return embedder
  }

  return {
    async embedder(shop) {
      const name = Object.hasOwn(choices.byShop, shop) ? choices.byShop[shop] : offering[0]?.name
      const provider = offering.find((one) => one.name === name)
      if (provider === undefined) return local.embedder(shop)
      return { kind: 'provider', version: versionOf(provider), dimensions: provider.embeddings!.dimensions }
    },
    async embedItems(shop, version, items) {
      return (await embedderOf(version))?.items(items) ?? local.embedItems(shop, version, items)
    },
    async embedQuery(shop, version, text, later) {
      const embedder = await embedderOf(version)
      return embedder ? embedder.query(text, later) : local.embedQuery(shop, version, text)
    },
  }
}

/** Without a provider its client is never evaluated: it is a hundred kilobytes of start-up. */
async function start(provider: ProviderConfig, parts: EmbedderParts): Promise<ProviderEmbedder> {
  const [{ createClient }, { createProviderEmbedder }] = await Promise.all([
    import('./openai_client.ts'),
    import('./provider_embedder.ts'),
  ])
  return createProviderEmbedder({
    provider: provider.name,
    config: provider.embeddings!,
    client: createClient(provider),
    breaker: createBreaker(parts.clock),
    queryBreaker: createBreaker(parts.clock),
    cache: parts.queries,
    clock: parts.clock,
    log: parts.log,
  })
}
