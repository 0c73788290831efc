import type { Fact } from '../../domain/told_reason.ts'
import { cjkNumber, parseNumber, wordValue } from '../../enrich/understand/read/numerals.ts'
import type { ReasonCheck, ReasonFault } from './fault.ts'
import { licenceOf, NEEDED } from './licence.ts'
import { maskOf, placeOf } from './masked.ts'
import type { FactPhrase } from './phrases_of_facts.ts'
import { isTiled, type Vocabulary } from './vocabulary.ts'

/** A sentence with its facts' phrases as single characters. */
export interface Said {
  text: string
  phrases: readonly FactPhrase[]
  facts: readonly Fact[]
  vocabulary: Vocabulary
}

const CLAUSE_ENDS = /[,;.!?。！？、，；()（）–—]|\s-\s/u
const NUMBER = /\d+(?:[.,]\d+)*/g
/** What may stand between words beside the ends of clauses. */
const HARMLESS_SIGNS = /[\s:'’・-]/gu
/** "Very", not ten of anything. */
const NO_NUMBER = '十分'
const WORD = /[\p{L}\p{M}]+/gu
const MASK = /[\ue000-\ue3ff]/gu

/** Every clause rests on one cited fact, whole: its words, its numbers and what of the facts it repeats. */
export function checkClauses(said: Said, off: ReadonlySet<ReasonCheck>): ReasonFault | null {
  const clauses = said.text.replace(/(\d)[.,](?=\d)/g, '$1\u2024').split(CLAUSE_ENDS)
  let before = ''
  for (const clause of clauses.map((one) => one.replaceAll('\u2024', '.').trim())) {
    if (clause === '') continue
    const faults = off.has('clauses')
      ? [faultOf(clause, before, said.facts, said, off)]
      : said.facts.map((fact) => faultOf(clause, before, [fact], said, off))
    if (!faults.includes(null)) return faults.find((fault) => fault === 'numbers') ?? faults[0]!
    before = clause
  }
  return null
}

function faultOf(
  clause: string,
  before: string,
  facts: readonly Fact[],
  said: Said,
  off: ReadonlySet<ReasonCheck>,
): ReasonFault | null {
  const { phrases, vocabulary } = said
  for (const mask of clause.match(MASK) ?? []) {
    const phrase = phrases[placeOf(mask)!]!
    if (!off.has('names') && !facts.some((fact) => lends(phrase, fact, said))) return 'names'
  }
  const rest = numbersTaken(clause, facts, vocabulary, off)
  if (rest === null) return 'numbers'
  if (off.has('words')) return null
  const licences = facts.map(licenceOf)
  const lists = licences.map((one) => vocabulary.licensed[one])
  // Words of cause are judged by themselves: check_reason.ts.
  const allowed = [...lists, vocabulary.causalWords]
  const bare = rest.replace(MASK, ' ').replace(HARMLESS_SIGNS, ' ')
  if (vocabulary.joined) {
    if (!bare.split(/\s+/).every((piece) => isTiled(piece, allowed))) return 'words'
  } else {
    if (bare.replace(WORD, '').trim() !== '') return 'words'
    if (!(bare.match(WORD) ?? []).every((word) => allowed.some((list) => list.has(word)))) return 'words'
  }
  return off.has('clauses') || facts.every((fact) => isBound(clause, before, bare, fact, said)) ? null : 'words'
}

/** A title belongs to each fact about that item, anything else to its own facts. */
function lends(phrase: FactPhrase, fact: Fact, { facts }: Said): boolean {
  return phrase.facts.some(
    (place) => facts[place] === fact || (phrase.kind === 'title' && facts[place]!.item?.id === fact.item?.id),
  )
}

/** The clause without its numbers; null where one of them is not the fact's count. */
function numbersTaken(
  clause: string,
  facts: readonly Fact[],
  vocabulary: Vocabulary,
  off: ReadonlySet<ReasonCheck>,
): string | null {
  let wrong = false
  const known = (value: number) => {
    if (!off.has('numbers') && !facts.some(({ count }) => count === value)) wrong = true
    return ' '
  }
  let rest = clause.replace(NUMBER, (written) => known(parseNumber(written, vocabulary.language)))
  if (vocabulary.joined) {
    for (const one of cjkNumber(rest))
      if (!rest.startsWith(NO_NUMBER, one.at)) rest = rest.replace(one.text, known(one.value))
  } else
    rest = rest.replace(WORD, (word) => {
      const value = Object.hasOwn(vocabulary.numbers, word) ? vocabulary.numbers[word]! : wordValue(word)
      return value === null ? word : known(value)
    })
  return wrong ? null : rest
}

/** What words alone do not tell: who did it, to what, and which of two is the cheaper. */
function isBound(clause: string, before: string, bare: string, fact: Fact, said: Said): boolean {
  const { phrases, vocabulary } = said
  const licence = licenceOf(fact)
  const masksOf = (kind: FactPhrase['kind']) =>
    phrases.flatMap((phrase, place) => (phrase.kind === kind && lends(phrase, fact, said) ? [maskOf(place)] : []))
  const titles = masksOf('title')
  const spelled = (text: string, chars: readonly string[], as: string) =>
    chars.reduce((all, char) => all.replaceAll(char, as), text).replace(/\s+/g, vocabulary.joined ? '' : ' ')
  const has = (list: ReadonlySet<string>) =>
    vocabulary.joined
      ? [...list].some((word) => bare.includes(word))
      : (bare.match(WORD) ?? []).some((word) => list.has(word))
  const speaks = has(vocabulary.own[licence])
  const needed = NEEDED[licence]
  // "N Kunden, die “A” gekauft haben": the subject may stand in another clause, where a verb cannot do without one.
  const apart = needed === 'crowd' && !vocabulary.joined
  const named = (list: ReadonlySet<string>) =>
    apart ? (said.text.match(WORD) ?? []).some((word) => list.has(word)) : has(list)
  if (speaks && needed !== undefined && !named(vocabulary.groups[needed])) return false
  if (licence === 'own_purchase' || licence === 'own_view')
    return !speaks || titles.some((title) => clause.includes(title) || before.endsWith(title))
  if (licence === 'cheaper') return !speaks || vocabulary.than.test(spelled(clause, titles, 'T'))
  // The price that is told is the former one, wherever it stands.
  if (licence === 'reduced') return !spelled(said.text, masksOf('value'), 'V').replace(vocabulary.was, '').includes('V')
  return true
}
