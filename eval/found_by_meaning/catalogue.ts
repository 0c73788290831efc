import type { Rng } from '../../shared/base/rng.ts'
import type { ItemLine } from '../../shared/domain/item.ts'
import { SYNONYMS } from './synonyms.ts'

/** Groups of the table that the catalogue is of, and items of each. */
const GROUPS = 60
const ITEMS_PER_GROUP = 8
const ADJECTIVES = ['fine', 'plain', 'sturdy', 'bright', 'small', 'large', 'rustic', 'modern', 'classic', 'handy']
const FILLER = ['home', 'everyday', 'quality', 'season', 'family', 'style', 'comfort', 'design', 'offer', 'favourite']

/** A catalogue whose shopkeepers call the same thing by different names; for where no real one is at hand. */
export function generatedCatalogue(rng: Rng): ItemLine[] {
  const groups = rng.shuffle([...SYNONYMS]).slice(0, GROUPS)
  const pick = (list: readonly string[]) => list[rng.int(list.length)]!
  return groups.flatMap((words, group) =>
    Array.from({ length: ITEMS_PER_GROUP }, (_, index): ItemLine => {
      const word = words[index % words.length]!
      return {
        id: `g${group}-${index}`,
        title: `${pick(ADJECTIVES)} ${word}`,
        description: `A ${pick(ADJECTIVES)} ${word} for ${pick(FILLER)} and ${pick(FILLER)}, of ${pick(FILLER)} ${pick(FILLER)}.`,
        created_at: '2024-01-01T00:00:00Z',
        offers: [{ market: '*', currency: 'GBP', price: 1_000 + index }],
      }
    }),
  )
}
