import type { UnderstandingContext } from '../../../domain/enrichment.ts'
import { kindOfName, valueConcepts } from '../attribute_names.ts'
import type { Kind } from '../lexicon/entry.ts'
import { isAlso } from '../lexicon/lexicon.ts'
import { atomsOf, findQuote, nameWords, type Unit } from '../read/source.ts'
import { checkNumbers } from './numbers.ts'
import { type Checking, type Reason, readClaim } from './scope.ts'

/** Name and value of the closed vocabulary, and stated by the quoted passage of the item itself. */
export function checkAttribute(
  name: string,
  value: string,
  quote: string,
  context: UnderstandingContext,
  checking: Checking,
): Reason | null {
  const { source, off } = checking
  if (!off.has('vocabulary') && !(Object.hasOwn(context.vocabulary, name) && context.vocabulary[name]!.includes(value)))
    return 'vocabulary'
  const quoted = off.has('quote') ? source.units.map((_, index) => index) : findQuote(source, quote)
  if (quoted === null) return 'quote'
  const units = [...quoted].map((index) => source.units[index]!)
  // The shop's own value decides where it states one.
  const own = source.units.filter(
    (unit) => (unit.field === 'attribute' || unit.field === 'option') && sameName(unit.name, name),
  )
  const kind = kindOfName(name)
  const states = (unit: Unit) => statesValue(unit, kind, value, off.has('relation'))
  const reason = kind === 'colour' ? 'colour' : kind === 'material' ? 'material' : 'words'
  if (own.length > 0 && !own.some(states) && !off.has('concept')) return reason
  if (
    own.length === 0 &&
    units.every((unit) => unit.field === 'attribute' || unit.field === 'option') &&
    kind !== null &&
    !units.some((unit) => kindOfName(unit.name) === kind || states(unit))
  )
    return reason
  if (!units.some(states) && !off.has('concept')) return deniedBy(units, kind, value) ? 'negation' : reason
  return /\d/.test(value)
    ? checkNumbers(
        { source, claim: readClaim(value, source.language, source), evidence: units, off },
        { acrossLanguages: false },
      )
    : null
}

export const sameName = (unitName: string, name: string) =>
  atomsOf(unitName).join(' ') === atomsOf(nameWords(name)).join(' ')

export function statesValue(unit: Unit, kind: Kind | null, value: string, anyRelation: boolean): boolean {
  const concepts = valueConcepts(value, unit.language, kind)
  const bare = unit.field === 'attribute' || unit.field === 'option' || unit.field === 'tag'
  if (concepts.length > 0) {
    const hit = unit.mentions.some(
      (one) =>
        one.polarity === 1 &&
        (anyRelation || bare || (one.part === null && !one.other)) &&
        concepts.some((wanted) => wanted.kind === one.kind && isAlso(one.kind, one.id, wanted.id)),
    )
    if (hit || kind === 'colour' || kind === 'material') return hit
  }
  const wanted = atomsOf(value)
  const atoms = unit.reading.tokens.flatMap((token, index) =>
    atomsOf(token.text).map((atom) => ({ atom, polarity: unit.polarity[index]! })),
  )
  return (
    wanted.length > 0 &&
    atoms.some((_, at) => wanted.every((atom, k) => atoms[at + k]?.atom === atom && atoms[at + k]!.polarity === 1))
  )
}

function deniedBy(units: readonly Unit[], kind: Kind | null, value: string): boolean {
  return units.some((unit) =>
    valueConcepts(value, unit.language, kind).some((wanted) =>
      unit.mentions.some((one) => one.id === wanted.id && one.polarity !== 1),
    ),
  )
}
