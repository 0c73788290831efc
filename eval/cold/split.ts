import type { Rng } from '../../shared/base/rng.ts'
import type { Dataset } from '../dataset/dataset.ts'
import type { DatasetEvent } from '../dataset/format.ts'
import { type BinaryRows, binaryRows } from '../rankers/interactions.ts'

/** A catalogue part of which learning has never seen with anybody. */
export interface ColdSplit {
  /** Positions of the hidden items, ascending. */
  hidden: Int32Array
  /** Events of the others: what may be learned from. */
  kept: DatasetEvent[]
  /** Who wanted what among the others; a shopper without any of it cannot be told apart and is left out. */
  users: BinaryRows
  /** Hidden items that each of those shoppers wanted, by position in `hidden`. */
  wanted: Int32Array[]
}

/** Hides a share of the items, drawn by `rng`. @param events what might be learned from if nothing was hidden */
export function hideItems(dataset: Dataset, events: readonly DatasetEvent[], share: number, rng: Rng): ColdSplit {
  const count = Math.max(1, Math.round(dataset.items.length * share))
  const hidden = Int32Array.from(rng.shuffle([...dataset.items.keys()]).slice(0, count)).sort()
  const place = new Map([...hidden].map((item, at) => [item, at]))
  const isHidden = (event: DatasetEvent) => place.has(dataset.index.get(event.item) ?? -1)
  const kept = events.filter((event) => !isHidden(event))
  const users = binaryRows(kept, dataset.index, 'user')
  const truth = binaryRows(events.filter(isHidden), dataset.index, 'user')
  const rows = new Map(truth.names.map((name, row) => [name, truth.rows[row]!.map((item) => place.get(item)!)]))
  const wanted = users.names.map((name) => rows.get(name) ?? new Int32Array(0))
  return { hidden, kept, users, wanted }
}
