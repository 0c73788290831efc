import { Column, decodeArrays, encodeArrays } from '../arrays.ts'
import type { TaskList } from './lists.ts'
import { LEARNED_PURPOSES, type LearnedPurpose } from './tasks.ts'

/** Where in the visits the making of lists goes on: tasks of a bucket's shoppers, in their order. */
export interface Place {
  bucket: number
  shopper: number
  task: number
}

/** What a part says of all parts up to itself. */
export interface PartHead {
  /** Null: there are no more lists to be made. */
  next: Place | null
  /** Lists so far, by purpose in the order of LEARNED_PURPOSES. */
  counts: number[]
}

export const FIRST: PartHead = { next: { bucket: 0, shopper: 0, task: 0 }, counts: LEARNED_PURPOSES.map(() => 0) }

const SHAPE = {
  /** Of each list: its purpose, and the halves of its shopper's key. */
  purpose: 'Uint8',
  high: 'Uint32',
  low: 'Uint32',
  /** lists + 1 offsets into rows. */
  start: 'Int32',
  wanted: 'Uint8',
  stands: 'Float32',
  /** Rows times features. */
  values: 'Float32',
} as const

/** Gathers the lists of one unit of work. */
export function createListsPart({ counts: before }: PartHead, listsMax: number) {
  const counts = [...before]
  const lists: TaskList[] = []
  const purposes = new Column(new Uint8Array(0))
  const at = (purpose: LearnedPurpose) => LEARNED_PURPOSES.indexOf(purpose)
  return {
    isFull: () => counts.every((count) => count >= listsMax),
    wants: (purpose: LearnedPurpose) => counts[at(purpose)]! < listsMax,
    add(purpose: LearnedPurpose, list: TaskList) {
      purposes.push(at(purpose))
      counts[at(purpose)]! += 1
      lists.push(list)
    },
    bytes(next: Place | null): Uint8Array {
      const start = Int32Array.from([0, ...lists.map(({ wanted }) => wanted.length)])
      for (let list = 0; list < lists.length; list++) start[list + 1]! += start[list]!
      const rows = start[lists.length]!
      const values = new Float32Array(lists.reduce((sum, own) => sum + own.values.length, 0))
      const wanted = new Uint8Array(rows)
      const stands = new Float32Array(rows)
      for (const [list, own] of lists.entries()) {
        // All rows are of one width.
        values.set(own.values, (start[list]! * values.length) / rows)
        wanted.set(own.wanted, start[list])
        stands.set(own.stands, start[list])
      }
      const half = (which: 0 | 1) => Uint32Array.from(lists, ({ shopper }) => Number(shopper.split(' ')[which]))
      const head: PartHead = { next, counts }
      return encodeArrays(
        { purpose: purposes.values, high: half(0), low: half(1), start, wanted, stands, values },
        head,
      )
    },
  }
}

export const partHead = (bytes: Uint8Array): PartHead => decodeArrays(bytes, {}).meta as PartHead

/** A part's lists of a purpose, copied. */
export function* listsOfPart(bytes: Uint8Array, wantedPurpose: LearnedPurpose): Generator<TaskList> {
  const { purpose, high, low, start, wanted, stands, values } = decodeArrays(bytes, SHAPE).arrays
  const width = wanted.length === 0 ? 0 : values.length / wanted.length
  for (let list = 0; list < purpose.length; list++) {
    if (LEARNED_PURPOSES[purpose[list]!] !== wantedPurpose) continue
    const [from, to] = [start[list]!, start[list + 1]!]
    yield {
      shopper: `${high[list]} ${low[list]}`,
      values: values.slice(from * width, to * width),
      wanted: wanted.slice(from, to),
      stands: stands.slice(from, to),
    }
  }
}
