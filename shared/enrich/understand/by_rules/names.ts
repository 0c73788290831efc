import type { ItemFacts } from '../../../domain/enrichment.ts'
import { leafCategory } from '../../../domain/item.ts'
import { LEXICON_LANGUAGES, type LexiconLanguage } from '../lexicon/entry.ts'
import { SYNONYMS } from '../lexicon/synonyms.ts'
import { type Language, languageOf } from '../read/language.ts'
import { atomsOf } from '../read/source.ts'
import { read } from '../read/tokens.ts'

/** A kind of goods by its everyday names. */
interface Kind {
  names: readonly string[]
  wider: readonly string[]
  /** Of each name, as it is looked up. */
  stems: readonly string[]
}

const kindsHeld = new Map<LexiconLanguage, readonly Kind[]>()

/** The kinds of goods that a language has names for; read once, on first use. */
function kindsIn(language: LexiconLanguage): readonly Kind[] {
  const held = kindsHeld.get(language)
  if (held !== undefined) return held
  const kinds = SYNONYMS[language].map((line) => {
    const [names, wider] = line.split('|')
    const list = names!.split(',')
    return { names: list, wider: wider ? wider.split(',') : [], stems: list.map((name) => stemsOf(name, language)) }
  })
  kindsHeld.set(language, kinds)
  return kinds
}

export const lexiconLanguage = (language: Language): LexiconLanguage =>
  (LEXICON_LANGUAGES as readonly string[]).includes(language) ? (language as LexiconLanguage) : 'en'

/**
 * The kinds of goods that an item is, surest first: named at the end of its title's head ("glass teapot |
 * with basket"), else elsewhere in the head, else by a category of one noun.
 */
export function kindsOf(facts: ItemFacts): Array<{ name: string; synonyms: string[]; wider: string[] }> {
  const language = lexiconLanguage(languageOf(facts.locale))
  const single = facts.categories.map(leafCategory).filter((leaf) => !/\s(?:and|und|&)\s|[,/・]/.test(leaf))
  const texts = [titleHead(facts.title), ...single]
  const stems = texts.map((text) => stemsOf(text, language))
  const cjk = language === 'ja' || language === 'zh'
  const found: Array<{ name: string; kind: Kind; at: number; fromEnd: number }> = []
  for (const kind of kindsIn(language)) {
    for (const [nth, name] of kind.names.entries()) {
      const wanted = kind.stems[nth]!
      for (const [at, text] of texts.entries()) {
        const where = cjk
          ? text.lastIndexOf(name)
          : stems[at]!.lastIndexOf(language === 'de' ? wanted.trimStart() : wanted)
        if (where !== -1)
          found.push({
            name,
            kind,
            at,
            fromEnd: cjk ? text.length - where - name.length : stems[at]!.length - where - wanted.length,
          })
      }
    }
  }
  const seen = new Set<Kind>()
  return found
    .sort((a, b) => a.at - b.at || a.fromEnd - b.fromEnd || b.name.length - a.name.length)
    .filter(({ kind }) => !seen.has(kind) && seen.add(kind))
    .slice(0, 1)
    .map(({ name, kind }) => ({ name, synonyms: kind.names.filter((one) => one !== name), wider: [...kind.wider] }))
}

const stemsOf = (text: string, language: LexiconLanguage) =>
  ` ${read(text, language)
    .tokens.map((token) => token.stem)
    .join(' ')} `

/** The title up to its first addition: "Nested steel mixing bowls" of "Nested steel mixing bowls, set of three". */
export function titleHead(title: string): string {
  return title.split(/\s*[,:;(|「『【]|\s[-–—]\s|\s(?:with|for|in|by|mit|für|aus|im)\s/u)[0]!.trim() || title
}

/** "Cups and Mugs" names cups and mugs; the leaves of the item's category paths, without the general ones. */
export function categoryNouns(facts: ItemFacts): string[] {
  const leaves = facts.categories.map(leafCategory).flatMap((leaf) => leaf.split(/\s*(?:,|&|\/|・| and | und )\s*/))
  return [...new Set(leaves.filter((noun) => atomsOf(noun).length > 0).map((noun) => noun.toLowerCase()))]
}
