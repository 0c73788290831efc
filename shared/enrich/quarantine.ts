import type { Stage } from '../store/catalogue/quarantine.ts'
import { bisect } from './bisect.ts'
import type { EnrichDeps } from './deps.ts'

/** What may be shown of a failure: its kind. The log has the rest. */
export const kindOf = (error: unknown): string => (error instanceof Error ? error.name : 'failed')

/**
 * Does a stage's work on items; one that fails by itself is put into quarantine, and the others are done.
 * @param probe a trivial use of what the stage depends on, a write to it where it writes
 * @returns the items that were put into quarantine
 */
export async function withoutPoison(
  shop: string,
  stage: Stage,
  items: readonly string[],
  deps: Pick<EnrichDeps, 'quarantine' | 'clock' | 'log'>,
  work: (part: readonly string[]) => Promise<unknown>,
  probe: () => Promise<unknown>,
): Promise<string[]> {
  const poison: string[] = []
  await bisect(items, work, probe, async (item, error) => {
    // A lease that was lost, or a database that takes no writes, refuses this too: then nobody is accused.
    await deps.quarantine.put(shop, stage, item, kindOf(error), deps.clock.now())
    deps.log.error('item_quarantined', error, { shop, item, stage })
    poison.push(item)
  })
  return poison
}
