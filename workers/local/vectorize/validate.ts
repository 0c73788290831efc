import type { VectorizeMetadataRetrievalLevel } from '@cloudflare/workers-types'
import { CODE, type Code, Refusal } from './errors.ts'
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

/** Checks a query's options as they arrive at the service; throws a Refusal. */
export function planQuery(options: unknown = {}): QueryPlan {
  if (!isRecord(options)) throw new Refusal(CODE.unreadableQuery, unreadable('expected an object'))
  const { topK = TOP_K_DEFAULT, returnValues = false, returnMetadata = 'none', namespace = null, filter } = options
  if (returnMetadata !== 'none' && returnMetadata !== 'indexed' && returnMetadata !== 'all')
    throw new Refusal(CODE.unreadableQuery, unreadable('returnMetadata: expected value'))
  if (typeof returnValues !== 'boolean')
    throw new Refusal(CODE.unreadableQuery, unreadable('returnValues: expected a boolean'))
  checkTopK(topK, returnValues || returnMetadata === 'all')
  checkNamespace(namespace)
  const predicate = filter === undefined ? null : compileFilter(filter)
  return { topK, namespace, returnValues, returnMetadata, predicate }
}

const unreadable = (what: string): string => `Failed to parse the request body as JSON: ${what}`

function checkTopK(topK: unknown, withPayload: boolean): asserts topK is number {
  if (typeof topK !== 'number' || !Number.isInteger(topK) || topK < 1)
    throw new Refusal(CODE.topK, `min top K is 1, but got ${topK}`)
  if (withPayload && topK > TOP_K_WITH_PAYLOAD_MAX) {
    throw new Refusal(
      CODE.topK,
      `with returnValues=true or returnMetadata=all, max top K is ${TOP_K_WITH_PAYLOAD_MAX}, but got ${topK}; ` +
        `for a top K up to ${TOP_K_MAX}, retry with returnValues=false and returnMetadata=indexed`,
    )
  }
  if (topK > TOP_K_MAX) throw new Refusal(CODE.topK, `max top K is ${TOP_K_MAX}, but got ${topK}`)
}

/** Checks one list of ids. */
export function checkIds(ids: unknown, max: number): string[] {
  if (!Array.isArray(ids)) throw new Refusal(CODE.unreadableIds, 'ids must be an array')
  if (ids.length > max)
    throw new Refusal(CODE.tooManyIds, `too many ids in payload; max id count is ${max}, got ${ids.length}`)
  return ids.map(checkId)
}

/** Checks a batch of vectors and copies it into entries, values in float32. */
export function checkVectors(vectors: unknown, dimensions: number, indexes: MetadataIndexes): VectorEntry[] {
  // An empty list is an empty body on the wire, which is no vectors in any form.
  if (!Array.isArray(vectors) || vectors.length === 0) throw unreadableVectors()
  if (vectors.length > BATCH_MAX)
    throw new Refusal(CODE.tooManyVectors, `too many vectors in payload; max is ${BATCH_MAX}, got ${vectors.length}`)
  return vectors.map((vector: unknown) => {
    if (!isRecord(vector)) throw unreadableVectors()
    const id = checkId(vector.id)
    const namespace = vector.namespace ?? null
    checkNamespace(namespace)
    const metadata = checkMetadata(id, vector.metadata ?? null)
    const what = `vector for id=${JSON.stringify(id)}`
    const values = checkValues(vector.values, dimensions, what, CODE.dimensions, unreadableVectors)
    return { id, namespace, values, metadata, indexed: indexMetadata(metadata, indexes) }
  })
}

const unreadableVectors = () =>
  new Refusal(CODE.unreadableVectors, 'failed to parse upsert vectors request in json format')

/** Checks the vector of a query. */
export const checkQueryVector = (vector: unknown, dimensions: number): Float32Array =>
  checkValues(
    vector,
    dimensions,
    'query vector',
    CODE.queryDimensions,
    () => new Refusal(CODE.unreadableQuery, unreadable('vector: expected an array of numbers')),
  )

/** Checks a list of numbers against the index's width and gives it in float32, as the platform keeps it. */
function checkValues(
  values: unknown,
  dimensions: number,
  what: string,
  wrongWidth: Code,
  unreadableValues: () => Refusal,
): Float32Array {
  if (!(Array.isArray(values) || values instanceof Float32Array || values instanceof Float64Array))
    throw unreadableValues()
  if (values.length !== dimensions) {
    throw new Refusal(
      wrongWidth,
      `invalid ${what}, expected ${dimensions} dimensions, and got ${values.length} dimensions`,
    )
  }
  const floats = new Float32Array(dimensions)
  for (let i = 0; i < dimensions; i++) {
    const value = values[i]
    floats[i] = value
    if (typeof value !== 'number' || !Number.isFinite(floats[i])) throw unreadableValues()
  }
  return floats
}

export function checkId(id: unknown): string {
  if (typeof id !== 'string' || id === '') throw new Refusal(CODE.emptyId, 'vector id must be a non-empty string')
  checkText(id)
  const bytes = utf8Length(id)
  if (bytes > ID_BYTES_MAX) {
    throw new Refusal(CODE.idTooLong, `id too long; max is ${ID_BYTES_MAX} bytes, got ${bytes} bytes`)
  }
  return id
}

function checkNamespace(namespace: unknown): asserts namespace is string | null {
  if (namespace === null) return
  if (typeof namespace !== 'string') throw new Refusal(CODE.namespace, 'namespace must be a string')
  checkText(namespace)
  const bytes = utf8Length(namespace)
  if (bytes > NAMESPACE_BYTES_MAX) {
    throw new Refusal(CODE.namespace, `namespace too long; max is ${NAMESPACE_BYTES_MAX} bytes, got ${bytes} bytes`)
  }
}

function checkMetadata(id: string, metadata: unknown): Metadata | null {
  if (metadata === null) return null
  if (!isRecord(metadata)) throw unreadableVectors()
  // Through JSON, as on the wire: undefined goes, and the caller cannot change what was stored.
  const text = JSON.stringify(metadata)
  const bytes = utf8Length(text)
  if (bytes > METADATA_BYTES_MAX) {
    throw new Refusal(
      CODE.metadataTooLarge,
      `oversized metadata for vector id=${JSON.stringify(id)}; the compact JSON representation of the metadata ` +
        `must not exceed ${METADATA_BYTES_MAX} bytes, got ${bytes} bytes`,
    )
  }
  const copy = JSON.parse(text) as Metadata
  checkKeys(id, copy)
  return copy
}

/** Keys are steps of a filter's path, at every level; texts must have a UTF-8 form. */
function checkKeys(id: string, value: unknown): void {
  if (typeof value === 'string') checkText(value)
  if (Array.isArray(value)) for (const one of value) checkKeys(id, one)
  if (!isRecord(value)) return
  for (const [key, inner] of Object.entries(value)) {
    if (key === '' || key.startsWith('$') || key.includes('.') || key.includes('"')) {
      throw new Refusal(
        CODE.metadataKey,
        `invalid metadata key ${JSON.stringify(key)} for vector id=${JSON.stringify(id)}; ` +
          'keys cannot be empty, contain . or ", or start with $',
      )
    }
    checkText(key)
    checkKeys(id, inner)
  }
}

/** Half of a surrogate pair, as a cut in the middle of a character leaves it, survives JSON but has no UTF-8 form. */
function checkText(text: string): void {
  if (!text.isWellFormed()) throw unreadableVectors()
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
