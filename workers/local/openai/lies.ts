import type { Rng } from '../../../shared/base/rng.ts'
import type { Truth } from './claims.ts'
import {
  absent,
  foreignBrand,
  foreignColour,
  foreignDevice,
  foreignMaterial,
  type LiarContext,
  type Lie,
} from './foreign.ts'
import { FEATURES, PLACES, STANDINGS, SUBSTANCES } from './lexicon.ts'
import { falsifyMeasure } from './lies_of_measure.ts'
import { falsifySentence } from './lies_of_sentence.ts'
import { falsifyByWording } from './lies_of_wording.ts'
import { capital, sentencesOf } from './words.ts'

const made = (kind: string, truth: Truth, needle: string | null): Lie => ({ kind, truth, text: null, needle })
const needleOf = (context: LiarContext, word: string) => (absent(context, word) ? word.toLowerCase() : null)

/** A lie that begins from what is true; null where none would surely be false. */
export function falsify(truth: Truth, context: LiarContext, rng: Rng): Lie | null {
  const { lang } = truth
  // One lie in eight has nothing to do with the truth it stands beside.
  if (lang === 'en' && rng.next() < 0.12) return unrelated(context, rng)
  if (rng.next() < 0.15) return falsifyByWording(truth, context, rng)
  switch (truth.kind) {
    case 'material': {
      const swap = partSwap(truth, context)
      if (swap !== null && rng.next() < 0.6) return swap
      const foreign = foreignMaterial(context, rng)
      return foreign && made('material', { ...truth, value: foreign[lang] }, foreign[lang].toLowerCase())
    }
    case 'colour': {
      const foreign = foreignColour(context, rng)
      if (foreign === null) return null
      const at = rng.int(truth.values.length)
      const values = truth.values.map((value, index) => (index === at ? foreign[lang] : value))
      return made('colour', { ...truth, values }, foreign[lang].toLowerCase())
    }
    case 'measure':
      return falsifyMeasure(truth, context, rng)
    case 'feature':
      return made(truth.holds ? 'negation_added' : 'negation_dropped', { ...truth, holds: !truth.holds }, null)
    case 'contains': {
      if (rng.next() < 0.6)
        return made(truth.holds ? 'contains_denied' : 'contains_claimed', { ...truth, holds: !truth.holds }, null)
      const free = SUBSTANCES.filter((row) => absent(context, ...Object.values(row)))
      if (free.length === 0) return null
      const other = rng.pick(free)[lang]
      return made('substance', { ...truth, what: other }, other.toLowerCase())
    }
    case 'fits': {
      const device = foreignDevice(context, rng, truth.devices)
      if (device === null) return null
      const devices = rng.next() < 0.5 ? [device] : [...truth.devices.slice(0, 1), device]
      return made('compatibility', { ...truth, devices }, needleOf(context, device))
    }
    case 'origin': {
      const free = PLACES.filter((row) => absent(context, ...Object.values(row)))
      if (free.length === 0) return null
      const place = rng.pick(free)[lang]
      return made('origin', { ...truth, place }, place.toLowerCase())
    }
    case 'brand': {
      const name = foreignBrand(context, rng)
      return name === null ? null : made('brand', { ...truth, name }, name.toLowerCase())
    }
    case 'options': {
      const extra = ['XXXL', '7XL', '95 cm', '3 m', '48', 'one size'].filter((value) => absent(context, value))
      if (extra.length === 0) return null
      const value = rng.pick(extra)
      return made('option_added', { ...truth, values: [...truth.values.slice(0, 2), value] }, value.toLowerCase())
    }
    case 'sentence':
      return falsifySentence(truth, context, rng)
    case 'use':
    case 'audience':
      return foreignPhrase(truth, context, rng)
  }
}

/** What the handle is made of, said of the blade. */
function partSwap(truth: Extract<Truth, { kind: 'material' }>, context: LiarContext): Lie | null {
  if (truth.part === null) return null
  const other = context.truths.find(
    (own) =>
      own.kind === 'material' &&
      own.part !== null &&
      own.part !== truth.part &&
      own.value !== truth.value &&
      own.lang === truth.lang,
  )
  if (other?.kind !== 'material') return null
  return made('part_swap', { ...truth, value: other.value }, null)
}

const ELSEWHERE = {
  use: [
    'for deep-sea diving',
    'for use in the microwave',
    'for open-heart surgery',
    'for ice climbing',
    'for toddlers at bath time',
    'for welding metal roofs',
    'for keeping goldfish',
    'for jousting tournaments',
    'for beekeeping',
    'for shaving',
    'for chemical laboratories',
    'for storing petrol',
  ],
  audience: [
    'newborn babies',
    'professional welders',
    'people with nut allergies',
    'astronauts in training',
    'competitive swimmers',
    'diabetics',
    'falconers',
    'dentists',
    'dog trainers',
    'wheelchair users',
    'violinists',
  ],
} as const

/** A use or a public of another item, or of none. */
function foreignPhrase(
  truth: Extract<Truth, { kind: 'use' | 'audience' }>,
  context: LiarContext,
  rng: Rng,
): Lie | null {
  const { kind } = truth
  const others =
    context.pool.length === 0 ? [] : [rng.pick(context.pool), rng.pick(context.pool), rng.pick(context.pool)]
  const theirs = others.flatMap((own) =>
    sentencesOf(own.description).flatMap((sentence) => {
      const pattern = kind === 'use' ? /^Perfect for ([a-z][^.!?,]{3,60})/ : /^Made for ([a-z][^.!?,]{3,60})/
      const text = sentence.match(pattern)?.[1]
      return text === undefined ? [] : [kind === 'use' ? `for ${text}` : text]
    }),
  )
  const foreign = (phrase: string) => absent(context, ...phrase.split(' ').filter((word) => word.length > 4))
  const free = [theirs, [...ELSEWHERE[kind]]].map((list) =>
    list.filter((phrase) => phrase.length > 8 && foreign(phrase)),
  )
  const list = free[0]!.length > 0 && rng.next() < 0.5 ? free[0]! : free[1]!
  if (list.length === 0) return null
  const text = rng.pick(list)
  return made(kind, { ...truth, text }, text.toLowerCase())
}

/** What another item's text says of that item. */
function ofAnotherItem(context: LiarContext, rng: Rng): Lie | null {
  if (context.pool.length === 0) return null
  const sentences = sentencesOf(rng.pick(context.pool).description).filter((own) => own.length < 110)
  // Some word of weight that this item's text lacks, so that nothing here says it.
  const foreign = sentences.filter(
    (own) => own.split(/[^a-z]+/i).filter((word) => word.length > 5 && absent(context, word)).length > 1,
  )
  if (foreign.length === 0) return null
  const text = rng.pick(foreign).replace(/[.!?]+$/, '')
  return { kind: 'other_items_sentence', truth: null, text, needle: text.toLowerCase() }
}

function unrelated(context: LiarContext, rng: Rng): Lie | null {
  if (rng.next() < 0.35) return ofAnotherItem(context, rng)
  if (rng.next() < 0.5) {
    const free = STANDINGS.filter((text) => absent(context, ...text.split(/[ -]/).filter((word) => word.length > 4)))
    if (free.length === 0) return null
    const text = rng.pick(free)
    return { kind: 'standing', truth: null, text, needle: text.toLowerCase() }
  }
  const free = FEATURES.filter((own) => absent(context, ...own.kin, own.en[0]))
  if (free.length === 0) return null
  const own = rng.pick(free)
  const text = capital(own.en[rng.next() < 0.7 ? 0 : 1])
  return { kind: 'feature_invented', truth: null, text, needle: text.toLowerCase() }
}
