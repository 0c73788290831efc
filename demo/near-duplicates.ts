const GRAM = 5

/** Two texts that share more than the allowed part of their five-character sequences. */
export interface NearDuplicate {
  first: number
  second: number
  /** Jaccard: shared sequences over all sequences of both, 0..1. */
  similarity: number
}

/** Every pair of texts above the threshold. Quadratic: for a few hundred texts. */
export function nearDuplicates(texts: readonly string[], threshold: number): NearDuplicate[] {
  const sets = texts.map(grams)
  const found: NearDuplicate[] = []
  for (const [first, a] of sets.entries())
    for (let second = first + 1; second < sets.length; second++) {
      const similarity = jaccard(a, sets[second]!)
      if (similarity > threshold) found.push({ first, second, similarity })
    }
  return found
}

// Characters, not words: Japanese has no spaces.
function grams(text: string): Set<string> {
  const characters = [...text.toLowerCase().replace(/\s+/g, ' ')]
  const found = new Set<string>()
  for (let i = 0; i + GRAM <= characters.length; i++) found.add(characters.slice(i, i + GRAM).join(''))
  return found
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0
  for (const gram of a) if (b.has(gram)) shared += 1
  const all = a.size + b.size - shared
  return all === 0 ? 0 : shared / all
}
