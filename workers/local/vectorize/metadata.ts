import { CODE, Refusal } from './errors.ts'
import { INDEXED_STRING_BYTES_MAX, METADATA_INDEXES_MAX } from './limits.ts'

export type MetadataIndexType = 'string' | 'number' | 'boolean'
/** Indexed field (nesting by dot) and the type it was declared with. */
export type MetadataIndexes = Readonly<Record<string, MetadataIndexType>>
export type Metadata = Record<string, unknown>
export type IndexedValue = string | number | boolean | null
/**
 * What the metadata indexes hold of one vector. A key is present when the field was indexed at the time of writing;
 * null means that the vector had no value of the declared type. A missing key means "written before the index".
 */
export type IndexedFields = Record<string, IndexedValue>

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Length in UTF-8 bytes. */
export const utf8Length = (text: string): number => encoder.encode(text).length

/** The longest prefix of at most `maxBytes` UTF-8 bytes that does not cut a character. */
export function utf8Prefix(text: string, maxBytes: number): string {
  const bytes = encoder.encode(text)
  if (bytes.length <= maxBytes) return text
  let end = maxBytes
  // Continuation bytes are 10xxxxxx: step back to the start of the character that would be cut.
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--
  return decoder.decode(bytes.subarray(0, end))
}

/** What a metadata index keeps of a value: strings are cut to 64 bytes. */
export const indexable = (value: IndexedValue): IndexedValue =>
  typeof value === 'string' ? utf8Prefix(value, INDEXED_STRING_BYTES_MAX) : value

/** Extracts the indexed fields of one vector's metadata, as they stand now. */
export function indexMetadata(metadata: Metadata | null, indexes: MetadataIndexes): IndexedFields {
  const fields: IndexedFields = {}
  for (const [path, type] of Object.entries(indexes)) {
    const value = valueAt(metadata, path)
    fields[path] = typeof value === type ? indexable(value as string | number | boolean) : null
  }
  return fields
}

export const isIndexType = (type: unknown): type is MetadataIndexType =>
  type === 'string' || type === 'number' || type === 'boolean'

/** Reads "kind:string,price:number"; throws on an unknown type or more than ten indexes. */
export function parseMetadataIndexes(text: string): MetadataIndexes {
  const indexes: Record<string, MetadataIndexType> = {}
  for (const part of text.split(',').map((entry) => entry.trim())) {
    if (part === '') continue
    const [field, type] = part.split(':')
    if (!field || !isIndexType(type)) {
      throw new Error(`Not a metadata index: ${part}; expected "field:string|number|boolean"`)
    }
    indexes[field] = type
  }
  if (Object.keys(indexes).length > METADATA_INDEXES_MAX) {
    throw new Error(`At most ${METADATA_INDEXES_MAX} metadata indexes per index`)
  }
  return indexes
}

/** Checks an index that is to be added to those that are there; throws a Refusal. */
export function withIndex(
  indexes: MetadataIndexes,
  property: unknown,
  type: unknown,
): { property: string; type: MetadataIndexType } {
  if (typeof property !== 'string' || property === '' || property.includes('"'))
    throw refuse('the property of an index must be a non-empty string without "')
  if (!isIndexType(type)) throw refuse(`the type of an index must be string, number or boolean, got ${type}`)
  if (Object.hasOwn(indexes, property)) throw refuse(`${JSON.stringify(property)} is indexed already`)
  if (Object.keys(indexes).length >= METADATA_INDEXES_MAX) throw refuse(`max index count is ${METADATA_INDEXES_MAX}`)
  return { property, type }
}

/** Checks an index that is to go; throws a Refusal. */
export function withoutIndex(indexes: MetadataIndexes, property: unknown): string {
  if (typeof property !== 'string' || !Object.hasOwn(indexes, property)) throw refuse(`${property} is not indexed`)
  return property
}

const refuse = (message: string) => new Refusal(CODE.metadataIndex, message)

function valueAt(metadata: Metadata | null, path: string): unknown {
  let current: unknown = metadata
  for (const step of path.split('.')) {
    if (current === null || typeof current !== 'object' || !Object.hasOwn(current, step)) return undefined
    current = (current as Metadata)[step]
  }
  return current
}
