import { lengthPrefixed, sha256 } from '../../base/hash.ts'
import { tokenize } from '../../base/text/tokenize.ts'
import type { StoredItem } from '../../domain/card.ts'
import type { ItemFacts } from '../../domain/enrichment.ts'
import type { CompleterRpc, CompletionResult } from '../../model/completer_rpc.ts'
import { askProfile, type ProfileAnswer, type ProfileHistoryItem, profileAnswerSchema } from '../../prompt/profile.ts'
import { factsOf } from '../understand/facts.ts'
import { PROFILE_LIMITS } from './limits.ts'
import { compare, type ItemWeight } from './weights.ts'

/** What a model made of a history, as far as the history bears it out. */
export interface ModelProfile {
  topics: string[]
  /** Item ids. */
  representatives: string[]
  recipe: string
  /** Topics and numbers that the history does not bear out. */
  dropped: number
}
/** `stop`: ask nothing more in this run. `skip`: this history has its rule-based form. */
export type Asked = { kind: 'answered'; profile: ModelProfile } | { kind: 'skip' } | { kind: 'stop' }

/** Asks a language model once for equal histories; no id of shopper or item is in the question. */
export async function askModel(
  shop: string,
  model: string,
  completer: Pick<CompleterRpc, 'complete'>,
  weights: readonly ItemWeight[],
  items: ReadonlyMap<string, StoredItem>,
): Promise<Asked> {
  const shown = weights
    .filter((own) => own.weight > 0 && items.has(own.item))
    .sort((a, b) => b.weight - a.weight || compare(a.item, b.item))
    .map((own) => ({ ...own, facts: sayable(items.get(own.item)!) }))
    .filter((own) => own.facts.title !== '')
    .slice(0, PROFILE_LIMITS.itemsShown)
    .sort((a, b) => a.lastMs - b.lastMs || compare(a.item, b.item))
  if (shown.length < 2) return { kind: 'skip' }
  const history = shown.map((own, index) => historyItem(index + 1, own.facts, own.did))
  const { recipe, ...ask } = askProfile(history)
  const key = `profile:${await sha256(lengthPrefixed([shop, recipe, model, ask.user]))}`
  const result = await completer.complete({ key, shop, purpose: 'profile', ...ask }, PROFILE_LIMITS.modelDeadlineMs)
  if (!result.ok) return { kind: endsTheRun(result.reason) ? 'stop' : 'skip' }
  const answer = decoded(result.text)
  if (answer === null) return { kind: 'skip' }
  const ids = shown.map((own) => own.item)
  return { kind: 'answered', profile: { ...checkProfile(answer, history, ids), recipe: `${recipe} ${model}` } }
}

function endsTheRun(reason: Extract<CompletionResult, { ok: false }>['reason']): boolean {
  switch (reason) {
    case 'budget':
    case 'unavailable':
      return true
    case 'refused':
    case 'malformed':
    case 'too_long':
    case 'in_doubt':
      return false
  }
}

/** An item's fields without what in them speaks to a model. */
const sayable = (item: StoredItem): ItemFacts => factsOf({ ...item, description: '', localised: [] }, item.locale).facts

function historyItem(number: number, item: ItemFacts, did: readonly string[]): ProfileHistoryItem {
  return {
    number,
    title: item.title.slice(0, PROFILE_LIMITS.titleChars).toWellFormed(),
    brand: item.brand,
    categories: item.categories.slice(0, 3),
    attributes: Object.fromEntries(Object.entries(item.attributes).slice(0, PROFILE_LIMITS.attributesShown)),
    did,
  }
}

function decoded(text: string): ProfileAnswer | null {
  try {
    return profileAnswerSchema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

/**
 * What of an answer the history bears out: a topic all of whose words stand in an item that it names as showing it, and
 * numbers that are in the list, each once.
 */
export function checkProfile(
  answer: ProfileAnswer,
  history: readonly ProfileHistoryItem[],
  ids: readonly string[],
): Omit<ModelProfile, 'recipe'> {
  const words = history.map(
    (item) =>
      new Set(tokenize([item.title, item.brand ?? '', ...item.categories, JSON.stringify(item.attributes)].join(' '))),
  )
  const topics = answer.topics.filter(({ topic, items }) => {
    const own = tokenize(topic)
    return (
      own.length > 0 &&
      items.some((number) => words[number - 1] !== undefined && own.every((word) => words[number - 1]!.has(word)))
    )
  })
  const numbers = [...new Set(answer.representatives)].filter((number) => ids[number - 1] !== undefined)
  return {
    topics: [...new Set(topics.map(({ topic }) => topic.trim()))],
    representatives: numbers.map((number) => ids[number - 1]!),
    dropped: answer.topics.length - topics.length + answer.representatives.length - numbers.length,
  }
}
