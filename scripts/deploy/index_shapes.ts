import { DEFAULT_DIMENSIONS } from '../../shared/model/local/limits.ts'
import { decodeConfig } from '../../workers/model/config.ts'
import type { DeclaredWorker } from './declared.ts'
import { DeployFailure } from './failure.ts'
import type { IndexShape } from './resources/indexes.ts'

/**
 * What each bound index is made with. `ITEM_VECTORS` is for the embedder that needs no provider; `ITEM_VECTORS_B` for
 * the provider's. Shelves tell shops, embedders and views apart by namespace and filter by nothing, so no field of the
 * metadata is indexed.
 * @throws DeployFailure
 */
export function shapeOf(binding: string, model: DeclaredWorker): IndexShape {
  const shape = (dimensions: number): IndexShape => ({ dimensions, metric: 'cosine', metadata: [] })
  if (binding === 'ITEM_VECTORS') return shape(DEFAULT_DIMENSIONS)
  const provider = providersOf(model).find((one) => one.embeddings !== undefined)
  if (provider === undefined)
    throw new DeployFailure(
      'usage',
      `${binding} is bound, and no provider in PROVIDERS makes embeddings: nobody knows its dimensions`,
    )
  return shape(provider.embeddings!.dimensions)
}

/** The providers of the model worker's toml. @throws DeployFailure */
export function providersOf(model: DeclaredWorker) {
  try {
    return decodeConfig({ PROVIDERS: model.raw.vars?.PROVIDERS }).providers
  } catch (error) {
    throw new DeployFailure('usage', `workers/model/wrangler.toml: ${(error as Error).message}`)
  }
}
