import type { IndexedFields, Metadata } from './metadata.ts'
import { inverseNorm } from './norm.ts'

/** One vector as written: values already in float32. */
export interface VectorEntry {
  id: string
  namespace: string | null
  values: Float32Array
  metadata: Metadata | null
  indexed: IndexedFields
}

const FIRST_CAPACITY = 64

/**
 * The vectors of one namespace: values in one contiguous array, slot after slot, with no holes.
 * Rows are kept as written and their inverse norms beside them, so that a cosine costs one more multiplication
 * and the values can still be returned exactly.
 */
export class NamespaceRows {
  readonly width: number
  readonly entries: Omit<VectorEntry, 'values'>[] = []
  data: Float32Array
  inverseNorms: Float64Array

  constructor(width: number) {
    this.width = width
    this.data = new Float32Array(FIRST_CAPACITY * width)
    this.inverseNorms = new Float64Array(FIRST_CAPACITY)
  }

  get count(): number {
    return this.entries.length
  }

  /** Appends a row and returns its slot. */
  push(entry: VectorEntry): number {
    const slot = this.entries.length
    if (slot === this.inverseNorms.length) this.#grow()
    this.entries.push(entry)
    this.set(slot, entry)
    return slot
  }

  /** Replaces the whole row of a slot. */
  set(slot: number, { values, ...entry }: VectorEntry): void {
    this.entries[slot] = entry
    this.data.set(values, slot * this.width)
    this.inverseNorms[slot] = inverseNorm(this.data, slot * this.width, this.width)
  }

  /** Removes a slot; the last row moves into it. Returns the id that moved, or null. */
  remove(slot: number): string | null {
    const last = this.entries.length - 1
    const moved = this.entries.pop()!
    if (slot === last) return null
    this.entries[slot] = moved
    this.data.copyWithin(slot * this.width, last * this.width, (last + 1) * this.width)
    this.inverseNorms[slot] = this.inverseNorms[last]!
    return moved.id
  }

  values(slot: number): Float32Array {
    return this.data.slice(slot * this.width, (slot + 1) * this.width)
  }

  /** Doubling keeps the copying at a constant cost per row. */
  #grow(): void {
    const data = new Float32Array(this.data.length * 2)
    data.set(this.data)
    this.data = data
    const inverseNorms = new Float64Array(this.inverseNorms.length * 2)
    inverseNorms.set(this.inverseNorms)
    this.inverseNorms = inverseNorms
  }
}
