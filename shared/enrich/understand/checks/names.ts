import { COMMON_STARTS, FUNCTION_WORDS, HARMLESS_WORDS, SUITABILITY } from '../lexicon/words.ts'
import { atomsOf } from '../read/source.ts'
import { foldWord, stemIn } from '../read/stems.ts'
import type { Reason, Scope } from './scope.ts'

const COMMON = new Set(
  [...FUNCTION_WORDS.en, ...HARMLESS_WORDS.en, ...COMMON_STARTS, ...SUITABILITY.en].map((word) =>
    stemIn('en', foldWord(word)),
  ),
)

/** Words with a capital that the source does not know are names; so is every brand of the shop that is not this item's. */
export function checkNames(scope: Scope, brands: readonly string[]): Reason | null {
  const { claim, source, off } = scope
  if (off.has('names')) return null
  const stated = new Set(
    source.units.flatMap((unit) => unit.reading.tokens.flatMap((token) => [token.stem, token.folded])),
  )
  if (namesOther(claim.text, source, brands)) return 'brand'
  if (claim.reading.language === 'de') return null
  const inLexicon = new Set(
    claim.mentions
      .filter((one) => one.kind !== 'name' && one.kind !== 'place')
      .flatMap((one) => Array.from({ length: one.to - one.from }, (_, k) => one.from + k)),
  )
  const words = claim.reading.tokens.filter((token) => token.kind === 'word')
  for (const [index, token] of claim.reading.tokens.entries()) {
    if (!token.capital || inLexicon.has(index) || stated.has(token.stem) || stated.has(token.folded)) continue
    const starts = index === 0 || token.sentence !== claim.reading.tokens[index - 1]!.sentence
    if (COMMON.has(token.stem) || (starts && words.length > 1 && /(?:ing|ers?|ists?)$/.test(token.folded))) continue
    return 'brand'
  }
  // Letters and digits together are a model, a size or a format.
  for (const token of words) if (/\d/.test(token.folded) && !stated.has(token.folded)) return 'compatibility'
  return null
}

function namesOther(text: string, source: Source, brands: readonly string[]): boolean {
  if (brands.length === 0) return false
  const joined = (value: string) => `\u0001${atomsOf(value).join('\u0001')}\u0001`
  const claim = joined(text)
  const own = source.units.map((unit) => joined(unit.reading.text)).join('')
  return brands.some(
    (brand) => atomsOf(brand).length > 0 && claim.includes(joined(brand)) && !own.includes(joined(brand)),
  )
}
type Source = Scope['source']
