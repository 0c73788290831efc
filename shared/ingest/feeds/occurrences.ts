/** Owners that are remembered; an owner's lines stand near each other in every export. */
const OWNERS_KEPT = 20_000

/** Counts equal things, so that the second of two equal order lines is another event and not the first one again. */
export interface Occurrences {
  /** How often this was asked of the owner before. */
  next(owner: string, text: string): number
}

export function createOccurrences(): Occurrences {
  const byOwner = new Map<string, Map<string, number>>()
  return {
    next(owner, text) {
      const counts = byOwner.get(owner) ?? new Map<string, number>()
      // Moved to the end: the owners that are forgotten first are those not seen for longest.
      byOwner.delete(owner)
      byOwner.set(owner, counts)
      if (byOwner.size > OWNERS_KEPT) byOwner.delete(byOwner.keys().next().value as string)
      const before = counts.get(text) ?? 0
      counts.set(text, before + 1)
      return before
    },
  }
}
