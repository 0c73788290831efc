/** Named typed arrays in one buffer: what learning keeps between its steps. */

const TYPES = {
  Uint8: Uint8Array,
  Uint16: Uint16Array,
  Int16: Int16Array,
  Int32: Int32Array,
  Uint32: Uint32Array,
  Float32: Float32Array,
  Float64: Float64Array,
} as const
type TypeName = keyof typeof TYPES
export type NumberArray = Uint8Array | Uint16Array | Int16Array | Int32Array | Uint32Array | Float32Array | Float64Array

/** The arrays of a buffer, by name and type: `{ item: 'Int32' }` has an Int32Array `item`. */
type Shape = Readonly<Record<string, TypeName>>
type Views<S extends Shape> = { [K in keyof S]: InstanceType<(typeof TYPES)[S[K]]> }

/** "SWA1" in little endian, the order of every machine that this runs on. */
const MAGIC = 0x31_41_57_53
const ALIGNMENT = 8
const HEAD_BYTES = 8

/** A buffer that is none of arrays, or has others: of another release, perhaps. */
export class OtherArrays extends TypeError {
  constructor(what: string) {
    super(what)
    this.name = 'OtherArrays'
  }
}

interface Header {
  meta: unknown
  arrays: Array<[name: string, type: TypeName, offset: number, length: number]>
}

const aligned = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT

/** A buffer with room for the arrays, to be filled in place: large ones are never held twice. */
export function allocateArrays<S extends Shape>(
  shape: S,
  lengths: Readonly<Record<keyof S & string, number>>,
  meta: unknown = null,
): { bytes: Uint8Array; arrays: Views<S> } {
  const arrays: Header['arrays'] = []
  let size = 0
  for (const [name, type] of Object.entries(shape)) {
    const length = lengths[name]!
    arrays.push([name, type, size, length])
    size = aligned(size + length * TYPES[type].BYTES_PER_ELEMENT)
  }
  const header = new TextEncoder().encode(JSON.stringify({ meta, arrays } satisfies Header))
  const start = aligned(HEAD_BYTES + header.length)
  const bytes = new Uint8Array(start + size)
  new Uint32Array(bytes.buffer, 0, 2).set([MAGIC, header.length])
  bytes.set(header, HEAD_BYTES)
  return { bytes, arrays: decodeArrays(bytes, shape).arrays }
}

/** The arrays in one buffer; types come from the values. */
export function encodeArrays(values: Readonly<Record<string, NumberArray>>, meta: unknown = null): Uint8Array {
  const shape = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, typeOf(value)]))
  const lengths = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.length]))
  const { bytes, arrays } = allocateArrays(shape, lengths, meta)
  for (const [name, value] of Object.entries(values)) arrays[name]!.set(value)
  return bytes
}

const typeOf = (value: NumberArray) => value.constructor.name.replace('Array', '') as TypeName

/** Views of a buffer that one of the above made; nothing is copied. @throws OtherArrays when it is none, or lacks an array */
export function decodeArrays<S extends Shape>(bytes: Uint8Array, shape: S): { arrays: Views<S>; meta: unknown } {
  const whole = bytes.byteOffset % ALIGNMENT === 0 ? bytes : bytes.slice()
  const { buffer, byteOffset, byteLength } = whole
  if (byteLength < HEAD_BYTES) throw new OtherArrays('not a buffer of arrays: too short')
  const [magic, headerBytes] = new Uint32Array(buffer, byteOffset, 2)
  if (magic !== MAGIC) throw new OtherArrays('not a buffer of arrays')
  const text = new TextDecoder().decode(whole.subarray(HEAD_BYTES, HEAD_BYTES + headerBytes!))
  const header = JSON.parse(text) as Header
  const start = byteOffset + aligned(HEAD_BYTES + headerBytes!)
  const arrays: Record<string, NumberArray> = {}
  for (const [name, type, offset, length] of header.arrays) {
    if (shape[name] === type) arrays[name] = new TYPES[type](buffer as ArrayBuffer, start + offset, length)
  }
  for (const name of Object.keys(shape)) {
    if (arrays[name] === undefined) throw new OtherArrays(`the buffer has no array ${name} of its type`)
  }
  return { arrays: arrays as Views<S>, meta: header.meta }
}

/**
 * Gives a buffer's memory back at once. The collector goes by the heap, where a buffer of megabytes is a few bytes: in a
 * worker they would pile up to its limit. Every view of it is empty from here on.
 */
export function release(...views: ReadonlyArray<{ readonly buffer: ArrayBufferLike }>): void {
  for (const { buffer } of views) if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0)
}

/** A growing column of numbers. */
export class Column<A extends NumberArray> {
  #values: A
  length = 0
  constructor(empty: A) {
    this.#values = empty
  }
  push(value: number): void {
    if (this.length === this.#values.length) {
      const of = this.#values.constructor as new (buffer: ArrayBuffer) => A
      const length = Math.max(1024, Math.ceil(this.length * 1.5))
      // In place where there is room; the former buffer is gone either way.
      const { buffer, BYTES_PER_ELEMENT } = this.#values
      this.#values = new of((buffer as ArrayBuffer).transfer(length * BYTES_PER_ELEMENT))
    }
    this.#values[this.length++] = value
  }
  /** What was pushed, as a view: until the next push. */
  get values(): A {
    return this.#values.subarray(0, this.length) as A
  }
}

/** Two bytes for numbers of items, as long as they fit. */
export const itemNumbers = (items: number): 'Uint16' | 'Int32' => (items <= 65_536 ? 'Uint16' : 'Int32')
