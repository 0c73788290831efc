import type { Rng } from '../../../shared/base/rng.ts'
import type { Lang, Truth } from './claims.ts'
import { absent, foreignMaterial, type LiarContext, type Lie } from './foreign.ts'
import { FEATURES } from './lexicon.ts'
import { baseOf, kindOf, quantitiesIn, sameAmount } from './measures.ts'

type Way = (truth: Truth, context: LiarContext, rng: Rng) => Lie | null
const told = (kind: string, text: string): Lie => ({ kind, truth: null, text, needle: text.toLowerCase() })

/** Kinds of material, told as if they were known, with the words that would make them so. */
const SORTS: ReadonlyArray<readonly [text: string, ...kin: string[]]> = [
  [
    'With a wooden frame',
    'wood',
    'oak',
    'walnut',
    'bamboo',
    'beech',
    'cork',
    'rattan',
    'timber',
    'teak',
    'pine',
    'holz',
  ],
  [
    'All-metal construction',
    'metal',
    'steel',
    'iron',
    'brass',
    'copper',
    'alumin',
    'titan',
    'chrome',
    'silver',
    'gold',
  ],
  ['Ceramic inside', 'ceramic', 'porcelain', 'stoneware', 'clay', 'china', 'keramik'],
  ['Woollen lining', 'wool', 'knit', 'cashmere', 'fleece', 'wolle'],
  ['Plastic-free', 'plastic', 'nylon', 'polyester', 'silicone', 'acrylic'],
  ['Real fur trim', 'fur', 'faux', 'sheepskin'],
  ['100 % natural fibres', 'cotton', 'linen', 'wool', 'silk', 'natural', 'fibre', 'fiber'],
]
const sort: Way = (_truth, context, rng) => {
  const free = SORTS.filter(([, ...kin]) => absent(context, ...kin))
  return free.length === 0 ? null : told('sort_of_material', rng.pick(free)[0])
}

/** Quantities in words: no digit to look for. */
const SPOKEN: Readonly<Record<Lang, ReadonlyArray<readonly [text: string, amount: number, unit: string]>>> = {
  en: [
    ['Holds half a litre', 0.5, 'l'],
    ['Holds a quarter of a litre', 0.25, 'l'],
    ['Twenty-five centimetres wide', 25, 'cm'],
    ['Ten metres long', 10, 'm'],
    ['Weighs two kilos', 2, 'kg'],
    ['Weighs about a hundred grams', 100, 'g'],
    ['The battery lasts a whole day', 24, 'hours'],
    ['Comes as a dozen', 12, 'pieces'],
    ['A foot tall', 30.48, 'cm'],
  ],
  de: [
    ['Fasst einen halben Liter', 0.5, 'l'],
    ['Fünfundzwanzig Zentimeter breit', 25, 'cm'],
    ['Wiegt zwei Kilo', 2, 'kg'],
    ['Der Akku hält zwölf Stunden', 12, 'hours'],
  ],
  ja: [
    ['容量は三百ミリリットルです', 300, 'ml'],
    ['重さは二キロです', 2, 'kg'],
    ['幅は二十五センチです', 25, 'cm'],
  ],
  zh: [
    ['容量三百毫升', 300, 'ml'],
    ['重两公斤', 2, 'kg'],
    ['宽二十五厘米', 25, 'cm'],
  ],
}
const spoken: Way = ({ lang }, context, rng) => {
  const said = [
    ...quantitiesIn(context.all),
    ...context.truths.flatMap((own) =>
      own.kind === 'measure' ? [{ kind: kindOf(own.unit), base: baseOf(own.amount, own.unit) }] : [],
    ),
  ]
  const free = SPOKEN[lang].filter(
    ([, amount, unit]) => !said.some((own) => own.kind === kindOf(unit) && sameAmount(own.base, baseOf(amount, unit))),
  )
  const [text] = free.length === 0 ? [null] : rng.pick(free)
  return text === null || text === undefined || !absent(context, text) ? null : told('spoken_quantity', text)
}

/** The number of one quantity as another kind's: 500 ml told as 500 g. */
const otherKind: Way = (truth, context) => {
  if (truth.kind !== 'measure' || truth.lang !== 'en') return null
  const told: Partial<Record<string, Truth>> = {
    ml: { ...truth, role: 'weight', unit: 'g', bound: null },
    g: { ...truth, role: 'capacity', unit: 'ml', bound: null },
    cm: { ...truth, role: 'weight', unit: 'kg', bound: null },
    W: { ...truth, role: 'runtime', unit: 'hours', bound: null },
    kg: { ...truth, role: 'width', unit: 'cm', bound: null },
  }
  const other = told[truth.unit]
  if (other?.kind !== 'measure') return null
  const base = baseOf(other.amount, other.unit)
  const known = context.truths.some(
    (own) =>
      own.kind === 'measure' &&
      kindOf(own.unit) === kindOf(other.unit) &&
      sameAmount(baseOf(own.amount, own.unit), base),
  )
  const named = quantitiesIn(context.all).some((own) => own.kind === kindOf(other.unit) && sameAmount(own.base, base))
  return known || named ? null : { kind: 'other_kind_of_quantity', truth: other, text: null, needle: null }
}

/** A word that only looks like itself: Cyrillic letters among the Latin. */
const disguised: Way = ({ lang }, context, rng) => {
  const foreign = lang === 'en' ? foreignMaterial(context, rng) : null
  if (foreign === null) return null
  return told(
    'disguised_material',
    `Made of ${foreign.en.replaceAll('a', 'а').replaceAll('o', 'о').replaceAll('e', 'е')}`,
  )
}

/** A negation that is none, or is one by its prefix alone. */
const wrapped: Way = (truth) => {
  if (truth.kind !== 'feature' || truth.lang !== 'en') return null
  const { en } = FEATURES.find((own) => own.id === truth.id)!
  const text = truth.holds ? `Non-${en[0].replaceAll(' ', '-')}` : `Not only light but ${en[0]}`
  return truth.id === 'batteries_included'
    ? null
    : { kind: 'wrapped_negation', truth: null, text, needle: text.toLowerCase() }
}

/** More than the facts say: of all, always, only. */
const widened: Way = (truth, context) => {
  if (truth.lang !== 'en') return null
  if (truth.kind === 'material' && truth.part !== null && absent(context, 'entirely'))
    return told('widened', `Made entirely of ${truth.value}`)
  if (truth.kind === 'fits' && absent(context, 'every', 'all models'))
    return told('widened', `Fits the ${truth.devices[0]} and all later models`)
  if (truth.kind === 'colour' && absent(context, 'every colour', 'any colour'))
    return told('widened', `Comes in every colour, ${truth.values[0]} among them`)
  if (truth.kind === 'feature' && truth.holds && absent(context, 'lifelong', 'permanently'))
    return told('widened', `Permanently ${FEATURES.find((own) => own.id === truth.id)!.en[0]}, even after years`)
  return null
}

const WAYS: readonly Way[] = [sort, spoken, spoken, otherKind, disguised, wrapped, widened]

/** A lie that lives by its wording: without digits, without the usual word, wider than the truth. */
export function falsifyByWording(truth: Truth, context: LiarContext, rng: Rng): Lie | null {
  for (const way of rng.shuffle(WAYS)) {
    const lie = way(truth, context, rng)
    if (lie !== null) return lie
  }
  return null
}

/** A question that takes something false for granted; its answer is true of the rest. */
export function presupposing(
  question: string,
  context: LiarContext,
  rng: Rng,
): { question: string; needle: string } | null {
  const free = FEATURES.filter((own) => own.id !== 'batteries_included' && absent(context, ...own.kin, own.en[0]))
  const material = foreignMaterial(context, rng)
  const words = [...free.map((own) => own.en[0]), ...(material === null ? [] : [material.en])]
  if (words.length === 0 || !/ it\b/.test(question)) return null
  const word = rng.pick(words)
  return { question: question.replace(/ it\b/, ` this ${word} item`), needle: word.toLowerCase() }
}
