import type { Rng } from '../../../shared/base/rng.ts'
import type { Role, Truth } from './claims.ts'
import { FEATURES, NUMBER_WORDS } from './lexicon.ts'
import { type Measure, written } from './measures.ts'
import { sayAbroad } from './wording_abroad.ts'
import { capital, listed } from './words.ts'

const article = (word: string) => (/^[aeiou]/i.test(word) ? 'an' : 'a')
const bounded = (measure: Measure, text: string) =>
  measure.bound === 'most' ? `up to ${text}` : measure.bound === 'least' ? `at least ${text}` : text

const MEASURES: Readonly<Record<Role, ReadonlyArray<(text: string, measure: Measure) => string>>> = {
  capacity: [(t) => `Holds ${t}`, (t) => `Capacity of ${t}`, (t) => `Has a capacity of ${t}`, (t) => `It holds ${t}`],
  width: [(t) => `${t} wide`, (t) => `Measures ${t} in width`, (t) => `Width: ${t}`],
  height: [(t) => `${t} tall`, (t) => `Measures ${t} in height`, (t) => `Height: ${t}`],
  length: [(t) => `${t} long`, (t) => `Measures ${t} in length`, (t) => `Length: ${t}`],
  depth: [(t) => `${t} deep`, (t) => `Measures ${t} in depth`],
  diameter: [(t) => `${t} in diameter`, (t) => `Diameter: ${t}`],
  weight: [(t) => `Weighs ${t}`, (t) => `Weight: ${t}`, (t) => `It weighs ${t}`],
  load: [(t) => `Carries ${t}`, (t) => `Supports ${t}`],
  runtime: [(t) => `The battery lasts ${t}`, (t) => `${capital(t)} of battery life`],
  power: [(t) => `Draws ${t}`, (t) => `Power: ${t}`],
  heat: [(t) => `Withstands ${t}`, (t) => `Heat resistant ${t}`],
  guarantee: [(t) => `Comes with a guarantee of ${t}`, (t) => `Guarantee: ${t}`],
  pieces: [(t) => `Set of ${t}`, (t) => `Comes as a set of ${t}`],
  age: [(t) => `For children of ${t} and older`, (t) => `From ${t}`],
}

export function measureText(measure: Measure, rng: Rng): string {
  if (measure.role === 'pieces') {
    const word = NUMBER_WORDS[measure.amount]
    const digits = String(measure.amount)
    return word !== undefined && rng.next() < 0.5 ? word : `${digits}${rng.next() < 0.3 ? ' pieces' : ''}`
  }
  if (measure.unit === 'years' && measure.role === 'guarantee' && rng.next() < 0.4) {
    const word = NUMBER_WORDS[measure.amount]
    if (word !== undefined) return `${word} year${measure.amount === 1 ? '' : 's'}`
  }
  return bounded(measure, written(measure.amount, measure.unit, 'en', rng.next() < 0.15))
}

function sayMeasure(measure: Measure, rng: Rng): string {
  return capital(rng.pick(MEASURES[measure.role])(measureText(measure, rng), measure))
}

const vary = (text: string, rng: Rng) => {
  const roll = rng.next()
  if (roll < 0.12) return text.replace(/ (safe|washable)\b/, '-$1')
  return text
}

/** A truth in one short statement without its full stop. */
export function say(truth: Truth, rng: Rng): string {
  if (truth.lang !== 'en') return sayAbroad(truth, rng)
  switch (truth.kind) {
    case 'material': {
      const { value, part } = truth
      if (part !== null)
        return rng.pick([
          `The ${part} is made of ${value}`,
          `${capital(article(value))} ${value} ${part}`,
          `With ${article(value)} ${value} ${part}`,
        ])
      return rng.pick([
        `Made of ${value}`,
        `Made from ${value}`,
        `It is made of ${value}`,
        `Material: ${value}`,
        `Crafted from ${value}`,
      ])
    }
    case 'colour':
      return rng.pick([
        `Comes in ${listed(truth.values, 'en')}`,
        `Available in ${listed(truth.values, 'en')}`,
        `Colour: ${truth.values.join(', ')}`,
      ])
    case 'measure':
      return sayMeasure(truth, rng)
    case 'feature': {
      const own = FEATURES.find((one) => one.id === truth.id)!
      const text = vary(own.en[truth.holds ? 0 : 1], rng)
      const subject = own.id === 'batteries_included' ? text : rng.pick([text, `It is ${text}`, `This item is ${text}`])
      return capital(subject)
    }
    case 'contains':
      return truth.holds
        ? rng.pick([`Contains ${truth.what}`, `Made with ${truth.what}`])
        : rng.pick([
            `Contains no ${truth.what}`,
            `Free of ${truth.what}`,
            `Without ${truth.what}`,
            `Free from ${truth.what}`,
            `${capital(truth.what)}-free`,
          ])
    case 'fits':
      return rng.pick([
        `Fits the ${listed(truth.devices, 'en')}`,
        `Compatible with ${listed(truth.devices, 'en')}`,
        `Works with ${listed(truth.devices, 'en')}`,
      ])
    case 'origin':
      return `Made in ${truth.place}`
    case 'brand':
      return rng.pick([`By ${truth.name}`, `Made by ${truth.name}`, `From ${truth.name}`])
    case 'options':
      return rng.pick([
        `Available in ${listed(truth.values, 'en')}`,
        `${capital(truth.name)}: ${truth.values.join(', ')}`,
        `${capital(truth.name)} options: ${truth.values.join(', ')}`,
      ])
    case 'sentence':
    case 'use':
    case 'audience':
      return capital(truth.text)
  }
}

/** The same as a question with its answer; null where nobody asks. */
export function questionOf(truth: Truth, rng: Rng): { question: string; answer: string } | null {
  if (truth.lang !== 'en') return null
  const answer = `${say(truth, rng)}.`
  switch (truth.kind) {
    case 'material':
      return { question: truth.part === null ? 'What is it made of?' : `What is the ${truth.part} made of?`, answer }
    case 'colour':
      return { question: 'Which colours does it come in?', answer }
    case 'feature': {
      const own = FEATURES.find((one) => one.id === truth.id)!
      const yes = truth.holds ? 'Yes' : 'No'
      if (own.id === 'batteries_included')
        return { question: 'Are batteries included?', answer: rng.pick([`${yes}.`, answer]) }
      return {
        question: `Is it ${own.en[0]}?`,
        answer: rng.pick([`${yes}.`, `${yes}, it is ${own.en[truth.holds ? 0 : 1]}.`]),
      }
    }
    case 'contains':
      return {
        question: `Does it contain ${truth.what}?`,
        answer: truth.holds ? `Yes, it contains ${truth.what}.` : `No, it contains no ${truth.what}.`,
      }
    case 'fits':
      return { question: 'What does it fit?', answer }
    case 'origin':
      return { question: 'Where is it made?', answer: rng.pick([answer, `In ${truth.place}.`]) }
    case 'measure': {
      const asked: Partial<Record<Role, string>> = {
        capacity: 'How much does it hold?',
        width: 'How wide is it?',
        height: 'How tall is it?',
        length: 'How long is it?',
        weight: 'How much does it weigh?',
        runtime: 'How long does the battery last?',
        guarantee: 'How long is the guarantee?',
        pieces: 'How many pieces are in the set?',
        load: 'How much can it carry?',
      }
      const question = asked[truth.role]
      return question === undefined
        ? null
        : { question, answer: rng.pick([answer, `${capital(measureText(truth, rng))}.`]) }
    }
    default:
      return null
  }
}
