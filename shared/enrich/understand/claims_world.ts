import { type Rng, seededRng } from '../../base/rng.ts'
import type { ItemFacts, UnderstandingContext } from '../../domain/enrichment.ts'

/** An invented item whose properties are known, so that every claim about it is known to be true or false. */
export interface KnownItem {
  facts: ItemFacts
  known: Known
}

export interface Known {
  noun: string
  material: string
  lidMaterial: string
  colours: string[]
  capacityMl: number
  heightCm: number
  widthCm: number
  count: number
  weightKg: number
  dishwasher: boolean
  microwave: boolean
  oven: boolean
  bpaFree: boolean
  origin: string
  brand: string
  fitsCm: number
  battery: boolean
}

export interface LabelledClaim {
  text: string
  quote: string
  isTrue: boolean
  kind: string
}

const NOUNS = ['jug', 'canister', 'flask', 'bowl', 'mug', 'planter', 'vase', 'teapot', 'carafe', 'tray']
const MATERIALS = [
  'solid oak',
  'walnut',
  'stainless steel',
  'borosilicate glass',
  'stoneware',
  'bamboo',
  'cast iron',
  'porcelain',
  'copper',
  'beech',
  'enamelled steel',
  'terracotta',
]
const LIDS = ['cork', 'silicone', 'brass', 'maple', 'ash', 'aluminium']
const COLOURS = ['red', 'blue', 'green', 'black', 'white', 'navy', 'mustard', 'grey', 'pink', 'olive', 'cream', 'teal']
const ORIGINS = ['Portugal', 'Japan', 'Wales', 'Denmark', 'India', 'Germany']
const BRANDS = ['Brackenside', 'Wickenby', 'Norrland', 'Tillerby', 'Osmund & Vale', 'Kestrel Works']

export const WORLD_CONTEXT: UnderstandingContext = {
  locales: ['en-GB', 'de-DE'],
  vocabulary: {
    material: [...MATERIALS, ...LIDS, 'oak', 'wood', 'steel', 'glass'],
    colour: [...COLOURS],
    feature: ['dishwasher', 'microwave', 'foldable'],
  },
}

/** A seeded item, written in one of four ways: plain sentences, flowing sentences, attributes alone, German sentences. */
export function knownItem(seed: number): KnownItem {
  const rng = seededRng(seed)
  const colours = rng.shuffle(COLOURS).slice(0, 2)
  const known: Known = {
    noun: rng.pick(NOUNS),
    material: rng.pick(MATERIALS),
    lidMaterial: rng.pick(LIDS),
    colours,
    capacityMl: 50 * (2 + rng.int(38)),
    heightCm: 5 + rng.int(20),
    widthCm: 26 + rng.int(20),
    count: 2 + rng.int(7),
    weightKg: (3 + rng.int(40)) / 10,
    dishwasher: rng.next() < 0.5,
    microwave: rng.next() < 0.5,
    oven: rng.next() < 0.5,
    bpaFree: rng.next() < 0.5,
    origin: rng.pick(ORIGINS),
    brand: rng.pick(BRANDS),
    fitsCm: 50 + rng.int(20),
    battery: rng.next() < 0.5,
  }
  return { known, facts: written(known, rng, seed) }
}

const NUMBER_NAMES = ['', '', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight']

function written(known: Known, rng: Rng, seed: number): ItemFacts {
  const form = rng.int(3)
  const base = {
    id: `item-${seed}`,
    locale: 'en-GB',
    brand: known.brand,
    categories: ['Kitchen > Vessels'],
    tags: [],
    options: { Colour: known.colours },
    localised: [],
  }
  const title = `${known.brand} ${known.noun}`
  if (form === 2) {
    return {
      ...base,
      title,
      description: `A ${known.noun} from our own workshop list.`,
      attributes: {
        material: known.material,
        lid: known.lidMaterial,
        capacity_ml: known.capacityMl,
        height_cm: known.heightCm,
        width_cm: known.widthCm,
        pieces: `set of ${known.count}`,
        weight: `${known.weightKg} kg`,
        dishwasher_safe: known.dishwasher,
        microwave_safe: known.microwave,
        oven_safe: known.oven ? 'yes' : 'no',
        bpa: known.bpaFree ? 'BPA-free' : 'contains BPA',
        made_in: known.origin,
        fits: `shelves up to ${known.fitsCm} cm`,
        batteries: known.battery ? 'batteries included' : 'batteries not included',
      },
    }
  }
  const sentences =
    form === 0
      ? [
          `Made of ${known.material} with a lid of ${known.lidMaterial}.`,
          `It holds ${known.capacityMl} ml.`,
          `Measures ${known.heightCm} cm high and ${known.widthCm} cm wide.`,
          `Weighs ${known.weightKg} kg.`,
          `Comes as a set of ${known.count}.`,
          `${known.dishwasher ? 'Dishwasher safe' : 'Not dishwasher safe'}${known.microwave === known.dishwasher ? '.' : known.microwave ? ', but microwave safe.' : ', but not microwave safe.'}`,
          known.oven ? 'Safe in the oven.' : 'Do not use it in the oven.',
          known.bpaFree ? 'BPA-free.' : 'Contains BPA.',
          `Made in ${known.origin}.`,
          `Fits shelves up to ${known.fitsCm} cm.`,
          known.battery ? 'Batteries included.' : 'Batteries not included.',
        ]
      : [
          `This ${known.noun} is crafted from ${known.material}; its ${known.lidMaterial} lid closes with a click.`,
          `A set of ${NUMBER_NAMES[known.count]}, each with a capacity of ${known.capacityMl >= 1000 ? `${known.capacityMl / 1000} litres` : `${known.capacityMl} ml`}.`,
          `Height ${known.heightCm} cm, width ${known.widthCm} cm, weight ${known.weightKg} kg.`,
          known.dishwasher ? 'It can go in the dishwasher.' : 'It is not suitable for the dishwasher.',
          known.microwave ? 'Suitable for microwaves.' : 'Keep it out of the microwave.',
          known.oven ? 'Suitable for ovens.' : 'Never put it in the oven.',
          known.bpaFree ? 'Free from BPA.' : 'It contains BPA.',
          `Turned and finished in ${known.origin}.`,
          `Fits shelves up to ${known.fitsCm} cm deep.`,
          known.battery ? 'Batteries are included.' : 'The batteries are not included.',
        ]
  if (known.microwave === known.dishwasher && form === 0)
    sentences.push(known.microwave ? 'Microwave safe.' : 'Not suitable for microwaves.')
  return { ...base, title, description: [sentences[0]!, ...rng.shuffle(sentences.slice(1))].join(' '), attributes: {} }
}

/** Sentences about an item with these properties, light paraphrases of what a source says. The quote is found by `quoteFor`. */
export function statements(known: Known, rng: Rng): Record<string, string> {
  const can = (yes: boolean, thing: string, one: string) =>
    rng.pick(
      yes
        ? [`Suitable for ${thing}`, `${one} safe`, `Can be used in the ${one.toLowerCase()}.`]
        : [
            `Not suitable for ${thing}`,
            `Not ${one.toLowerCase()} safe`,
            `It is not suitable for the ${one.toLowerCase()}.`,
          ],
    )
  return {
    material: rng.pick([
      `Made of ${known.material}`,
      `Crafted from ${known.material}.`,
      `It is made of ${known.material}.`,
    ]),
    lid: rng.pick([`The lid is made of ${known.lidMaterial}.`, `With a lid of ${known.lidMaterial}.`]),
    capacity: rng.pick([
      `It holds ${known.capacityMl} ml`,
      `Holds ${known.capacityMl / 1000} l.`,
      `Capacity of ${known.capacityMl} ml.`,
    ]),
    height: rng.pick([
      `It is ${known.heightCm} cm high.`,
      `Height: ${known.heightCm} cm`,
      `${known.heightCm * 10} mm high`,
    ]),
    width: rng.pick([`It is ${known.widthCm} cm wide.`, `Width ${known.widthCm} cm`]),
    weight: rng.pick([`Weighs ${known.weightKg} kg`, `Weight: ${Math.round(known.weightKg * 1000)} g`]),
    count: rng.pick([`Set of ${known.count}`, `Comes as a set of ${NUMBER_NAMES[known.count]}.`]),
    colours: rng.pick([`Comes in ${known.colours[0]} and ${known.colours[1]}`, `Available in ${known.colours[0]}.`]),
    dishwasher: can(known.dishwasher, 'dishwashers', 'Dishwasher'),
    microwave: can(known.microwave, 'microwaves', 'Microwave'),
    oven: can(known.oven, 'ovens', 'Oven'),
    bpa: known.bpaFree ? rng.pick(['BPA-free', 'Free from BPA.', 'Contains no BPA.']) : 'Contains BPA',
    origin: rng.pick([`From ${known.origin}.`, `Made in ${known.origin}`]),
    fits: `Fits shelves up to ${known.fitsCm} cm`,
    battery: known.battery ? 'Batteries included' : 'Batteries not included',
  }
}

/** The passage that a careful reader would point to: the source sentence or attribute about the property. */
export function quoteFor(facts: ItemFacts, property: string, known: Known): string {
  const patterns: Record<string, RegExp> = {
    material: /made of|crafted from/i,
    lid: /\blid\b/i,
    capacity: /holds|capacity/i,
    height: /height|high/i,
    width: /width|wide/i,
    weight: /weigh/i,
    count: /set of/i,
    dishwasher: /dishwasher/i,
    microwave: /microwave/i,
    oven: /\boven/i,
    bpa: /bpa/i,
    origin: new RegExp(known.origin),
    fits: /fits/i,
    battery: /batter/i,
  }
  if (property === 'colours') return `Colour: ${known.colours.join(', ')}`
  const sentence = facts.description.split(/(?<=\.)\s/).find((one) => patterns[property]!.test(one))
  if (sentence !== undefined) return sentence
  const entry = Object.entries(facts.attributes).find(([name, value]) =>
    patterns[property]!.test(`${name} ${String(value)}`),
  ) ?? [property, '']
  return `${entry[0]}: ${String(entry[1])}`
}

/** A property's sentence for `item`, true or made false with another item's value, another unit, or the other polarity. */
export function labelledClaim(item: KnownItem, other: KnownItem, rng: Rng, lie: boolean): LabelledClaim {
  const truth = statements(item.known, rng)
  for (let attempt = 0; attempt < 50; attempt++) {
    const kind = rng.pick(Object.keys(truth))
    const quote = quoteFor(item.facts, kind, item.known)
    if (!lie) return { text: truth[kind]!, quote, isTrue: true, kind }
    const false_ = makeFalse(item.known, other.known, kind, truth[kind]!, rng)
    if (false_ !== null) return { text: false_, quote, isTrue: false, kind: `false ${kind}` }
  }
  throw new Error('two items alike in everything')
}

function makeFalse(own: Known, other: Known, kind: string, text: string, rng: Rng): string | null {
  const changed = (patch: Partial<Known>) => statements({ ...own, ...patch }, rng)[kind]!
  const unit: Record<string, readonly [RegExp, string]> = {
    capacity: [/ ?\b(?:ml|l)\b/, ' cl'],
    height: [/ ?\b(?:cm|mm)\b/, ' in'],
    width: [/ cm/, ' mm'],
    weight: [/ (?:kg|g)\b/, ' lb'],
    fits: [/ cm/, ' m'],
  }
  if (unit[kind] && rng.next() < 0.4) return text.replace(...unit[kind]!)
  switch (kind) {
    case 'material':
      // A material that the item has elsewhere is as false as one that it lacks.
      return rng.next() < 0.4
        ? changed({ material: own.lidMaterial })
        : other.material.endsWith(own.material) || own.material.endsWith(other.material)
          ? null
          : changed({ material: other.material })
    case 'lid':
      return other.lidMaterial === own.lidMaterial
        ? null
        : changed({ lidMaterial: rng.next() < 0.4 ? own.material : other.lidMaterial })
    case 'capacity':
      return other.capacityMl === own.capacityMl ? null : changed({ capacityMl: other.capacityMl })
    case 'height':
      return changed({ heightCm: rng.next() < 0.5 ? own.widthCm : own.heightCm + 1 + rng.int(3) })
    case 'width':
      return changed({ widthCm: rng.next() < 0.5 ? own.heightCm : own.widthCm + 1 })
    case 'weight':
      return changed({ weightKg: Math.round((own.weightKg + 0.3) * 10) / 10 })
    case 'count':
      return changed({ count: own.count === 8 ? 2 : own.count + 1 })
    case 'colours': {
      const foreign = other.colours.filter(
        (colour) =>
          !own.colours.includes(colour) &&
          !(colour === 'blue' && own.colours.some((one) => one === 'navy' || one === 'teal')) &&
          !(colour === 'green' && own.colours.includes('olive')) &&
          !(colour === 'yellow') &&
          !(colour === 'white' && own.colours.includes('cream')),
      )
      return foreign.length === 0 ? null : `Comes in ${own.colours[0]} and ${foreign[0]}`
    }
    case 'dishwasher':
      return changed({ dishwasher: !own.dishwasher })
    case 'microwave':
      return changed({ microwave: !own.microwave })
    case 'oven':
      return changed({ oven: !own.oven })
    case 'bpa':
      return changed({ bpaFree: !own.bpaFree })
    case 'origin':
      return other.origin === own.origin ? null : changed({ origin: other.origin })
    case 'fits':
      return rng.next() < 0.5 ? changed({ fitsCm: own.fitsCm + 5 }) : `Fits shelves of at least ${own.fitsCm} cm`
    default:
      return changed({ battery: !own.battery })
  }
}
