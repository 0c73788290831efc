import { UNITS } from '../lexicon/units.ts'
import type { Measure } from '../read/measures.ts'
import { partOfMeasure } from '../read/source.ts'
import type { Reading } from '../read/tokens.ts'
import type { Reason, Scope } from './scope.ts'

/** What a number of this kind measures where the source does not say. */
const DEFAULT_LABEL: Readonly<Record<string, string>> = { volume: 'capacity', mass: 'weight' }
/** Rounding that a conversion between systems may take; within a system it is exact. */
const CONVERSION_TOLERANCE = 0.011
const EXACT = 1e-9

/** Every number of the claim stands in the evidence with its unit, its bound and the thing that it measures. */
export function checkNumbers(scope: Scope, options: { acrossLanguages: boolean }): Reason | null {
  const { claim, evidence, source, off } = scope
  for (const wanted of claim.measures) {
    const stated = evidence.flatMap((unit) =>
      unit.measures.map((measure) => ({ measure, reading: unit.reading, said: unit.polarity[measure.from] ?? 1 })),
    )
    const sameValue = stated.filter(
      ({ measure }) => sameQuantity(wanted, measure) || (off.has('unit') && wanted.value === measure.value),
    )
    if (sameValue.length === 0) {
      if (off.has('number')) continue
      return stated.some(({ measure }) => measure.value === wanted.value) ? 'unit' : 'number'
    }
    const fits = ({ measure, reading }: { measure: Measure; reading: Reading }) =>
      off.has('label') ||
      (sameThing(wanted, measure, options.acrossLanguages) &&
        samePart(
          partOfMeasure(claim.reading, wanted, source.subject),
          partOfMeasure(reading, measure, source.subject),
          options.acrossLanguages,
        ))
    const fitting = sameValue.filter(fits)
    if (fitting.length === 0) return 'number'
    // "It is not 18 cm long" of a thing that is.
    const polarity = claim.polarity[wanted.from] ?? 1
    if (!off.has('negation') && !fitting.some(({ said }) => said === polarity)) return 'negation'
  }
  return null
}

function samePart(wanted: string | null, stated: string | null, acrossLanguages: boolean): boolean {
  return acrossLanguages
    ? (wanted === null) === (stated === null)
    : wanted === stated || (stated === null && wanted !== null)
}

function sameQuantity(wanted: Measure, stated: Measure): boolean {
  const counts = (kind: string) => kind === 'bare' || kind === 'count'
  if (wanted.measures !== stated.measures && !(counts(wanted.measures) && counts(stated.measures))) return false
  const difference = Math.abs(wanted.base - stated.base)
  if (wanted.measures === 'temperature' && wanted.unit !== stated.unit) return difference <= 0.6
  const scale = Math.max(Math.abs(wanted.base), Math.abs(stated.base))
  return (
    difference <=
    scale *
      (isMetric(wanted) && isMetric(stated)
        ? EXACT
        : wanted.unit === stated.unit || sameFactor(wanted, stated)
          ? EXACT
          : CONVERSION_TOLERANCE)
  )
}

const factorOf = (measure: Measure) =>
  UNITS.find((line) => line.measures === measure.measures && line.terms.includes(measure.unit))?.factor ?? 1
const sameFactor = (a: Measure, b: Measure) => factorOf(a) === factorOf(b)
const isMetric = (measure: Measure) => Number.isInteger(Math.round(Math.log10(factorOf(measure)) * 1e6) / 1e6)

function sameThing(wanted: Measure, stated: Measure, acrossLanguages: boolean): boolean {
  return (
    sameLabel(wanted, stated) &&
    sameBound(wanted, stated) &&
    sameSpan(wanted, stated) &&
    (acrossLanguages || sameCounted(wanted, stated))
  )
}

function sameLabel(wanted: Measure, stated: Measure): boolean {
  if (wanted.label === null || wanted.label === stated.label) return true
  return stated.label === null && DEFAULT_LABEL[wanted.measures] === wanted.label
}

/** "Holds up to 2 l" and "2 l" are the same of a vessel and of heat; elsewhere a bound may not come or go. */
function sameBound(wanted: Measure, stated: Measure): boolean {
  if (wanted.bound === stated.bound) return true
  return (
    (wanted.measures === 'volume' || wanted.measures === 'temperature') &&
    wanted.bound !== 'min' &&
    stated.bound !== 'min'
  )
}

function sameSpan(wanted: Measure, stated: Measure): boolean {
  if (wanted.span !== null)
    return (
      wanted.span === stated.span &&
      wanted.group!.length === stated.group!.length &&
      wanted.group!.every((side, k) => Math.abs(side - stated.group![k]!) <= side * CONVERSION_TOLERANCE)
    )
  if (stated.span === 'range') return false
  return stated.span === null || wanted.label === null
}

/** "Four mugs" is not "four colours". */
function sameCounted(wanted: Measure, stated: Measure): boolean {
  if (wanted.measures === 'percent')
    return wanted.after.length === 0 || stated.after.length === 0
      ? wanted.before === stated.before
      : wanted.after[0] === stated.after[0]
  if (wanted.measures !== 'bare') return wanted.measures !== 'count' || stated.measures === 'count'
  if (wanted.after.some((stem) => stated.after.includes(stem))) return true
  const named =
    wanted.before !== null &&
    wanted.before === stated.before &&
    !/^(?:the|in|of|for|with|and|is|a|to|has|from)$/.test(wanted.before)
  if (named) return true
  return !stated.named && wanted.after.length === 0 && (wanted.value >= 1_000 || stated.after.length === 0)
}
