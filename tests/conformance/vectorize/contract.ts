/**
 * What Vectorize does, as cases over a door. Sources: developers.cloudflare.com/vectorize, the client in workerd
 * (src/cloudflare/internal/vectorize-api.ts), and refusals of the service as others have published them.
 */
import { mapConcurrent } from '../../../shared/base/batch.ts'
import { ASKING } from './cases_asking.ts'
import { FILTERING } from './cases_filtering.ts'
import { WRITING } from './cases_writing.ts'
import type { Door } from './door.ts'
import { type Case, Try } from './try.ts'

export const CONTRACT: readonly Case[] = [...WRITING, ...ASKING, ...FILTERING]

export interface Verdict {
  rule: string
  outcome: 'kept' | 'broken' | 'not asked'
  error?: unknown
}

/** Tries one case through a door. */
export async function tryCase(door: Door, one: Case, mark: string): Promise<Verdict> {
  try {
    const index = await door.open(one.metric ?? 'cosine')
    if (one.ownTime && index.advance === null) return { rule: one.rule, outcome: 'not asked' }
    await one.run(new Try(index, door, mark))
    return { rule: one.rule, outcome: 'kept' }
  } catch (error) {
    return { rule: one.rule, outcome: 'broken', error }
  }
}

/** @param lanes cases under way at once: the real service takes a minute to show a mutation */
export const tryContract = (door: Door, lanes = 1, cases: readonly Case[] = CONTRACT): Promise<Verdict[]> =>
  mapConcurrent(cases, lanes, (one, index) => tryCase(door, one, `c${index}`))
