import type { ItemFacts, Understanding, UnderstandingContext } from '../../domain/enrichment.ts'
import { leafCategory, rootCategory } from '../../domain/item.ts'
import { termOf } from './attribute_names.ts'
import { answerByRules } from './by_rules/answer.ts'
import { kindsOf, lexiconLanguage } from './by_rules/names.ts'
import { checkExpansion, checkUnderstanding, type Neighbour } from './check.ts'
import { detectLanguage, languageOf } from './read/language.ts'
import { mentionsIn } from './read/mentions.ts'
import { polarities } from './read/polarity.ts'
import { sourceOf } from './read/source.ts'
import { read } from './read/tokens.ts'

/** Version of the rule form, part of the key under which its results are kept: a change of rules or lexicons raises it. */
export const RULES_RECIPE = 'rules@2'

/** Themes of one item at most, as of a model's answer. */
const THEMES_MAX = 8
const THEME_KINDS = new Set(['occasion', 'room', 'season', 'style'])

/**
 * What is understood of an item without a model: the shop's own sentences, its attributes in words, and names that
 * shoppers use. Held against the facts like a model's answer. The result has every part, empty where the facts give nothing.
 */
export function understandByRules(facts: ItemFacts, context: UnderstandingContext): Understanding {
  const source = sourceOf(facts)
  const { understanding } = checkUnderstanding(answerByRules(facts, context, source), facts, context, source)
  return {
    summary: {},
    selling_points: [],
    attributes: {},
    use_cases: [],
    audience: [],
    questions: [],
    queries: [],
    ...understanding,
  }
}

/** What an item shares with those it is bought with: categories, kinds of goods, occasions, rooms, seasons, styles. */
export function expandByRules(facts: ItemFacts, neighbours: ReadonlyArray<Neighbour>): string[] {
  const own = new Set(
    facts.categories.flatMap((path) => [leafCategory(path).toLowerCase(), rootCategory(path).toLowerCase()]),
  )
  const counts = new Map<string, number>()
  const add = (theme: string, times = 1) => counts.set(theme, (counts.get(theme) ?? 0) + times)
  const language = languageOf(facts.locale)
  const themesOf = (text: string) => {
    const reading = read(text.slice(0, 2_000), detectLanguage(text, language))
    return mentionsIn(reading, polarities(reading), new Set()).filter(
      (one) => THEME_KINDS.has(one.kind) && one.polarity === 1,
    )
  }
  const shared = new Set(
    themesOf(
      `${facts.title}. ${facts.description} ${facts.tags.join('. ')} ${Object.values(facts.attributes).flat().join('. ')}`,
    ).map((one) => `${one.kind}:${one.id}`),
  )
  for (const neighbour of neighbours) {
    for (const path of neighbour.categories)
      for (const name of new Set([leafCategory(path), rootCategory(path)]))
        add(name.toLowerCase(), own.has(name.toLowerCase()) ? 2 : 1)
    for (const one of themesOf(`${neighbour.title}. ${neighbour.description}`)) {
      const term = termOf(one.kind, one.id, lexiconLanguage(language))
      if (term !== null && shared.has(`${one.kind}:${one.id}`)) add(term.toLowerCase(), 2)
    }
  }
  for (const kind of kindsOf(facts)) for (const wider of kind.wider) if (neighbours.length > 0) add(wider)
  const themes = [...counts]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .map(([theme]) => theme)
    .filter((theme) => theme.length <= 80)
    .slice(0, THEMES_MAX)
  return checkExpansion({ themes }, facts, neighbours).themes
}
