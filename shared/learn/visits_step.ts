import { release } from './arrays.ts'
import { readBucket } from './bucket_rows.ts'
import { buildVisits } from './build_visits.ts'
import type { LearnInput } from './learner.ts'
import { readItems, readNumbers } from './number_step.ts'
import { breathing, OBJECTS, type RunContext, readPlan, type Step, units } from './step.ts'
import { decodeVisits, encodeVisits, type VisitCounts, type Visits, visitCounts } from './visits.ts'

/** Each bucket's rows become visits. */
export const visitsStep: Step = {
  name: 'visits',
  async open(run: RunContext) {
    const numbers = await readNumbers(run)
    const { items } = await readItems(run)
    return units(numbers.buckets, async (bucket) => {
      const rows = await readBucket(run, numbers, bucket)
      const visits = await breathing(buildVisits(rows, items.length), run.breathe)
      const bytes = encodeVisits(visits)
      release(rows.item, ...Object.values(visits))
      await run.folder.put(OBJECTS.visits(bucket), bytes)
      release(bytes)
    })
  },
}

/** The first bytes of a bucket's object tell how much is in it. */
const HEAD_BYTES = 4_096

/** Counts of all buckets, so that learners know the sizes before they begin. */
export const censusStep: Step = {
  name: 'census',
  async open(run: RunContext) {
    return units(1, async () => {
      const { buckets } = await readPlan(run.folder)
      const counts: VisitCounts[] = []
      for (let bucket = 0; bucket < buckets; bucket++) {
        counts.push(visitCounts(await run.folder.range(OBJECTS.visits(bucket), 0, HEAD_BYTES)))
        await run.breathe()
      }
      await run.folder.put(OBJECTS.census, JSON.stringify(counts))
    })
  },
}

/** What learners may know, with the states that they depend on. */
export async function readInput(run: RunContext, states: readonly string[]): Promise<LearnInput> {
  const { items, markets, newestMs, events } = await readItems(run)
  const counts = JSON.parse(await run.folder.text(OBJECTS.census)) as VisitCounts[]
  const held = new Map<string, Uint8Array>()
  for (const name of states) held.set(name, await run.folder.bytes(OBJECTS.state(name)))
  const sum = (name: keyof VisitCounts) => counts.reduce((total, own) => total + own[name], 0)
  return {
    items,
    markets,
    newestMs,
    events,
    shoppers: sum('shoppers'),
    visits: sum('visits'),
    entries: sum('entries'),
    bucketShoppers: Int32Array.from(counts, (own) => own.shoppers),
    state(name) {
      const state = held.get(name)
      if (state === undefined) throw new Error(`a learner reads the state of ${name} without depending on it`)
      return state
    },
  }
}

export const readVisits = async (run: RunContext, bucket: number): Promise<Visits> =>
  decodeVisits(await run.folder.bytes(OBJECTS.visits(bucket)))
