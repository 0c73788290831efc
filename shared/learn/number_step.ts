import { decodeArrays, encodeArrays } from './arrays.ts'
import { TooMuchToLearn } from './limits.ts'
import { readIndex } from './read_step.ts'
import { OBJECTS, type RunContext, readPlan, type Step, units } from './step.ts'

/** The run's own numbers of items and markets, and where each bucket lies in each chunk. */
export interface Numbers {
  chunks: number
  buckets: number
  /** Chunk by chunk, one after the other: the run's number of each of the chunk's items and markets. */
  items: Int32Array
  markets: Int32Array
  /** chunks + 1 offsets into the two above. */
  itemStart: Int32Array
  marketStart: Int32Array
  /** Row `chunk` of buckets + 1: where each bucket begins in the chunk's object, in bytes. */
  offsets: Float64Array
  /** Row `chunk` of buckets. */
  rows: Int32Array
}

export interface ItemsObject {
  items: string[]
  markets: string[]
  newestMs: number
  events: number
}

/** Numbers for names, in the order of the names: they do not depend on the order of events, nor do sums by them. */
export const numberStep: Step = {
  name: 'number',
  async open(run: RunContext) {
    return units(1, async () => {
      const plan = await readPlan(run.folder)
      const items = new Set<string>()
      const markets = new Set<string>()
      let newestMs = 0
      let events = 0
      for (let chunk = 0; chunk < plan.chunks.length; chunk++) {
        const index = await readIndex(run, chunk)
        for (const item of index.items) items.add(item)
        for (const market of index.markets) markets.add(market)
        newestMs = Math.max(newestMs, index.newestMs)
        events = index.eventsSoFar
        if (items.size > run.tier.items) throw new TooMuchToLearn('items', run.tier.items, run.tier)
        await run.breathe()
      }
      const sorted = { items: [...items].sort(), markets: [...markets].sort() }
      await run.folder.put(OBJECTS.numbers, await numbersOf(run, plan.chunks.length, plan.buckets, sorted))
      await run.folder.put(OBJECTS.items, JSON.stringify({ ...sorted, newestMs, events } satisfies ItemsObject))
    })
  },
}

async function numbersOf(
  run: RunContext,
  chunks: number,
  buckets: number,
  sorted: { items: readonly string[]; markets: readonly string[] },
): Promise<Uint8Array> {
  const itemNumbers = new Map(sorted.items.map((name, number) => [name, number]))
  const marketNumbers = new Map(sorted.markets.map((name, number) => [name, number]))
  const items: Int32Array[] = []
  const markets: Int32Array[] = []
  const offsets = new Float64Array(chunks * (buckets + 1))
  const rows = new Int32Array(chunks * buckets)
  for (let chunk = 0; chunk < chunks; chunk++) {
    const index = await readIndex(run, chunk)
    items.push(Int32Array.from(index.items, (name) => itemNumbers.get(name)!))
    markets.push(Int32Array.from(index.markets, (name) => marketNumbers.get(name)!))
    offsets.set(index.offsets, chunk * (buckets + 1))
    rows.set(index.rows, chunk * buckets)
    await run.breathe()
  }
  const joined = { items: joinedOf(items), markets: joinedOf(markets) }
  return encodeArrays(
    { ...joined, itemStart: startsOf(items), marketStart: startsOf(markets), offsets, rows },
    { chunks, buckets },
  )
}

function joinedOf(parts: readonly Int32Array[]): Int32Array {
  const starts = startsOf(parts)
  const joined = new Int32Array(starts.at(-1)!)
  for (const [at, part] of parts.entries()) joined.set(part, starts[at]!)
  return joined
}

function startsOf(parts: readonly Int32Array[]): Int32Array {
  const starts = new Int32Array(parts.length + 1)
  for (const [at, part] of parts.entries()) starts[at + 1] = starts[at]! + part.length
  return starts
}

export async function readNumbers(run: RunContext): Promise<Numbers> {
  const { arrays, meta } = decodeArrays(await run.folder.bytes(OBJECTS.numbers), {
    items: 'Int32',
    markets: 'Int32',
    itemStart: 'Int32',
    marketStart: 'Int32',
    offsets: 'Float64',
    rows: 'Int32',
  })
  return { ...arrays, ...(meta as { chunks: number; buckets: number }) }
}

export const readItems = async (run: RunContext): Promise<ItemsObject> =>
  JSON.parse(await run.folder.text(OBJECTS.items)) as ItemsObject
