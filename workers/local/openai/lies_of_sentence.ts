import type { Rng } from '../../../shared/base/rng.ts'
import type { TruthOf } from './claims.ts'
import {
  absent,
  foreignBrand,
  foreignColour,
  foreignDevice,
  foreignMaterial,
  type LiarContext,
  type Lie,
} from './foreign.ts'
import { COLOURS, FEATURES, MATERIALS, OPPOSITES } from './lexicon.ts'
import { numbersIn } from './measures.ts'
import { anyOf } from './words.ts'

type Way = (
  text: string,
  context: LiarContext,
  rng: Rng,
) => { kind: string; text: string; needle: string | null } | null

/** A passage of the description with one thing in it turned: the rest of its words are all the shop's own. */
export function falsifySentence(truth: TruthOf<'sentence'>, context: LiarContext, rng: Rng): Lie | null {
  if (truth.lang !== 'en') return null
  for (const way of rng.shuffle(WAYS)) {
    const turned = way(truth.text, context, rng)
    if (turned !== null && turned.text !== truth.text && turned.text.length <= 300) return { ...turned, truth: null }
  }
  return null
}

const word = (rows: ReadonlyArray<{ en: string }>) =>
  new RegExp(`(?<![\\w-])${anyOf(rows.map((row) => row.en))}(?![\\w-])`, 'i')
const COLOUR = word(COLOURS)
const MATERIAL = word(MATERIALS)

const swappedColour: Way = (text, context, rng) => {
  const foreign = foreignColour(context, rng)
  return foreign === null || !COLOUR.test(text)
    ? null
    : { kind: 'colour_in_sentence', text: text.replace(COLOUR, foreign.en), needle: foreign.en }
}
const swappedMaterial: Way = (text, context, rng) => {
  const foreign = foreignMaterial(context, rng)
  return foreign === null || !MATERIAL.test(text)
    ? null
    : { kind: 'material_in_sentence', text: text.replace(MATERIAL, foreign.en), needle: foreign.en }
}
const changedNumber: Way = (text, context, rng) => {
  const [found] = text.match(/\b\d+\b/) ?? []
  if (found === undefined) return null
  const other = Number(found) + 1 + rng.int(20)
  return numbersIn(context.all).has(other) || context.all.includes(String(other))
    ? null
    : { kind: 'number_in_sentence', text: text.replace(found, String(other)), needle: String(other) }
}
const turnedNegation: Way = (text, _context, rng) => {
  const turns = [
    [/\bnot /i, ''],
    [/\bwithout\b/i, 'with'],
    [/\bcontains no\b/i, 'contains'],
    [/\bfree (?:of|from)\b/i, 'full of'],
    [/\b(is|are) (?!not)/i, '$1 not '],
    [/\bwith (?=an? )/i, 'without '],
    [/\bfeatur(?:es|ing)\b/i, 'without'],
  ] as const
  const fitting = turns.filter(([pattern]) => pattern.test(text))
  if (fitting.length === 0) return null
  const [pattern, by] = rng.pick(fitting)
  return { kind: 'negation_in_sentence', text: text.replace(pattern, by), needle: null }
}
const opposite: Way = (text, context) => {
  for (const [one, two] of OPPOSITES) {
    for (const [own, other] of [
      [one, two],
      [two, one],
    ] as const) {
      const pattern = new RegExp(`(?<![\\w-])${own}(?![\\w-])`, 'i')
      if (pattern.test(text) && absent(context, other))
        return { kind: 'opposite_in_sentence', text: text.replace(pattern, other), needle: other }
    }
  }
  return null
}
/** True up to the comma, false after it. */
const addedClause: Way = (text, context, rng) => {
  const clauses: Array<[string, string]> = []
  const material = foreignMaterial(context, rng)
  const colour = foreignColour(context, rng)
  const brand = foreignBrand(context, rng)
  const device = foreignDevice(context, rng, [])
  if (material)
    clauses.push(
      [`, with ${/^[aeiou]/.test(material.en) ? 'an' : 'a'} ${material.en} handle`, material.en],
      [`, lined with ${material.en}`, material.en],
    )
  if (colour) clauses.push([`, also in ${colour.en}`, colour.en])
  if (brand) clauses.push([`, designed by ${brand}`, brand.toLowerCase()])
  if (device && absent(context, device)) clauses.push([`, and fits the ${device}`, device.toLowerCase()])
  const feature = FEATURES.find((own) => absent(context, ...own.kin))
  if (feature) clauses.push([`, and is ${feature.en[0]}`, feature.en[0]])
  const litres = 11 + rng.int(80)
  if (absent(context, String(litres)))
    clauses.push([`, and holds ${litres} litres`, `${litres} litres`], [`, over ${litres} % lighter`, `${litres} %`])
  if (clauses.length === 0 || text.length > 120) return null
  const [clause, needle] = rng.pick(clauses)
  return { kind: 'clause_added', text: text + clause, needle }
}
const WAYS: readonly Way[] = [swappedColour, swappedMaterial, changedNumber, turnedNegation, opposite, addedClause]
