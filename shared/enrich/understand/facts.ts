import type { ItemFacts } from '../../domain/enrichment.ts'
import type { Attributes } from '../../domain/item.ts'
import { goesOn } from './lexicon/hostile_output.ts'
import { sentencesOf } from './read/tokens.ts'
import { isSelfPromotion } from './self_promotion.ts'

/** What the store gives of an item's text; locale and options where it knows them. */
export interface FactsInput {
  id: string
  title: string
  description: string
  brand: string | null
  categories: readonly string[]
  tags: readonly string[]
  attributes: Attributes
  locale?: string | null
  options?: Readonly<Record<string, readonly string[]>>
  localised: ReadonlyArray<{ locale?: string | null; title: string | null; description: string | null }>
}

/**
 * What may be said of an item to a model, and what was taken out of its text: whole sentences that speak to a ranker or
 * a model, and whole values of lists. Claims are checked against the facts, so nothing taken out supports a claim.
 */
export function factsOf(text: FactsInput, shopLocale: string): { facts: ItemFacts; flagged: string[] } {
  const flagged: string[] = []
  const keepText = (value: string) => withoutPromotion(value, flagged)
  const keeps = (value: string) => {
    const hostile = isSelfPromotion(value)
    if (hostile) flagged.push(value)
    return !hostile
  }
  const attributes: Record<string, Attributes[string]> = {}
  for (const [name, value] of Object.entries(text.attributes)) {
    if (!keeps(name)) continue
    const kept = [value].flat().filter((one) => typeof one !== 'string' || keeps(one))
    // Split between name and value, a demand would pass both.
    if (kept.length > 0 && keeps(`${name} ${kept.join(' ')}`)) attributes[name] = Array.isArray(value) ? kept : kept[0]!
  }
  const options: Record<string, readonly string[]> = {}
  for (const [name, values] of Object.entries(text.options ?? {})) {
    const kept = keeps(name) ? values.filter(keeps) : []
    if (kept.length > 0) options[name] = kept
  }
  const facts: ItemFacts = {
    id: text.id,
    locale: text.locale ?? shopLocale,
    title: titleWithoutPromotion(text.title, flagged),
    description: keepText(text.description),
    brand: text.brand !== null && keeps(text.brand) ? text.brand : null,
    categories: text.categories.filter(keeps),
    tags: text.tags.filter(keeps),
    attributes,
    options,
    localised: text.localised.map((own) => ({
      locale: own.locale ?? null,
      title: own.title === null ? null : titleWithoutPromotion(own.title, flagged),
      description: own.description === null ? null : keepText(own.description),
    })),
  }
  return { facts, flagged }
}

function withoutPromotion(text: string, flagged: string[]): string {
  const sentences = sentencesOf(text)
  if (!isSelfPromotion(text) && !sentences.some(isSelfPromotion)) return text
  const alone = sentences.map(isSelfPromotion)
  // A demand cut in two by a full stop shows in the pair.
  const hostile = sentences.map(
    (sentence, index) =>
      alone[index]! ||
      (!alone[index - 2] && isCut(sentences[index - 1], sentence, alone[index - 1])) ||
      (!alone[index - 1] && isCut(sentence, sentences[index + 1], alone[index + 1])),
  )
  const kept: string[] = []
  for (const [index, sentence] of sentences.entries()) {
    hostile[index] ||= index > 0 && hostile[index - 1]! && goesOn(sentence)
    if (hostile[index]) flagged.push(sentence)
    else kept.push(sentence)
  }
  return kept.join(' ')
}

/** `hostile`: of the neighbour, which then explains the pair by itself. */
function isCut(first: string | undefined, second: string | undefined, hostile: boolean | undefined): boolean {
  if (first === undefined || second === undefined || hostile) return false
  const joint = first.replace(/[.!?。]+$/u, '')
  return (
    isSelfPromotion(`${joint} ${second}`) ||
    (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}」』]$/u.test(joint) && isSelfPromotion(`${joint}${second}`))
  )
}

/** A title is one sentence to the splitter: its parts between dashes and bars are judged one by one. */
function titleWithoutPromotion(title: string, flagged: string[]): string {
  if (!isSelfPromotion(title)) return title
  const kept: string[] = []
  const before = flagged.length
  for (const part of title.split(/\s+[-–—|:]\s+|[.!?。]\s*|[([{]/u)) {
    if (part.trim() === '') continue
    const talking = flagged.length > before
    if (isSelfPromotion(part) || (talking && goesOn(part.trim()))) flagged.push(part)
    else kept.push(part.trim())
  }
  const rest = kept.join(' ')
  if (kept.length > 0 && !isSelfPromotion(rest)) return rest
  flagged.push(title)
  return ''
}
