import { FUNCTION_WORDS } from '../lexicon/function_words.ts'
import { LABELS, UNITS } from '../lexicon/units.ts'
import { HARMLESS_CJK, HARMLESS_WORDS, MODAL_MARKERS, NEGATORS, SUITABILITY } from '../lexicon/words.ts'
import { wordValue } from '../read/numerals.ts'
import type { Polarity } from '../read/polarity.ts'
import type { Unit } from '../read/source.ts'
import { foldWord } from '../read/stems.ts'
import type { Token } from '../read/tokens.ts'
import type { Reason, Scope } from './scope.ts'

const table = (...tables: ReadonlyArray<Readonly<Record<string, readonly string[]>>>) => {
  const merged = new Map<string, Set<string>>()
  for (const one of tables)
    for (const [language, words] of Object.entries(one))
      merged.set(language, new Set([...(merged.get(language) ?? []), ...words]))
  return merged
}
const HARMLESS = table(FUNCTION_WORDS, HARMLESS_WORDS, NEGATORS)
const CJK_HARMLESS = table(HARMLESS_CJK)
const SUITABLE = table(SUITABILITY)
const MEASURE_WORDS = new Set(
  [...LABELS.flatMap(([, words]) => words), ...UNITS.flatMap((line) => line.terms)].map(foldWord),
)
/** "Fits", "works with", "for" and "compatible with" say the same. */
const FITTING = 'for fur with mit fits fitting works passt passend zu'.split(' ')
/** Beside a number they label it; alone they state something: "a heavy feel". */
const DIMENSIONS = new Set('wide tall high deep long thick heavy old breit hoch tief lang dick schwer alt'.split(' '))
/** A promise; "for babies" does not make it. */
const STRONG_SUITABILITY = new Set(['safe', 'proof', 'resistant', 'fest', 'sicher'])
const RUN = /[\p{Script=Han}]+|[\p{Script=Katakana}\u30fc]+|[\p{Script=Hiragana}]{3,}/gu
/** Endings and auxiliaries of Japanese that the segmenter leaves as words of three letters and more. */
const KANA_GRAMMAR =
  /^(?:ください|くださ|ながら|ました|ません|ませ|でしょ|ところ|ために|ように|という|として|について|から|まで|よりも|ですが|なので|ばかり|それ|これ|その|この|すべて|とても|しっかり|ため|まま|いただ|ござい|られる|られ|される|させる|います|あります|なります|できます|しました)/u

/** The words of a claim that state something, with their places. */
export function contentOf(scope: Scope): Array<{ token: Token; polarity: Polarity }> {
  const { claim } = scope
  const language = claim.reading.language
  const harmless = HARMLESS.get(language) ?? HARMLESS.get('en')!
  const inMeasure = new Set(
    claim.measures.flatMap((measure) => Array.from({ length: measure.to - measure.from }, (_, k) => measure.from + k)),
  )
  return claim.reading.tokens.flatMap((token, i) => {
    if (inMeasure.has(i) || token.kind === 'number' || token.kind === 'symbol') return []
    // One or two kana are grammar, or the rest of a word that the segmenter cut.
    if (/^[\p{Script=Hiragana}]{1,2}$/u.test(token.text)) return []
    if (token.kind === 'cjk')
      return CJK_HARMLESS.get(language === 'zh' ? 'zh' : 'ja')!.has(token.text)
        ? []
        : [{ token, polarity: claim.polarity[i]! }]
    // Sizes: "S, M and L".
    if (/^[B-HJ-Z]$/.test(token.text)) return [{ token, polarity: claim.polarity[i]! }]
    // In "nut-free" and "free of nuts" it is the denial itself.
    if (/^(?:free|frei)$/.test(token.folded) && (claim.polarity[i - 1] === -1 || claim.polarity[i + 2] === -1))
      return []
    if (DIMENSIONS.has(token.folded) && claim.measures.length === 0 && !claim.text.includes('?'))
      return [{ token, polarity: claim.polarity[i]! }]
    if (harmless.has(token.folded) || MEASURE_WORDS.has(token.folded) || wordValue(token.folded) !== null) return []
    // "dishwasher-safe" states dishwasher; whether it is safe is polarity.
    if (SUITABLE.get(language)?.has(token.folded)) return []
    return [{ token, polarity: claim.polarity[i]! }]
  })
}

/**
 * Every stating word of the claim stands in the evidence, said the same way. Words whose concept was found are settled,
 * and so are those at the places `free`.
 */
export function checkWords(scope: Scope, free: ReadonlySet<number> = new Set()): Reason | null {
  const { claim, evidence, off } = scope
  const settled = new Set(
    claim.mentions
      .filter((mention) => isStated(mention, evidence))
      .flatMap((mention) => Array.from({ length: mention.to - mention.from }, (_, k) => mention.from + k)),
  )
  const content = contentOf(scope)
  for (const { token, polarity } of content) {
    const index = claim.reading.tokens.indexOf(token)
    if (settled.has(index) || free.has(index)) continue
    const found = token.kind === 'cjk' ? polaritiesOfRun(token.text, evidence) : polaritiesOfStem(token.stem, evidence)
    if (found === null) continue
    if (found.size === 0) {
      if (off.has('words')) continue
      return token.capital && index > 0 ? 'brand' : 'words'
    }
    if (!off.has('negation') && !found.has(polarity)) return 'negation'
    if (!off.has('negation') && found.has(1) && found.has(-1) && !agreesInBest(scope, token, polarity, content))
      return 'negation'
  }
  return off.has('modal') ? null : checkMarkers(scope, content)
}

/** Of these the words themselves count: an antique twist is no retro twist. */
export const BY_WORD: ReadonlySet<string> = new Set(['feature', 'style', 'pattern'])

function isStated(mention: Scope['claim']['mentions'][number], evidence: readonly Unit[]): boolean {
  return (
    (!BY_WORD.has(mention.kind) &&
      evidence.some((unit) =>
        unit.mentions.some(
          (one) => one.kind === mention.kind && one.id === mention.id && one.polarity === mention.polarity,
        ),
      )) ||
    isHypernymStated(mention, evidence)
  )
}

function isHypernymStated(mention: Scope['claim']['mentions'][number], evidence: readonly Unit[]): boolean {
  // checkConcepts has let it pass: a material or colour here is the parent of a stated one.
  return (
    (mention.kind === 'material' || mention.kind === 'colour') &&
    evidence.some((unit) => unit.mentions.some((one) => one.kind === mention.kind))
  )
}

function polaritiesOfStem(stem: string, evidence: readonly Unit[]): Set<Polarity> {
  const found = new Set<Polarity>()
  for (const unit of evidence)
    for (let i = 0; i < unit.reading.tokens.length; i++)
      if (unit.reading.tokens[i]!.stem === stem) found.add(unit.polarity[i]!)
  return found
}

/** Null where the token is grammar alone. */
function polaritiesOfRun(text: string, evidence: readonly Unit[]): Set<Polarity> | null {
  if (KANA_GRAMMAR.test(text)) return null
  const runs = text.match(RUN)
  if (runs === null) return null
  let common: Set<Polarity> | null = null
  for (const run of runs) {
    const found = new Set<Polarity>()
    for (const unit of evidence) {
      const at = unit.reading.text.indexOf(run)
      if (at === -1 || (/[無无不非未]/u.test(unit.reading.text[at - 1] ?? '') && !/[無无不非未]/u.test(text))) continue
      let index = 0
      while (index + 1 < unit.reading.tokens.length && unit.reading.tokens[index + 1]!.at <= at) index++
      found.add(unit.polarity[index] ?? 1)
    }
    const before: Set<Polarity> | null = common
    common = before === null ? found : new Set([...before].filter((one: Polarity) => found.has(one)))
  }
  return common
}

/** Where a word is said both ways, the statement that shares most words with the claim decides. */
function agreesInBest(
  scope: Scope,
  token: Token,
  polarity: Polarity,
  content: ReadonlyArray<{ token: Token }>,
): boolean {
  const holding = scope.evidence.filter(
    (unit) => unit.reading.tokens.some((one) => one.stem === token.stem) || unit.reading.text.includes(token.text),
  )
  const overlap = (unit: Unit) =>
    content.filter(({ token: one }) => unit.reading.tokens.some((other) => other.stem === one.stem)).length
  const best = Math.max(...holding.map(overlap))
  return holding
    .filter((unit) => overlap(unit) === best)
    .every((unit) => {
      const said = polaritiesOfStem(token.stem, [unit])
      return said.size === 0 || (said.size === 1 && said.has(polarity))
    })
}

/** "Requires", "sold separately", "only", "faux" may not get lost, nor be added; "safe for" needs its like in the source. */
function checkMarkers(scope: Scope, content: ReadonlyArray<{ token: Token }>): Reason | null {
  const { claim, evidence } = scope
  const claimWords = new Set(markersOf(claim.reading.tokens))
  const stems = new Set(content.map(({ token }) => token.stem))
  const clauses = evidence.flatMap(clausesOf)
  const near = clauses.filter((clause) => clause.some((token) => stems.has(token.stem)))
  for (const [name, markers] of MODAL_MARKERS) {
    const has = (words: Iterable<string>) => [...words].some((word) => markers.includes(word))
    const inClaim = has(claimWords)
    const inSource = near.some((clause) => has(markersOf(clause)))
    const elsewhere = near.some((clause) => !has(markersOf(clause)))
    if (inClaim && name === 'only' && !limitsAlike(claim.reading.tokens, clauses, markers)) return 'words'
    if (!inClaim && inSource && (name !== 'imitation' || !elsewhere) && name !== 'only') return 'words'
  }
  const suitable = SUITABLE.get(claim.reading.language)
  const said = [...claimWords].filter((word) => suitable?.has(word))
  if (said.length > 0 && !claim.mentions.some((mention) => mention.kind === 'property')) {
    const enough = said.some((word) => STRONG_SUITABILITY.has(word)) ? said : [...suitable!, ...FITTING]
    if (!evidence.some((unit) => unit.reading.tokens.some((token) => enough.includes(token.folded))))
      return 'compatibility'
  }
  return null
}

/** Each "only" stands in the source beside the same word: what is limited there is limited here. */
function limitsAlike(
  tokens: readonly Token[],
  clauses: ReadonlyArray<readonly Token[]>,
  markers: readonly string[],
): boolean {
  const alike = (one: readonly Token[], i: number, other: readonly Token[], j: number) =>
    (one[i + 1] !== undefined && one[i + 1]!.folded === other[j + 1]?.folded) ||
    (one[i - 1] !== undefined && one[i - 1]!.folded === other[j - 1]?.folded)
  return tokens.every((token, i) => {
    if (!markers.includes(token.folded) || isNegated(tokens, i)) return true
    return clauses.some((clause) =>
      clause.some((one, j) => markers.includes(one.folded) && !isNegated(clause, j) && alike(tokens, i, clause, j)),
    )
  })
}

const isNegated = (tokens: readonly Token[], i: number) =>
  /^(?:not|nicht)$/.test(tokens[i - 1]?.folded ?? '') && /^(?:only|just|merely|simply|nur)$/.test(tokens[i]!.folded)

/** "Not only" limits nothing. */
const markersOf = (tokens: readonly Token[]): string[] =>
  tokens.flatMap(({ folded }, i) => (isNegated(tokens, i) ? [] : [folded]))

/** Of each unit once, however many claims rest on it. */
const clausesHeld = new WeakMap<Unit, Token[][]>()

function clausesOf(unit: Unit): Token[][] {
  const held = clausesHeld.get(unit)
  if (held !== undefined) return held
  const clauses: Token[][] = [[]]
  for (const token of unit.reading.tokens) {
    if (token.gap !== 'none') clauses.push([])
    clauses.at(-1)!.push(token)
  }
  clausesHeld.set(unit, clauses)
  return clauses
}
