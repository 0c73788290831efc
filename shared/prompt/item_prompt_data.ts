import type { ItemFacts } from '../domain/enrichment.ts'

/** What is said of a neighbour to a model. */
export interface PromptNeighbour {
  title: string
  categories: readonly string[]
  description: string
}

/** Caps on what of an item is sent, each with its reason: tokens are paid for by the item, and attention is finite. */
export const PROMPT_CAPS = {
  /** A description's first characters; what a buyer needs stands there. */
  descriptionChars: 4_000,
  /** A market's own text repeats the main one. */
  localisedChars: 1_500,
  localisedTexts: 4,
  tags: 30,
  categories: 10,
  attributes: 40,
  valuesPerAttribute: 20,
  options: 6,
  valuesPerOption: 25,
  vocabularyNames: 15,
  vocabularyValues: 40,
  neighbours: 8,
  neighbourDescriptionChars: 300,
} as const

/** The facts as a model sees them: without the id, which means nothing to it, and within the caps. */
export function promptFacts(facts: ItemFacts): Omit<ItemFacts, 'id'> {
  return {
    locale: facts.locale,
    title: facts.title,
    description: cut(facts.description, PROMPT_CAPS.descriptionChars),
    brand: facts.brand,
    categories: facts.categories.slice(0, PROMPT_CAPS.categories),
    tags: facts.tags.slice(0, PROMPT_CAPS.tags),
    attributes: Object.fromEntries(
      Object.entries(facts.attributes)
        .slice(0, PROMPT_CAPS.attributes)
        .map(([name, value]) => [name, Array.isArray(value) ? value.slice(0, PROMPT_CAPS.valuesPerAttribute) : value]),
    ),
    options: Object.fromEntries(
      Object.entries(facts.options)
        .slice(0, PROMPT_CAPS.options)
        .map(([name, values]) => [name, values.slice(0, PROMPT_CAPS.valuesPerOption)]),
    ),
    localised: facts.localised.slice(0, PROMPT_CAPS.localisedTexts).map((own) => ({
      locale: own.locale,
      title: own.title,
      description: own.description === null ? null : cut(own.description, PROMPT_CAPS.localisedChars),
    })),
  }
}

export function capVocabulary(vocabulary: Readonly<Record<string, readonly string[]>>): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(vocabulary)
      .filter(([, values]) => values.length > 0)
      .slice(0, PROMPT_CAPS.vocabularyNames)
      .map(([name, values]) => [name, values.slice(0, PROMPT_CAPS.vocabularyValues)]),
  )
}

export function capNeighbours(neighbours: ReadonlyArray<PromptNeighbour>): PromptNeighbour[] {
  return neighbours.slice(0, PROMPT_CAPS.neighbours).map((neighbour) => ({
    title: neighbour.title,
    categories: neighbour.categories.slice(0, PROMPT_CAPS.categories),
    description: cut(neighbour.description, PROMPT_CAPS.neighbourDescriptionChars),
  }))
}

/** The first characters, never half a surrogate pair. */
function cut(text: string, chars: number): string {
  return text.slice(0, chars).toWellFormed()
}
