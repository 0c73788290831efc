import { hash32 } from '../../base/hash.ts'
import { shopperHigh, shopperLow } from '../../domain/shopper_hash.ts'
import type { Partition } from '../../store/learning_artefacts.ts'
import { chunksOf } from '../plan.ts'
import { rewoundTo } from '../rewound.ts'
import { OBJECTS, type RunContext, type Step } from '../step.ts'
import { readInput } from '../visits_step.ts'
import { SHOWN, type ShownShelf } from './shown.ts'
import { LEARNED_PURPOSES, type LearnedPurpose } from './tasks.ts'

/** Shelves of a shop's last weeks that are learned from. */
const SHELVES_MAX = 3_000
/** Impressions that are looked through for them, the newest first. */
const BYTES_MAX = 256 * 1024 * 1024

const NAME = 'ranker.shown'
/** Part 0: the pages. Part n: what is kept of all up to page n. */
const PAGES = OBJECTS.part(NAME, 0)
const sampleOf = (page: number) => OBJECTS.part(NAME, page)

/** A sample by the hash of the shelf's id. */
type Sample = Map<number, ShownShelf>

/**
 * Gathers shelves that were shown after the moment that learning is wound back to: a sample by their ids. The first unit
 * notes which impressions there are, since more come while they are read; then a page of them a unit.
 */
export const shownStep: Step = {
  name: NAME,
  async open(run: RunContext) {
    const sinceMs = rewoundTo(await readInput(run, ['timeline']))
    let pages = (await run.folder.has(PAGES)) ? await readPages(run) : []
    return {
      get total() {
        return 1 + pages.length
      },
      async next(cursor) {
        if (cursor === 0) {
          pages = await pagesSince(sinceMs, run)
          await run.folder.put(PAGES, JSON.stringify(pages))
        }
        const sample: Sample = new Map(cursor < 2 ? [] : await readSample(run, cursor - 1))
        if (cursor > 0) {
          for (const object of pages[cursor - 1]!) await addAll(object, sinceMs, sample, run)
          await run.folder.put(sampleOf(cursor), JSON.stringify(smallest(sample)))
        }
        if (cursor < pages.length) return cursor + 1
        const shelves = smallest(sample).map(([, shelf]) => shelf)
        await run.folder.put(OBJECTS.state(SHOWN), new TextEncoder().encode(JSON.stringify(shelves)))
        return null
      },
    }
  },
}

const readPages = async (run: RunContext) => JSON.parse(await run.folder.text(PAGES)) as Partition[][]
const readSample = async (run: RunContext, page: number) =>
  JSON.parse(await run.folder.text(sampleOf(page))) as Array<[number, ShownShelf]>

/** The newest impressions first, as many as are looked through, in pages. */
async function pagesSince(sinceMs: number, run: RunContext): Promise<Partition[][]> {
  const objects = await run.artefacts.impressions(run.shop, new Date(sinceMs).toISOString().slice(0, 10))
  const chosen: Partition[] = []
  let bytes = 0
  for (const object of objects.reverse()) {
    bytes += object.bytes
    if (bytes > BYTES_MAX) break
    chosen.push(object)
  }
  return chunksOf(chosen).map(([from, to]) => chosen.slice(from, to))
}

async function addAll(object: Partition, sinceMs: number, sample: Sample, run: RunContext): Promise<void> {
  for await (const lines of run.artefacts.lines(object)) {
    for (const line of lines) add(line, sinceMs, sample)
    await run.breathe()
  }
}

function add(line: string, sinceMs: number, sample: Sample): void {
  if (line === '') return
  const record = JSON.parse(line) as Record<string, unknown>
  const shelf = shelfOf(record)
  if (shelf === null || shelf.atMs < sinceMs) return
  sample.set(hash32(String(record.recommendation_id)), shelf)
  if (sample.size <= SHELVES_MAX * 2) return
  const kept = new Set(smallest(sample).map(([hash]) => hash))
  for (const hash of [...sample.keys()]) if (!kept.has(hash)) sample.delete(hash)
}

/** The smallest hashes are a fair sample, whatever the order and the number of the lines. */
const smallest = (sample: Sample) => [...sample].sort((a, b) => a[0] - b[0]).slice(0, SHELVES_MAX)

/** Null for a shelf of nobody in particular, of words, without metadata, or of another form. */
function shelfOf(record: Record<string, unknown>): ShownShelf | null {
  const { shopper, at, strategy, market, rung, query, seeds, cart, candidates, by_rule: byRule } = record
  if (typeof shopper !== 'string' || typeof at !== 'number' || typeof market !== 'string') return null
  if (rung !== 'L2' || query !== null || !Array.isArray(candidates)) return null
  if (!(LEARNED_PURPOSES as readonly unknown[]).includes(strategy)) return null
  const ruled = new Set(Array.isArray(byRule) ? byRule : [])
  return {
    ...{ high: shopperHigh(shopper), low: shopperLow(shopper), atMs: at, purpose: strategy as LearnedPurpose, market },
    seeds: Array.isArray(seeds) ? (seeds as string[]) : [],
    cart: Array.isArray(cart) ? (cart as string[]) : [],
    candidates: (candidates as Array<[string]>).map(([id]) => id).filter((id) => !ruled.has(id)),
  }
}
