import { kindOfName } from '../attribute_names.ts'
import { THINGS } from '../lexicon/colours.ts'
import type { Kind } from '../lexicon/entry.ts'
import { ancestors, isAlso } from '../lexicon/lexicon.ts'
import type { Mention } from '../read/mentions.ts'
import type { Unit } from '../read/source.ts'
import { ownKinds } from './labelled.ts'
import type { Reason, Scope } from './scope.ts'

/** Kinds of which nothing is said unless the source says it, whatever the facet. */
const TYPED: ReadonlySet<Kind> = new Set([
  'material',
  'colour',
  'property',
  'name',
  'place',
  'certificate',
  'gender',
  'age_group',
])

const REASON: Partial<Record<Kind, Reason>> = { material: 'material', colour: 'colour', name: 'brand', place: 'brand' }

/** Materials, colours, names, places, seals, properties: each named in the evidence, with the same polarity, of the same thing. */
export function checkConcepts(scope: Scope, options: { relations: boolean }): Reason | null {
  const { claim, evidence, source, off } = scope
  const own = ownKinds(source)
  // "Hand cream" names no colour where the item states its colours, and "oatmeal biscuits" are never beige.
  const counts = (unit: Unit, mention: Mention) =>
    !((own.has(mention.kind) || mention.kind === 'colour') && namesItem(unit))
  const named = evidence.flatMap((unit) => unit.mentions.filter((mention) => counts(unit, mention)))
  const stated = options.relations
    ? [
        ...named,
        ...source.units.filter((unit) => own.has(kindOfName(unit.name) ?? '')).flatMap((unit) => unit.mentions),
      ]
    : named
  const ofName = (one: Mention) =>
    evidence.some(
      (unit) => namesItem(unit) && unit.mentions.some((other) => sameName(scope, one, unit, other, options)),
    )
  const branded = brandPlaces(scope)
  for (const wanted of groupByPlace(
    claim.mentions.filter((mention) => TYPED.has(mention.kind) && !branded.has(mention.from)),
  )) {
    const reasons = wanted.map((one) =>
      ofName(one) ? null : missing(one, stated, options.relations && !off.has('relation'), off.has('negation')),
    )
    // A word with several readings ("copper" the metal, the colour) needs one of them.
    if (!reasons.includes(null) && !(off.has('concept') && reasons[0] !== 'negation')) return reasons[0]!
    if (
      !off.has('negation') &&
      wanted.some((one) =>
        isContradicted(
          one,
          source.units.flatMap((unit) => unit.mentions),
        ),
      )
    )
      return 'negation'
  }
  return null
}

/** Places of the item's own brand in the claim: "Ember & Ash" is of no ash. */
function brandPlaces({ claim, source }: Scope): ReadonlySet<number> {
  const places = new Set<number>()
  const words = source.units.find((unit) => unit.field === 'brand')?.reading.tokens ?? []
  if (words.length < 2) return places
  claim.reading.tokens.forEach((_, at) => {
    if (words.every((word, k) => claim.reading.tokens[at + k]?.folded === word.folded))
      for (let k = 0; k < words.length; k++) places.add(at + k)
  })
  return places
}

const namesItem = (unit: Unit) => unit.field === 'title' || unit.field === 'category' || unit.field === 'brand'

/** What the item's name names supports the name itself: the same word, before the same word where a fact is stated. */
function sameName(
  { claim, source }: Scope,
  one: Mention,
  unit: Unit,
  other: Mention,
  options: { relations: boolean },
): boolean {
  if (one.kind !== other.kind || one.id !== other.id || one.polarity !== other.polarity) return false
  // "Red mug" of a title states its colour where nothing else does.
  if (one.kind === 'colour' && !ownKinds(source).has('colour') && !THINGS.has(one.id)) return true
  if (!options.relations) return claim.reading.language === unit.language
  const next = claim.reading.tokens[one.to]
  const nextNamed = unit.reading.tokens[other.to]
  return next !== undefined && nextNamed !== undefined && next.gap === 'none' && next.stem === nextNamed.stem
}

function groupByPlace(mentions: readonly Mention[]): Mention[][] {
  const groups = new Map<number, Mention[]>()
  for (const mention of mentions) groups.set(mention.from, [...(groups.get(mention.from) ?? []), mention])
  return [...groups.values()]
}

function missing(wanted: Mention, stated: readonly Mention[], relations: boolean, anyPolarity: boolean): Reason | null {
  const named = stated.filter((one) => one.kind === wanted.kind && covers(one, wanted))
  if (named.length === 0) return REASON[wanted.kind] ?? 'words'
  const agreeing = named.filter((one) => anyPolarity || one.polarity === wanted.polarity)
  if (agreeing.length === 0) return 'negation'
  const bound = wanted.kind === 'material' || wanted.kind === 'colour' || wanted.kind === 'place'
  const same = agreeing.some((one) => !relations || !bound || (one.part === wanted.part && one.other === wanted.other))
  return same ? null : (REASON[wanted.kind] ?? 'words')
}

/** The source's oak supports wood; denied, it is the other way round: "no wood" denies oak. */
function covers(stated: Mention, wanted: Mention): boolean {
  return wanted.polarity === 1
    ? isAlso(stated.kind, stated.id, wanted.id)
    : ancestors(wanted.kind, wanted.id).has(stated.id)
}

/** A property that the source states both ways anywhere is not claimed at all. */
function isContradicted(wanted: Mention, everywhere: readonly Mention[]): boolean {
  return (
    wanted.kind === 'property' &&
    everywhere.some((one) => one.kind === 'property' && one.id === wanted.id && one.polarity === -wanted.polarity)
  )
}
