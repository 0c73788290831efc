import { NEGATORS, PARTS } from '../lexicon/words.ts'
import { detectLanguage, type Language } from '../read/language.ts'
import { atomsOf, findQuote, type Source, type Unit } from '../read/source.ts'
import { stemIn } from '../read/stems.ts'
import { sentencesOf } from '../read/tokens.ts'
import { checkConcepts } from './concepts.ts'
import { checkForm, checkLanguage } from './form.ts'
import { checkLabelled } from './labelled.ts'
import { checkModels } from './models.ts'
import { checkNames } from './names.ts'
import { checkNearCopy } from './near_copy.ts'
import { checkNumbers } from './numbers.ts'
import { checkQueryWords } from './query_words.ts'
import { type Checking, type Reason, readClaim, type Scope } from './scope.ts'
import { checkUniversals } from './universals.ts'
import { checkWords, contentOf } from './words.ts'

/** Attributes are read with their flags: `microwave_safe: false` is no sentence that says "microwave safe". */
const isProse = (unit: Unit) => unit.field === 'title' || unit.field === 'description'

/** What names the item itself; it may stand in any claim. */
const namesItem = (unit: Unit) => unit.field === 'title' || unit.field === 'category' || unit.field === 'brand'

const languagesOf = (source: Source): Language[] => [
  ...new Set([source.language, ...source.units.map((unit) => unit.language)]),
]

/** A statement of fact: every word of it rests on the quoted statements. */
export function checkFactual(text: string, quotes: readonly string[], checking: Checking): Reason | null {
  const { source, off } = checking
  const form = checkForm(text, source, off) ?? checkLanguage(text, languagesOf(source), off, source)
  if (form) return form
  const evidence = evidenceOf(quotes, checking)
  return evidence === null ? 'quote' : checkSupported(text, detectLanguage(text, source.language), evidence, checking)
}

export function checkSupported(
  text: string,
  language: Language,
  evidence: readonly Unit[],
  checking: Checking,
): Reason | null {
  const whole = new Set(evidence.filter(isProse).map((unit) => atomsOf(unit.reading.text).join(' ')))
  // A whole sentence of the source, word for word, says what the source says; a piece of one may have lost its "not".
  const rest = sentencesOf(text).filter((sentence) => !whole.has(atomsOf(sentence).join(' ')))
  if (rest.length === 0) return text.trim() === '' ? 'words' : null
  return checkStatement(rest.join(language === 'ja' || language === 'zh' ? '' : ' '), language, evidence, checking)
}

function checkStatement(
  text: string,
  language: Language,
  evidence: readonly Unit[],
  checking: Checking,
): Reason | null {
  const { source, off } = checking
  const scope: Scope = { source, claim: readClaim(text, language, source), evidence, off }
  return (
    checkNumbers(scope, { acrossLanguages: false }) ??
    checkConcepts(scope, { relations: true }) ??
    (off.has('concept') ? null : checkLabelled(text, source, evidence)) ??
    checkNames(scope, checking.brands) ??
    checkModels(scope) ??
    checkUniversals(scope) ??
    checkWords(scope) ??
    checkNearCopy(scope) ??
    (off.has('negation') ? null : checkEmptyDenial(scope)) ??
    checkNotEmpty(scope)
  )
}

/** A claim that states nothing ("It is made.") is not worth showing. */
function checkNotEmpty(scope: Scope): Reason | null {
  return scope.claim.measures.length === 0 && scope.claim.mentions.length === 0 && contentOf(scope).length === 0
    ? 'words'
    : null
}

const DENYING = new Set(Object.values(NEGATORS).flat())

/** "It does not fit" denies no word of its own; nothing can be held against the source. */
function checkEmptyDenial(scope: Scope): Reason | null {
  const { claim } = scope
  if (claim.reading.language === 'ja' || claim.reading.language === 'zh') return null
  const { tokens } = claim.reading
  const sentenceOf = (index: number) => tokens[index]?.sentence
  const denying = new Set(
    tokens.flatMap((token, i) =>
      DENYING.has(token.folded) && token.folded !== 'no' && !/^(?:only|just|nur)$/.test(tokens[i + 1]?.folded ?? '')
        ? [token.sentence]
        : [],
    ),
  )
  const denied = new Set([
    ...contentOf(scope).flatMap(({ token, polarity }) => (polarity === 1 ? [] : [token.sentence])),
    ...claim.mentions.flatMap((one) => (one.polarity === 1 ? [] : [sentenceOf(one.from)])),
    ...claim.measures.flatMap((one) => (claim.polarity[one.from] === 1 ? [] : [sentenceOf(one.from)])),
  ])
  return [...denying].every((sentence) => denied.has(sentence)) ? null : 'negation'
}

/** The quoted statements with what names the item; null where a quote stands in no field. */
export function evidenceOf(quotes: readonly string[], { source, off }: Checking): Unit[] | null {
  if (off.has('quote')) return [...source.units]
  const places = quotes.map((quote) => findQuote(source, quote))
  if (quotes.length === 0 || places.includes(null)) return null
  const found = places.flatMap((one) => [...(one ?? [])])
  return [...new Set([...found.map((index) => source.units[index]!), ...source.units.filter(namesItem)])]
}

/**
 * Whom or what an item is for: nothing typed that the source does not state, and in words of the quoted passage. A
 * query (no quotes) is of words that the facts or a lexicon know, a theme of free words.
 */
export function checkAssociation(
  text: string,
  quotes: readonly string[] | 'query' | 'theme',
  checking: Checking,
): Reason | null {
  const { source, off } = checking
  const form = checkForm(text, source, off) ?? checkLanguage(text, languagesOf(source), off, source)
  if (form) return form
  const quoted = typeof quotes === 'string' ? source.units : evidenceOf(quotes, checking)
  if (quoted === null) return 'quote'
  const scope: Scope = {
    source,
    claim: readClaim(text, detectLanguage(text, source.language), source),
    evidence: source.units,
    off,
  }
  return (
    checkNumbers(scope, { acrossLanguages: false }) ??
    checkConcepts(scope, { relations: false }) ??
    checkNames(scope, checking.brands) ??
    checkModels(scope) ??
    checkTone(scope) ??
    (quotes === 'theme'
      ? null
      : quotes === 'query'
        ? checkQueryWords(scope)
        : (checkUniversals(scope) ?? checkPurpose({ ...scope, evidence: quoted })))
  )
}

/** Whoever uses a thing: these say no more than "for". */
const ANYBODY = new Set(
  'people person anyone someone those folks users owners lovers fans enthusiasts menschen leute personen liebhaber fans alle die'.split(
    ' ',
  ),
)

/** The purpose stands in the passage that is quoted for it. */
function checkPurpose(scope: Scope): Reason | null {
  const free = new Set(scope.claim.reading.tokens.flatMap((token, i) => (ANYBODY.has(token.folded) ? [i] : [])))
  return checkWords(scope, free) ?? checkNotEmpty(scope)
}

const COMPATIBLE =
  /\b(?:compatible|fits?|works with|connects? to|replacement for|kompatibel|passend|passt)\b|対応|適合|兼容|相容/iu

/** Denials, and what the source denies, and compatibility, need the source's own words. */
function checkTone(scope: Scope): Reason | null {
  const { claim, evidence, off } = scope
  const strict = COMPATIBLE.test(claim.text)
  for (const { token, polarity } of contentOf(scope)) {
    const unsaid = !scope.source.words.has(token.stem)
    if (unsaid && polarity === 1 && !strict) continue
    const said = evidence.flatMap((unit) =>
      unit.reading.tokens.flatMap((one, i) => (one.stem === token.stem ? [unit.polarity[i]!] : [])),
    )
    if (strict && said.length === 0 && !off.has('words')) return 'compatibility'
    if (off.has('negation')) continue
    if (polarity !== 1 && !said.includes(polarity)) return 'negation'
    if (polarity === 1 && said.length > 0 && !said.includes(1)) return 'negation'
  }
  return null
}

/** A summary: of its locale's language; strict where the source has text of that language, else by typed facts alone. */
export function checkSummary(
  text: string,
  locale: Language,
  quotes: readonly string[],
  checking: Checking,
): Reason | null {
  const { source, off } = checking
  const form = checkForm(text, source, off) ?? checkLanguage(text, [locale], off, source)
  if (form) return form
  if (!off.has('quote') && !quotes.some((quote) => findQuote(source, quote) !== null)) return 'quote'
  const written = source.units.some(
    (unit) => unit.language === locale && (unit.field === 'title' || unit.field === 'description'),
  )
  if (written || locale === source.language) return checkSupported(text, locale, source.units, checking)
  return checkTranslation(text, locale, checking)
}

/** Typed facts across languages; at least one of them must be shared, and a denial must deny one of them. */
function checkTranslation(text: string, locale: Language, checking: Checking): Reason | null {
  const { source, off } = checking
  const scope: Scope = { source, claim: readClaim(text, locale, source), evidence: source.units, off }
  const reason =
    checkNumbers(scope, { acrossLanguages: true }) ??
    checkConcepts(scope, { relations: false }) ??
    checkNames(scope, checking.brands) ??
    checkModels(scope) ??
    checkUniversals(scope)
  if (reason) return reason
  const { claim } = scope
  const shared = claim.mentions.some((one) =>
    source.units.some((unit) => unit.mentions.some((other) => other.kind === one.kind && other.id === one.id)),
  )
  if (!shared && claim.measures.length === 0) return 'words'
  const denied = claim.polarity.some((polarity) => polarity !== 1)
  return denied && !off.has('negation') && !claim.mentions.some((one) => one.polarity !== 1) ? 'negation' : null
}

const PART_STEMS = new Set(PARTS.en.map((word) => stemIn('en', word)))
const YES_NO = /^(yes|no|ja|nein|はい|いいえ|是的?|不是?|否)(?=[\s,.!、。，！;:]|$)[\s,.!、。，！;:-]*/iu
const SAYS_NO = /^(?:no|nein|いいえ|不|否)/iu
const LABELLING =
  /\b(?:how (?:wide|tall|high|deep|long|thick|heavy)|wide|width|height|depth|length|diameter|weigh|weight|capacity|hold)\b/i

/** An answer is a statement of fact, read together with what was asked. */
export function checkQuestion(question: string, answer: string, quote: string, checking: Checking): Reason | null {
  const { source, off } = checking
  const form = checkForm(question, source, off) ?? checkLanguage(question, languagesOf(source), off, source)
  if (form) return form
  const evidence = evidenceOf([quote], checking)
  if (evidence === null) return checkForm(answer, source, off) ?? 'quote'
  const language = detectLanguage(question, source.language)
  const asked = readClaim(question, language, source)
  const lead = YES_NO.exec(answer)
  const rest = lead ? answer.slice(lead[0].length) : answer
  if (lead) {
    // "Is it dishwasher safe?" "No": the question, denied, is the claim.
    const denied = SAYS_NO.test(lead[1]!)
    const scope: Scope = { source, claim: denied ? denyAll(asked) : asked, evidence, off }
    const reason =
      checkNumbers(scope, { acrossLanguages: false }) ??
      checkConcepts(scope, { relations: false }) ??
      checkModels(scope) ??
      checkUniversals(scope) ??
      checkWords(scope) ??
      checkNotEmpty(scope)
    if (reason) return reason
    if (rest.trim() === '') return null
  } else {
    const reason = checkPresupposed(question, asked, evidence, checking)
    if (reason) return reason
    // "What is the handle made of?" is not answered by the body.
    const parts = asked.reading.tokens.filter((token) => PART_STEMS.has(token.stem) && !source.subject.has(token.stem))
    const evidenced = (stem: string) =>
      evidence.some((unit) => unit.reading.tokens.some((token) => token.stem === stem))
    if (!off.has('relation') && parts.some((token) => !evidenced(token.stem))) return 'words'
  }
  if (!lead && LABELLING.test(question)) {
    const both = checkAskedLabel(question, rest, evidence, language, checking)
    if (both) return both
  }
  const onlyPart = rest.split(/\s+/).length <= 2
  const inPart = asked.reading.tokens.filter((token) => PART_STEMS.has(token.stem) && !source.subject.has(token.stem))
  // "Oak." to "What is the handle made of?" is a claim about the handle.
  const statement = onlyPart && inPart.length === 1 && !lead ? `${inPart[0]!.text} of ${rest.toLowerCase()}` : rest
  return (
    checkForm(rest, source, off) ??
    checkLanguage(rest, languagesOf(source), off, source) ??
    checkSupported(statement, language, evidence, checking)
  )
}

const ASKS_FOR =
  /^(?:what|which|how|where|when|who|whom|whose|why|in which|in what|from what|from where|of what|for which|for whom|welche\w*|was|wie|wo|woher|woraus|wofur|wann|wer|wem|warum|in welche\w*)\b/u
/** Words that ask without stating: what they ask for is in the answer. */
const ASKING = new Set(
  'many much often last lasts come comes work works carry hold holds contain contained charge charges charged draw draws power powered guarantee guaranteed warranty battery life fit fits model models device devices phone phones clean cleaned cleaning care wash washed dry dried look feel sit stand sized country load support supports long large big small heavy run runs time hours people person someone purpose good ideal perfect best suited gift kind sort amount pieces piece included box set pack sold buy get expect take takes needed finish total average altogether reach lange viel viele gross schwer hoch breit tief garantie akku leistung'.split(
    ' ',
  ),
)

/** A question that asks what, how or where takes the rest of it for granted: "How heavy is the dimmable lamp?" */
function checkPresupposed(
  question: string,
  asked: Scope['claim'],
  evidence: readonly Unit[],
  checking: Checking,
): Reason | null {
  const { source, off } = checking
  const wanted = ASKS_FOR.test(question.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '').trim())
  const scope: Scope = {
    source,
    claim: asked,
    evidence: source.units,
    off: wanted ? off : new Set([...off, 'negation' as const]),
  }
  const free = new Set(asked.reading.tokens.flatMap((token, i) => (ASKING.has(token.folded) ? [i] : [])))
  return (
    checkNumbers(scope, { acrossLanguages: false }) ??
    checkConcepts(scope, { relations: wanted }) ??
    checkNames({ ...scope, evidence }, checking.brands) ??
    checkModels(scope) ??
    checkUniversals(scope) ??
    (asked.reading.language === 'ja' || asked.reading.language === 'zh' ? null : checkWords(scope, free))
  )
}

/** "How wide is it?" labels the number of the answer. */
function checkAskedLabel(
  question: string,
  answer: string,
  evidence: readonly Unit[],
  language: Language,
  checking: Checking,
): Reason | null {
  // "How long is the guarantee?" asks for no length.
  const spans = readClaim(answer, language, checking.source).measures
  const timed = spans.length > 0 && spans.every((one) => one.measures === 'time')
  const word = timed
    ? (/guarantee|warranty|battery|runtime|charg\w+|burn\w*|garantie|akku\w*/i.exec(question)?.[0] ?? '')
    : (/wide|width|tall|high|height|deep|depth|long|length|thick|heavy|weigh\w*|diameter|capacity|hold/i.exec(
        question,
      )?.[0] ?? '')
  if (word === '') return null
  const claim = readClaim(`${word} ${answer}`, language, checking.source)
  return checkNumbers({ source: checking.source, claim, evidence, off: checking.off }, { acrossLanguages: false })
}

function denyAll(claim: Scope['claim']): Scope['claim'] {
  return {
    ...claim,
    polarity: claim.polarity.map((one) => (one === 0 ? 0 : one === 1 ? -1 : 1)),
    mentions: claim.mentions.map((one) => ({
      ...one,
      polarity: one.polarity === 1 ? -1 : one.polarity === -1 ? 1 : 0,
    })),
  }
}
