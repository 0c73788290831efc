import type { VectorizeMetadataRetrievalLevel, VectorizeQueryOptions } from '@cloudflare/workers-types'
import { CODE, Refusal } from './errors.ts'
import { compileFilter, type Predicate } from './filter.ts'
import {
  BATCH_MAX,
  ID_BYTES_MAX,
  METADATA_BYTES_MAX,
  NAMESPACE_BYTES_MAX,
  TOP_K_DEFAULT,
  TOP_K_MAX,
  TOP_K_WITH_PAYLOAD_MAX,
} from './limits.ts'
import { indexMetadata, type Metadata, type MetadataIndexes, utf8Length } from './metadata.ts'
import type { VectorEntry } from './rows.ts'

/** Query options after checking, with every default filled in. */
export interface QueryPlan {
  topK: number
  namespace: string | null
  returnValues: boolean
  returnMetadata: VectorizeMetadataRetrievalLevel
  predicate: Predicate | null
}

/** Checks a query's options; throws a Refusal, or an Error for what the binding itself refuses. */
export function planQuery(options: VectorizeQueryOptions = {}): QueryPlan {
  const returnMetadata = retrievalLevel(options.returnMetadata)
  const returnValues = options.returnValues === true
  const topK = options.topK ?? TOP_K_DEFAULT
  const max = returnValues || returnMetadata !== 'none' ? TOP_K_WITH_PAYLOAD_MAX : TOP_K_MAX
  if (!Number.isInteger(topK) || topK < 1) throw new Refusal(CODE.invalidTopK, `min top K is 1, but got ${topK}`)
  if (topK > max) throw new Refusal(CODE.invalidTopK, `max top K is ${max}, but got ${topK}`)
  const namespace = options.namespace ?? null
  checkNamespace(namespace)
  const predicate = options.filter === undefined ? null : compileFilter(options.filter)
  return { topK, namespace, returnValues, returnMetadata, predicate }
}

/** Checks one list of ids. */
export function checkIds(ids: unknown): string[] {
  if (!Array.isArray(ids)) throw new Refusal(CODE.invalidId, 'ids must be an array')
  checkBatch(ids.length)
  return ids.map(checkId)
}

/** Checks a batch of vectors and copies it into entries, values in float32. */
export function checkVectors(vectors: unknown, dimensions: number, indexes: MetadataIndexes): VectorEntry[] {
  if (!Array.isArray(vectors)) throw new Refusal(CODE.invalidVector, 'vectors must be an array')
  checkBatch(vectors.length)
  return vectors.map((vector: Record<string, unknown>) => {
    const id = checkId(vector?.id)
    const namespace = vector.namespace ?? null
    checkNamespace(namespace)
    const metadata = checkMetadata(id, vector.metadata ?? null)
    const values = checkValues(vector.values, dimensions, `vector for id=${JSON.stringify(id)}`)
    return { id, namespace, values, metadata, indexed: indexMetadata(metadata, indexes) }
  })
}

/** Checks a list of numbers against the index's width and gives it in float32, as the platform keeps it. */
export function checkValues(values: unknown, dimensions: number, what: string): Float32Array {
  if (!(Array.isArray(values) || values instanceof Float32Array || values instanceof Float64Array)) {
    throw new Refusal(CODE.invalidVector, `${what} must be an array of numbers`)
  }
  if (values.length !== dimensions) {
    throw new Refusal(
      CODE.invalidDimensions,
      `invalid ${what}, expected ${dimensions} dimensions, and got ${values.length} dimensions`,
    )
  }
  const floats = new Float32Array(dimensions)
  for (let i = 0; i < dimensions; i++) {
    const value = values[i]
    floats[i] = value
    if (typeof value !== 'number' || !Number.isFinite(floats[i])) {
      throw new Refusal(CODE.invalidVector, `invalid ${what}, value ${i} is not a finite float32`)
    }
  }
  return floats
}

export function checkId(id: unknown): string {
  if (typeof id !== 'string' || id === '') throw new Refusal(CODE.invalidId, 'vector id must be a non-empty string')
  const bytes = utf8Length(id)
  if (bytes > ID_BYTES_MAX) {
    throw new Refusal(CODE.invalidId, `id too long; max is ${ID_BYTES_MAX} bytes, got ${bytes} bytes`)
  }
  return id
}

function checkNamespace(namespace: unknown): asserts namespace is string | null {
  if (namespace === null) return
  if (typeof namespace !== 'string') throw new Refusal(CODE.invalidNamespace, 'namespace must be a string')
  const bytes = utf8Length(namespace)
  if (bytes > NAMESPACE_BYTES_MAX) {
    throw new Refusal(
      CODE.invalidNamespace,
      `namespace too long; max is ${NAMESPACE_BYTES_MAX} bytes, got ${bytes} bytes`,
    )
  }
}

function checkMetadata(id: string, metadata: unknown): Metadata | null {
  if (metadata === null) return null
  if (typeof metadata !== 'object' || Array.isArray(metadata)) {
    throw new Refusal(CODE.invalidMetadata, `metadata of id=${JSON.stringify(id)} must be an object`)
  }
  const text = JSON.stringify(metadata)
  const bytes = utf8Length(text)
  if (bytes > METADATA_BYTES_MAX) {
    throw new Refusal(
      CODE.invalidMetadata,
      `metadata of id=${JSON.stringify(id)} too large; max is ${METADATA_BYTES_MAX} bytes, got ${bytes} bytes`,
    )
  }
  // Through JSON, as on the wire: undefined goes, and the caller cannot change what was stored.
  return JSON.parse(text) as Metadata
}

function checkBatch(length: number): void {
  if (length > BATCH_MAX) throw new Refusal(CODE.batchTooLarge, `max batch size is ${BATCH_MAX}, but got ${length}`)
}

function retrievalLevel(option: VectorizeQueryOptions['returnMetadata']): VectorizeMetadataRetrievalLevel {
  if (option === undefined || option === false || option === 'none') return 'none'
  if (option === true || option === 'all') return 'all'
  if (option === 'indexed') return 'indexed'
  throw new Error(
    `Invalid returnMetadata option. Expected: true, false, "none", "indexed" or "all"; got: ${String(option)}`,
  )
}
