import { mapConcurrent } from '../base/batch.ts'
import { release } from './arrays.ts'
import { allocateColumns, COLUMN_NAMES, decodeColumns, type EventColumns } from './event_columns.ts'
import { BUCKET_ROWS_MAX, EVENTS_PER_SHOPPER_MAX } from './limits.ts'
import type { Numbers } from './number_step.ts'
import { OBJECTS, type RunContext } from './step.ts'

/** Ranges read at once. */
const READ_WIDTH = 4

/** Limits that a test may lower. */
export interface RowLimits {
  bucketRowsMax: number
  eventsPerShopperMax: number
}
export const ROW_LIMITS: RowLimits = { bucketRowsMax: BUCKET_ROWS_MAX, eventsPerShopperMax: EVENTS_PER_SHOPPER_MAX }

/** All rows of a bucket, from every chunk, with the run's numbers; of a robot's rows a sample. */
export async function readBucket(
  run: RunContext,
  numbers: Numbers,
  bucket: number,
  limits: RowLimits = ROW_LIMITS,
): Promise<EventColumns> {
  const { chunks, buckets, offsets, rows } = numbers
  let total = 0
  for (let chunk = 0; chunk < chunks; chunk++) total += rows[chunk * buckets + bucket]!
  const part = async (chunk: number) => {
    const from = offsets[chunk * (buckets + 1) + bucket]!
    const to = offsets[chunk * (buckets + 1) + bucket + 1]!
    return renumbered(decodeColumns(await run.folder.range(OBJECTS.chunk(chunk), from, to - from)), numbers, chunk)
  }
  const eachPart = async (use: (columns: EventColumns) => void) => {
    for (let first = 0; first < chunks; first += READ_WIDTH) {
      const indexes = Array.from({ length: Math.min(READ_WIDTH, chunks - first) }, (_, at) => first + at)
      for (const columns of await mapConcurrent(indexes, READ_WIDTH, part)) {
        use(columns)
        release(columns.item)
      }
      await run.breathe()
    }
  }
  if (total <= limits.bucketRowsMax) return gathered(total, eachPart, () => true)
  const sample = await robotSample(eachPart, limits.eventsPerShopperMax)
  let kept = 0
  await eachPart((columns) => {
    for (let row = 0; row < columns.item.length; row++) if (sample(columns, row)) kept += 1
  })
  return gathered(kept, eachPart, sample)
}

type Keeps = (columns: EventColumns, row: number) => boolean

async function gathered(
  rows: number,
  eachPart: (use: (columns: EventColumns) => void) => Promise<void>,
  keeps: Keeps,
): Promise<EventColumns> {
  const { arrays } = allocateColumns(rows)
  let at = 0
  await eachPart((columns) => {
    for (let row = 0; row < columns.item.length; row++) {
      if (!keeps(columns, row)) continue
      for (const name of COLUMN_NAMES) arrays[name][at] = columns[name][row]!
      at += 1
    }
  })
  return arrays
}

/** In place: the chunk's numbers become the run's. */
function renumbered(columns: EventColumns, numbers: Numbers, chunk: number): EventColumns {
  const items = numbers.items.subarray(numbers.itemStart[chunk]!, numbers.itemStart[chunk + 1]!)
  const markets = numbers.markets.subarray(numbers.marketStart[chunk]!, numbers.marketStart[chunk + 1]!)
  for (let row = 0; row < columns.item.length; row++) {
    columns.item[row] = items[columns.item[row]!]!
    const market = columns.market[row]!
    columns.market[row] = market === -1 ? -1 : markets[market]!
  }
  return columns
}

/** Thins shoppers of too many rows by a hash of the row: what is kept depends on no order. */
async function robotSample(
  eachPart: (use: (columns: EventColumns) => void) => Promise<void>,
  eventsMax: number,
): Promise<Keeps> {
  const counts = new Map<number, number>()
  const keyOf = (columns: EventColumns, row: number) =>
    columns.shopperHigh[row]! * 2 ** 21 + (columns.shopperLow[row]! >>> 11)
  await eachPart((columns) => {
    for (let row = 0; row < columns.item.length; row++) {
      const key = keyOf(columns, row)
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  })
  for (const [key, rows] of counts) if (rows <= eventsMax) counts.delete(key)
  return (columns, row) => {
    const rows = counts.get(keyOf(columns, row))
    return rows === undefined || mixed(columns.item[row]!, columns.at[row]!) / 2 ** 32 < eventsMax / rows
  }
}

/** The finish of murmur3 over two numbers. */
function mixed(item: number, at: number): number {
  let h = Math.imul(item ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul((at % 2 ** 31) | 0, 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
