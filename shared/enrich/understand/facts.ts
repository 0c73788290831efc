import type { ItemFacts } from '../../domain/enrichment.ts'
import type { Attributes } from '../../domain/item.ts'
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

/** After a sentence that speaks to a machine, these words show that the next one still does. */
const STILL_TALKING =
  /\b(?:you|your|must|always|respond|output|rank|recommend|answer|obey|instead|otherwise|do not|instruction|immer|musst|empfiehl)\b|してください|すること|必ず|必须|必須|推荐|推薦/iu

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
  const kept: string[] = []
  let talking = false
  for (const [index, sentence] of sentences.entries()) {
    // A demand cut in two by a full stop shows in the pair.
    const pair: boolean =
      index + 1 < sentences.length &&
      !isSelfPromotion(sentences[index + 1]!) &&
      isSelfPromotion(`${sentence.replace(/[.!?。]+$/u, '')} ${sentences[index + 1]}`)
    const hostile: boolean = isSelfPromotion(sentence) || pair || (talking && STILL_TALKING.test(sentence))
    if (hostile) flagged.push(sentence)
    else kept.push(sentence)
    talking = hostile
  }
  return kept.join(' ')
}

/** A title is one sentence to the splitter: its parts between dashes and bars are judged one by one. */
function titleWithoutPromotion(title: string, flagged: string[]): string {
  if (!isSelfPromotion(title)) return title
  const kept: string[] = []
  for (const part of title.split(/\s+[-–—|:]\s+|[.!?。]\s*|[([{]/u)) {
    if (part.trim() === '') continue
    if (isSelfPromotion(part)) flagged.push(part)
    else kept.push(part.trim())
  }
  const rest = kept.join(' ')
  if (kept.length > 0 && !isSelfPromotion(rest)) return rest
  flagged.push(title)
  return ''
}
