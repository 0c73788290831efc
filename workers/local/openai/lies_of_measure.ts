import type { Rng } from '../../../shared/base/rng.ts'
import type { LiarContext, Lie } from './foreign.ts'
import { NUMBER_WORDS } from './lexicon.ts'
import { baseOf, kindOf, type Measure, numbersIn, quantitiesIn, sameAmount, written } from './measures.ts'

const WRONG_UNIT: Readonly<Record<string, readonly string[]>> = {
  ml: ['l', 'cl'],
  l: ['ml', 'cl'],
  cm: ['inch', 'mm', 'm'],
  mm: ['cm', 'inch'],
  m: ['cm'],
  kg: ['g'],
  g: ['kg'],
  hours: ['minutes'],
  W: ['kW'],
}

/** A quantity that the item does not have: another number, another unit, a slipped conversion, another side, another bound. */
export function falsifyMeasure(truth: Measure, context: LiarContext, rng: Rng): Lie | null {
  const ways = rng.shuffle([
    changedNumber,
    changedUnit,
    slippedConversion,
    swappedRole,
    turnedBound,
    wordedNumber,
    changedNumber,
  ])
  for (const way of ways) {
    const lie = way(truth, context, rng)
    if (lie !== null && isFalse(lie.truth as Measure, context, lie.kind)) return lie
  }
  return null
}

/** No quantity in the facts may be the claimed one; of a swapped side no truth of that side may be. */
function isFalse(claimed: Measure, context: LiarContext, kind: string): boolean {
  if (kind === 'bound_turned') return true
  const base = baseOf(claimed.amount, claimed.unit)
  const same = (amount: number, unit: string) =>
    kindOf(unit) === kindOf(claimed.unit) && sameAmount(baseOf(amount, unit), base)
  if (kind === 'role_swap') {
    const spoken = context.truths.filter((own): own is Measure => own.kind === 'measure' && own.role === claimed.role)
    return !spoken.some((own) => same(own.amount, own.unit))
  }
  if (quantitiesIn(context.all).some((own) => own.kind === kindOf(claimed.unit) && sameAmount(own.base, base)))
    return false
  return !context.truths.some((own) => own.kind === 'measure' && same(own.amount, own.unit))
}

const lie = (kind: string, truth: Measure, context: LiarContext): Lie => {
  const text = written(truth.amount, truth.unit, truth.lang).toLowerCase()
  const needle =
    truth.role === 'pieces' || context.all.replaceAll(' ', '').includes(text.replaceAll(' ', '')) ? null : text
  return { kind, truth, text: null, needle }
}

function changedNumber(truth: Measure, context: LiarContext, rng: Rng): Lie | null {
  const factor = rng.pick([0.5, 0.75, 1.2, 1.5, 2, 3, 10])
  const raw = truth.amount * factor
  const amount =
    truth.amount < 13 && Number.isInteger(truth.amount) ? Math.max(1, Math.round(raw)) : Number(raw.toPrecision(2))
  // A number that the facts use of anything is no sure lie for a set or an age.
  if (amount === truth.amount || (truth.unit === 'pieces' && numbersIn(context.all).has(amount))) return null
  return lie('number', { ...truth, amount }, context)
}

function changedUnit(truth: Measure, context: LiarContext, rng: Rng): Lie | null {
  const units = WRONG_UNIT[truth.unit]
  return units === undefined ? null : lie('unit', { ...truth, unit: rng.pick(units) }, context)
}

/** `0.05 l` of 500 ml: the decimal point at the wrong place. */
function slippedConversion(truth: Measure, context: LiarContext, rng: Rng): Lie | null {
  const to = {
    ml: ['l', 0.001],
    cm: ['m', 0.01],
    g: ['kg', 0.001],
    kg: ['g', 1_000],
    l: ['ml', 1_000],
    mm: ['cm', 0.1],
  }[truth.unit] as [string, number] | undefined
  if (to === undefined) return null
  const amount = Number((truth.amount * to[1] * rng.pick([0.1, 10])).toPrecision(6))
  return amount < 0.01 || amount > 50_000 ? null : lie('slipped_conversion', { ...truth, amount, unit: to[0] }, context)
}

/** The height, said of the width: both numbers stand in the facts. */
function swappedRole(truth: Measure, context: LiarContext): Lie | null {
  const other = context.truths.find(
    (own): own is Measure =>
      own.kind === 'measure' &&
      own.role !== truth.role &&
      kindOf(own.unit) === kindOf(truth.unit) &&
      own.lang === truth.lang,
  )
  return other === undefined
    ? null
    : { kind: 'role_swap', truth: { ...truth, amount: other.amount, unit: other.unit }, text: null, needle: null }
}

function turnedBound(truth: Measure): Lie | null {
  if (truth.bound === null) return null
  return {
    kind: 'bound_turned',
    truth: { ...truth, bound: truth.bound === 'most' ? 'least' : 'most' },
    text: null,
    needle: null,
  }
}

/** In words, where the facts have digits or other words. */
function wordedNumber(truth: Measure, context: LiarContext, rng: Rng): Lie | null {
  if (truth.lang !== 'en' || !['pieces', 'years', 'hours'].includes(truth.unit)) return null
  const known = numbersIn(context.all)
  const free = NUMBER_WORDS.map((_, value) => value).filter((value) => value > 1 && !known.has(value))
  if (free.length === 0) return null
  return { kind: 'number_in_words', truth: { ...truth, amount: rng.pick(free) }, text: null, needle: null }
}
