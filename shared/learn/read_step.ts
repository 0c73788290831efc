import { release } from './arrays.ts'
import { EventReader } from './event_columns.ts'
import { TooMuchToLearn } from './limits.ts'
import { breathing, OBJECTS, type OpenStep, type RunContext, readPlan, type Step, units } from './step.ts'

/** What a chunk's object holds, and where. */
export interface ChunkIndex {
  /** Names by the chunk's own numbers. */
  items: string[]
  markets: string[]
  /** Bytes at which each bucket begins, and the end. */
  offsets: number[]
  rows: number[]
  newestMs: number
  /** Events up to and with this chunk. */
  eventsSoFar: number
}

const LINES_PER_BREATH = 5_000

/** Partitions become columns, cut by shopper into buckets: one object a chunk, whose parts are read by range later. */
export const readStep: Step = {
  name: 'read',
  async open(run: RunContext): Promise<OpenStep> {
    const plan = await readPlan(run.folder)
    return units(plan.chunks.length, async (index) => {
      const reader = new EventReader()
      const [from, to] = plan.chunks[index]!
      for (const partition of plan.partitions.slice(from, to)) {
        let sinceBreath = 0
        for await (const lines of run.artefacts.lines(partition)) {
          for (const line of lines) {
            if (line !== '') reader.add(line)
            if (++sinceBreath % LINES_PER_BREATH === 0) await run.breathe()
          }
        }
      }
      const before = index === 0 ? 0 : (await readIndex(run, index - 1)).eventsSoFar
      const eventsSoFar = before + reader.rows
      if (eventsSoFar > run.tier.events) throw new TooMuchToLearn('events', run.tier.events, run.tier)
      const { bytes, offsets, rows } = await breathing(reader.byBucket(plan.buckets), run.breathe)
      reader.release()
      const content: ChunkIndex = {
        items: reader.items.list,
        markets: reader.markets.list,
        offsets: [...offsets],
        rows: [...rows],
        newestMs: reader.newestMs,
        eventsSoFar,
      }
      await run.folder.put(OBJECTS.chunk(index), bytes)
      release(bytes)
      await run.folder.put(OBJECTS.chunkIndex(index), JSON.stringify(content))
    })
  },
}

export const readIndex = async (run: RunContext, chunk: number): Promise<ChunkIndex> =>
  JSON.parse(await run.folder.text(OBJECTS.chunkIndex(chunk))) as ChunkIndex
