import { FUNCTION_WORDS } from '../lexicon/function_words.ts'
import { NUMBER_WORDS } from '../lexicon/units.ts'
import { COMMON_STARTS, HARMLESS_WORDS, SUITABILITY } from '../lexicon/words.ts'
import { atomsOf } from '../read/source.ts'
import { foldWord, stemIn } from '../read/stems.ts'
import type { Reason, Scope } from './scope.ts'

/** Beginnings of statements beyond those of other lists. */
const STARTS =
  'free without draws power supports support withstands lasts runs runtime guarantee warranty heat battery carries please note contains sold comes stands'.split(
    ' ',
  )
const COMMON = new Set(
  [
    ...STARTS,
    ...Object.keys(NUMBER_WORDS),
    ...FUNCTION_WORDS.en,
    ...HARMLESS_WORDS.en,
    ...COMMON_STARTS,
    ...SUITABILITY.en,
  ].map((word) => stemIn('en', foldWord(word))),
)

/** Words with a capital that the source does not know are names; so is every brand of the shop that is not this item's. */
export function checkNames(scope: Scope, brands: readonly string[]): Reason | null {
  const { claim, source, off } = scope
  if (off.has('names')) return null
  const stated = source.words
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
  const byFirst = brandsByFirst(brands)
  const atoms = atomsOf(text)
  const near = [...new Set(atoms)].flatMap((atom) => byFirst.get(atom) ?? [])
  if (near.length === 0) return false
  const claim = joined(atoms)
  const own = source.units.map((unit) => joined(atomsOf(unit.reading.text))).join('')
  return near.some((brand) => claim.includes(brand) && !own.includes(brand))
}

const joined = (atoms: readonly string[]) => `\u0001${atoms.join('\u0001')}\u0001`

/** A shop's brands by their first word, read once for all of its items. */
const brandsHeld = new WeakMap<readonly string[], ReadonlyMap<string, readonly string[]>>()

function brandsByFirst(brands: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const held = brandsHeld.get(brands)
  if (held !== undefined) return held
  const byFirst = new Map<string, string[]>()
  for (const brand of brands) {
    const atoms = atomsOf(brand)
    if (atoms.length > 0) byFirst.set(atoms[0]!, [...(byFirst.get(atoms[0]!) ?? []), joined(atoms)])
  }
  brandsHeld.set(brands, byFirst)
  return byFirst
}
type Source = Scope['source']
