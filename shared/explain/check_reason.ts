import type { EvidenceBundle, Fact } from '../domain/told_reason.ts'
import { languageOf } from '../enrich/understand/read/language.ts'
import { checkClauses, type Said } from './said/clauses.ts'
import type { ReasonCheck, ReasonFault } from './said/fault.ts'
import { isWellFormed, wordCount } from './said/form.ts'
import { licenceOf } from './said/licence.ts'
import { maskedSentence, maskOf } from './said/masked.ts'
import { type FactPhrase, folded, phrasesOf } from './said/phrases_of_facts.ts'
import { type Vocabulary, vocabularyOf } from './said/vocabulary.ts'

/** One sentence of an answer, with the short ids of what it rests on: `e1` is the bundle's first fact. */
export interface CitedSentence {
  text: string
  cites: readonly string[]
}

export const REASON_LIMITS = {
  /** More is not read on a shelf. */
  words: 50,
  sentences: 3,
  sentenceChars: 300,
  /** A sentence that rests on more is a list. */
  citesPerSentence: 3,
} as const

const NOTHING_OFF: ReadonlySet<ReasonCheck> = new Set()

/**
 * The first fault of a reason; null when every claim of it is borne out. A claim is let through by what licenses it and
 * not refused by what is known to be false: titles, values, numbers, places and days stand word for word in a cited
 * fact, every other word is grammar or belongs to the kind of that fact, and one clause speaks of one fact. What no fact
 * covers cannot be said. Pure; never throws.
 */
export function checkReason(
  sentences: readonly CitedSentence[],
  bundle: EvidenceBundle,
  locale: string,
  off: ReadonlySet<ReasonCheck> = NOTHING_OFF,
): ReasonFault | null {
  const vocabulary = vocabularyOf(languageOf(locale))
  if (vocabulary === null) return 'language'
  if (sentences.length === 0 || sentences.length > REASON_LIMITS.sentences) return 'length'
  if (wordCount(sentences.map(({ text }) => text).join(' ')) > REASON_LIMITS.words) return 'length'
  for (const sentence of sentences) {
    const fault = checkSentence(sentence, bundle, locale, vocabulary, off)
    if (fault !== null && !off.has(fault)) return fault
  }
  return null
}

function checkSentence(
  { text, cites }: CitedSentence,
  bundle: EvidenceBundle,
  locale: string,
  vocabulary: Vocabulary,
  off: ReadonlySet<ReasonCheck>,
): ReasonFault | null {
  if (text.length > REASON_LIMITS.sentenceChars) return 'length'
  if (!off.has('form') && !isWellFormed(text)) return 'form'
  const facts = citedFacts(cites, bundle)
  if (facts === null || !belongTogether(facts)) return 'cites'
  const read = (own: readonly Fact[]): Said | null => {
    const phrases = phrasesOf(own, locale, vocabulary)
    const masked = maskedSentence(folded(text), phrases)
    return masked === null ? null : { text: masked, phrases, facts: own, vocabulary }
  }
  const said = read(facts)
  // What stands in quotation marks is a name or the search; what was not found among them is somebody else's.
  if (said === null) return 'names'
  const fault = checkClauses(said, off)
  if (fault !== null) return fault
  // Without any one of its facts the sentence has to fall: else that one is cited for nothing.
  const idle = (place: number) => {
    const rest = facts.length === 1 ? null : read(facts.filter((_, at) => at !== place))
    return rest !== null && checkClauses(rest, off) === null
  }
  if (!off.has('unsaid') && facts.some((_, place) => !isSaid(place, said) || idle(place))) return 'unsaid'
  return off.has('cause') || !isCausal(said) || facts.every(({ effect }) => effect) ? null : 'cause'
}

/** Null where an id is unknown or told twice. */
function citedFacts(cites: readonly string[], bundle: EvidenceBundle): Fact[] | null {
  if (cites.length === 0 || cites.length > REASON_LIMITS.citesPerSentence || new Set(cites).size < cites.length)
    return null
  const facts: Fact[] = []
  for (const id of cites) {
    const place = /^e([1-9]\d?)$/.exec(id)?.[1]
    const fact = place === undefined ? undefined : bundle.facts[Number(place) - 1]
    if (fact === undefined) return null
    facts.push(fact)
  }
  return facts
}

/**
 * Facts of one sentence are all about one other item, or none names any: in "like “A”, popular in this shop" nobody
 * knows which of the two is popular.
 */
function belongTogether(facts: readonly Fact[]): boolean {
  const named = new Set(facts.map((fact) => fact.item?.id ?? ''))
  const kinds = new Set(facts.map((fact) => `${fact.kind} ${fact.attribute ?? ''}`))
  return named.size === 1 && kinds.size === facts.length
}

/** What is cited is said: its item named, its value told, or the words of its kind used. */
function isSaid(place: number, { text, phrases, facts, vocabulary }: Said): boolean {
  const fact = facts[place]!
  const has = (kind: FactPhrase['kind']) =>
    phrases.some((phrase, at) => phrase.kind === kind && phrase.facts.includes(place) && text.includes(maskOf(at)))
  if (fact.item !== null && !has('title')) return false
  if (fact.value !== null && !has('value')) return false
  if (fact.value !== null) return true
  const own = vocabulary.own[licenceOf(fact)]
  return vocabulary.joined
    ? [...own].some((word) => text.includes(word))
    : (text.match(/[\p{L}\p{M}]+/gu) ?? []).some((word) => own.has(word))
}

/** "New since May" tells a day. */
const SINCE = 'since'

function isCausal({ text, facts, vocabulary }: Said): boolean {
  const dated = facts.some(({ since }) => since !== null)
  return vocabulary.causal.some(({ phrase, pattern }) => !(dated && phrase === SINCE) && pattern.test(text))
}
