import type { Unit } from '../read/source.ts'
import type { Reading, Token } from '../read/tokens.ts'
import type { Reason, Scope } from './scope.ts'

/** What makes a name of a model another name: the 15 Pro is not the 15. */
const SUFFIX = new Set(
  'pro max ultra mini plus air lite se xl xs fe ti super note edge fold flip gen generation mark mk ii iii iv v classic slim turbo s r'.split(
    ' ',
  ),
)

/** "iPhone", "GoPro", "S24", "R6": letters that no common word has. */
const isModelWord = (token: Token) => /\p{L}\d|\d\p{L}|\p{Ll}\p{Lu}/u.test(token.text)
const isNamed = (token: Token) =>
  (token.kind === 'word' && (token.capital || isModelWord(token))) ||
  (token.kind === 'number' && /^\d+$/.test(token.text))

/** Names with a number or with letters of their own that a text mentions: "Galaxy S24 Ultra", "PlayStation 5". */
function modelsIn({ tokens }: Reading, measured: ReadonlySet<Token>): Token[][] {
  const runs: Token[][] = []
  for (let i = 0; i < tokens.length; i++) {
    const run: Token[] = []
    while (i < tokens.length && belongs(tokens, i, run, measured)) run.push(tokens[i++]!)
    if (run.length > 0) i--
    // "Fits iPhone 15" begins with a verb, "40 x 30" with a number.
    while (
      run.length > 1 &&
      (run[0]!.kind === 'number' ||
        (startsSentence(tokens, run[0]!) && !isModelWord(run[0]!) && run[1]!.kind !== 'number'))
    )
      run.shift()
    const named = run[0]?.kind === 'word' && run.some((token) => token.kind === 'number' || isModelWord(token))
    if (named && (run.length > 1 || isModelWord(run[0]!))) runs.push(run)
  }
  return runs
}

function belongs(tokens: readonly Token[], i: number, run: readonly Token[], measured: ReadonlySet<Token>): boolean {
  const token = tokens[i]!
  if (run.length > 0 && token.gap !== 'none') return false
  if (measured.has(token)) return false
  return (
    isNamed(token) ||
    (run.length > 0 && isModelWord(run.at(0)!) && SUFFIX.has(token.folded)) ||
    (run.length > 1 && SUFFIX.has(token.folded))
  )
}

const startsSentence = (tokens: readonly Token[], token: Token) => {
  const at = tokens.indexOf(token)
  return at === 0 || tokens[at - 1]!.sentence !== token.sentence
}

/** Every model that the claim names stands in the source under its whole name. */
export function checkModels({ claim, evidence, off }: Scope): Reason | null {
  if (off.has('names')) return null
  // "Weighs 200 g" names no model.
  const measured = new Set(
    claim.measures.flatMap((one) => (one.measures === 'bare' ? [] : claim.reading.tokens.slice(one.from, one.to))),
  )
  for (const model of modelsIn(claim.reading, measured))
    if (!evidence.some((unit) => namesWhole(unit, model))) return 'compatibility'
  return null
}

function namesWhole({ field, reading }: Unit, model: readonly Token[]): boolean {
  const { tokens } = reading
  return tokens.some((_, at) => {
    if (!model.every((one, k) => tokens[at + k]?.folded === one.folded && (k === 0 || tokens[at + k]!.gap === 'none')))
      return false
    const next = tokens[at + model.length]
    if (next === undefined || next.gap !== 'none') return true
    // Titles write every word with a capital.
    return !(SUFFIX.has(next.folded) || isModelWord(next) || (field !== 'title' && next.capital))
  })
}
