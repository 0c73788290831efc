/** Small made-up shops for the tests of the local embedder: what is near what is known, since it was planted. */

import type { LocalDocument } from './fit.ts'
import { gaussianStream } from './gaussian.ts'

const TOPICS: readonly { synonyms: readonly string[]; company: readonly string[] }[] = [
  { synonyms: ['sofa', 'couch'], company: ['cushion', 'upholstered', 'living', 'fabric', 'seat', 'armrest'] },
  { synonyms: ['kettle', 'teapot'], company: ['boil', 'spout', 'kitchen', 'brew', 'lid', 'steam'] },
  { synonyms: ['boot', 'trainer'], company: ['lace', 'sole', 'walk', 'leather', 'ankle', 'outdoor'] },
  { synonyms: ['lamp', 'lantern'], company: ['light', 'bulb', 'shade', 'glow', 'switch', 'bedside'] },
  ...Array.from({ length: 12 }, (_, topic) => ({
    synonyms: [`thing${topic}a`, `thing${topic}b`],
    company: Array.from({ length: 6 }, (_, k) => `${'qvxzjk'[k]}${'aeiou'[topic % 5]}${topic}${k}`),
  })),
]
const COMMON = ['new', 'classic', 'great', 'everyday', 'gift', 'quality']

/** `count` documents over sixteen topics (about the rank that 256 documents are given); the two synonyms of a topic never meet in one document. */
export function plantedShop(seed: number, count: number): LocalDocument[] {
  const pick = picker(seed)
  return Array.from({ length: count }, (_, i) => {
    const topic = TOPICS[i % TOPICS.length]!
    const words = [topic.synonyms[pick(2)]!]
    for (let k = 0; k < 4; k++) words.push(topic.company[pick(topic.company.length)]!)
    for (let k = 0; k < 2; k++) words.push(COMMON[pick(COMMON.length)]!)
    return { id: `item-${i}`, fields: [{ text: words.join(' '), weight: 1 }] }
  })
}

/** The same words dealt out anew: what the topics held together is gone, counts and lengths stay. */
export function shuffledShop(documents: readonly LocalDocument[], seed: number): LocalDocument[] {
  const pick = picker(seed)
  const words = documents.flatMap((document) => document.fields[0]!.text.split(' '))
  for (let i = words.length - 1; i > 0; i--) {
    const j = pick(i + 1)
    const held = words[i]!
    words[i] = words[j]!
    words[j] = held
  }
  return documents.map((document, i) => ({
    id: document.id,
    fields: [{ text: words.slice(i * 7, i * 7 + 7).join(' '), weight: 1 }],
  }))
}

/** Cosine of two vectors of unit length. */
export function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0)
}

function picker(seed: number): (below: number) => number {
  const normal = gaussianStream(seed)
  // The fraction of a scaled normal is as good as uniform.
  return (below) => {
    const spread = Math.abs(normal()) * 1_000
    return Math.floor((spread - Math.floor(spread)) * below)
  }
}
