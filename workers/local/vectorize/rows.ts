import { squaredNorm } from './kernel.ts'
import type { IndexedFields, Metadata } from './metadata.ts'
import { type Sketch, sketchOf } from './sketch.ts'

/** One vector as written: values already in float32. */
export interface VectorEntry {
  id: string
  namespace: string | null
  values: Float32Array
  metadata: Metadata | null
  indexed: IndexedFields
}

const FIRST_ROWS = 64
/** Rows of a whole block: 2 MB of 512 dimensions. Growing costs one block, and never a copy of what is there. */
export const BLOCK_ROWS = 1_024

/**
 * The vectors of one namespace: values in blocks of consecutive rows, slot after slot, with no holes.
 * Rows are kept as written and their squared norms beside them, so that a cosine costs one more multiplication
 * and the values can still be returned exactly.
 */
export class NamespaceRows {
  readonly width: number
  readonly entries: Omit<VectorEntry, 'values'>[] = []
  readonly blocks: Float32Array[] = []
  squaredNorms = new Float64Array(FIRST_ROWS)
  /** By block: its sketch, or how often it was read since the last write. */
  readonly #sketches: (Sketch | number)[] = []

  constructor(width: number) {
    this.width = width
  }

  get count(): number {
    return this.entries.length
  }

  /** Appends a row and returns its slot. */
  push(entry: VectorEntry): number {
    const slot = this.entries.length
    this.#makeRoom(slot)
    this.entries.push(entry)
    this.set(slot, entry)
    return slot
  }

  /** Replaces the whole row of a slot. */
  set(slot: number, { values, ...entry }: VectorEntry): void {
    this.entries[slot] = entry
    this.view(slot).set(values)
    this.squaredNorms[slot] = squaredNorm(values)
    this.#sketches[Math.floor(slot / BLOCK_ROWS)] = 0
  }

  /** Removes a slot; the last row moves into it. Returns the id that moved, or null. */
  remove(slot: number): string | null {
    const last = this.entries.length - 1
    const moved = this.entries.pop()!
    if (slot === last) return null
    this.entries[slot] = moved
    this.view(slot).set(this.view(last))
    this.squaredNorms[slot] = this.squaredNorms[last]!
    this.#sketches[Math.floor(slot / BLOCK_ROWS)] = 0
    return moved.id
  }

  /** A copy of a row. */
  values(slot: number): Float32Array {
    return this.view(slot).slice()
  }

  /** A row where it lies: valid until the next write. */
  view(slot: number): Float32Array {
    const start = (slot % BLOCK_ROWS) * this.width
    return this.blocks[Math.floor(slot / BLOCK_ROWS)]!.subarray(start, start + this.width)
  }

  /**
   * The sketch of a block; null while the block is not whole, and at its first reading after a write: a sketch costs as much
   * as some readings, and many blocks are written again before the next.
   */
  sketch(at: number): Sketch | null {
    if ((at + 1) * BLOCK_ROWS > this.count) return null
    const known = this.#sketches[at]!
    if (typeof known !== 'number') return known
    if (known === 0) {
      this.#sketches[at] = 1
      return null
    }
    const sketch = sketchOf(this.blocks[at]!, this.width)
    this.#sketches[at] = sketch
    return sketch
  }

  /** The first block doubles until it is whole, because most namespaces are small; then whole blocks follow. */
  #makeRoom(slot: number): void {
    const last = this.blocks.at(-1)
    const room = last === undefined ? 0 : (this.blocks.length - 1) * BLOCK_ROWS + last.length / this.width
    if (slot < room) return
    if (last !== undefined && last.length < BLOCK_ROWS * this.width) {
      const doubled = new Float32Array(last.length * 2)
      doubled.set(last)
      this.blocks[0] = doubled
    } else {
      this.blocks.push(new Float32Array((last === undefined ? FIRST_ROWS : BLOCK_ROWS) * this.width))
    }
    if (slot < this.squaredNorms.length) return
    const squaredNorms = new Float64Array(this.squaredNorms.length * 2)
    squaredNorms.set(this.squaredNorms)
    this.squaredNorms = squaredNorms
  }
}
