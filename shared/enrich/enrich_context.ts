import { DAY_MS } from '../base/clock.ts'
import type { ItemFacts, UnderstandingContext } from '../domain/enrichment.ts'
import { rootCategory } from '../domain/item.ts'
import type { Words } from '../store/catalogue/vocabularies.ts'
import type { EnrichDeps } from './deps.ts'
import { factsOf } from './understand/facts.ts'
import { createVocabularyReader, type VocabularyReader } from './understand/vocabulary.ts'

/** Vocabularies are read again after a day, or when the shop has grown to this many times what was read. */
const READ_EVERY_MS = DAY_MS
const GROWTH_TO_READ = 1.5
/** Items that are read: what a category's attributes may be is plain long before that. */
const ITEMS_READ = 3_000
const PAGE = 200
/** Brands that are never said of another's item; each claim is held against them, and the most are few. */
const BRANDS_MAX = 2_000
/** Where the brands are kept beside the vocabularies: no category begins with a blank. */
const BRANDS = ' brands'

/** Gives the context that an item is understood in: the shop's languages, its general category's vocabulary, its brands. */
export type ContextOf = (facts: ItemFacts) => UnderstandingContext

export async function contextFor(
  shop: string,
  shopLocale: string,
  locales: readonly string[],
  deps: EnrichDeps,
  keep: () => Promise<void>,
): Promise<ContextOf> {
  const reading = await deps.vocabularies.reading(shop)
  const { live } = await deps.catalogue.counts(shop)
  const nowMs = deps.clock.now()
  const fresh = reading !== null && nowMs - reading.readAtMs < READ_EVERY_MS && live <= reading.items * GROWTH_TO_READ
  const words = fresh ? await deps.vocabularies.all(shop) : await readAgain(shop, shopLocale, live, deps, keep)
  const brands = words.get(BRANDS)?.brand ?? []
  return (facts) => ({ locales, vocabulary: words.get(categoryOf(facts)) ?? {}, brands })
}

async function readAgain(
  shop: string,
  shopLocale: string,
  live: number,
  deps: EnrichDeps,
  keep: () => Promise<void>,
): Promise<ReadonlyMap<string, Words>> {
  const byCategory = new Map<string, VocabularyReader>()
  const brands = new Set<string>()
  let afterSeq = 0
  for (let read = 0; read < ITEMS_READ; ) {
    const page = await deps.catalogue.textsAfter(shop, afterSeq, PAGE)
    if (page.texts.length === 0) break
    for (const text of page.texts) {
      await deps.breathe()
      const facts = quietFacts(text, shopLocale)
      if (facts === null) continue
      const own = byCategory.get(categoryOf(facts)) ?? createVocabularyReader()
      byCategory.set(categoryOf(facts), own)
      own.add(facts)
      if (facts.brand !== null && brands.size < BRANDS_MAX) brands.add(facts.brand)
    }
    read += page.texts.length
    afterSeq = page.lastSeq
    await keep()
  }
  const words = new Map([...byCategory].map(([category, own]) => [category, own.words() as Words]))
  words.set(BRANDS, { brand: [...brands] })
  await deps.vocabularies.put(shop, words, live, deps.clock.now())
  return words
}

/** An item that cannot be read is quarantined when its turn comes; here it only adds no words. */
function quietFacts(text: Parameters<typeof factsOf>[0], shopLocale: string): ItemFacts | null {
  try {
    return factsOf(text, shopLocale).facts
  } catch {
    return null
  }
}

const categoryOf = (facts: ItemFacts): string =>
  facts.categories[0] === undefined ? '' : rootCategory(facts.categories[0])
