import { type LinearOrder, PURPOSES, type Ranker } from '../../shared/domain/ranker.ts'
import type { TaskKind } from '../dataset/task_view.ts'
import type { Adapt } from './ask.ts'

/** One part of the pipeline asked alone: what it is worth by itself. */
export interface PipelinePart {
  name: string
  kinds: readonly TaskKind[]
  adapt: Adapt
}

/** An order that looks at this feature and nothing else. */
function only(feature: string): Ranker {
  const order: LinearOrder = { [feature]: [0, 1, 1] }
  return { version: `only ${feature}`, orders: Object.fromEntries(PURPOSES.map((purpose) => [purpose, order])) }
}

const alone = (name: string, feature: string, kinds: readonly TaskKind[]): PipelinePart => ({
  name,
  kinds,
  adapt: (parts) => ({ ...parts, ranker: only(feature) }),
})

/** Full text alone: the words of the query have no vector. */
const words: PipelinePart = {
  name: 'words',
  kinds: ['search'],
  adapt: (parts) => ({ ...parts, embed: async () => null, ranker: only('text_share') }),
}

/** Vectors alone: the full text index finds nothing. */
const textVectors: PipelinePart = {
  name: 'text-vectors',
  kinds: ['search'],
  adapt: (parts) => {
    const { reads } = parts
    const gather: typeof reads.gather = async (...asked) => ({ ...(await reads.gather(...asked)), text: [] })
    return { ...parts, reads: { ...reads, gather }, ranker: only('text_vector_share') }
  },
}

const BEHAVIOUR: readonly TaskKind[] = ['next', 'cart', 'again']

/** Every part that is reported beside the whole. */
export const PARTS: readonly PipelinePart[] = [
  words,
  textVectors,
  alone('taste', 'taste_rank', BEHAVIOUR),
  alone('next', 'next_rank', BEHAVIOUR),
  alone('together', 'together_rank', ['next', 'again']),
  alone('cart-together', 'cart_together_rank', ['cart']),
  alone('complements', 'complement_rank', ['cart']),
  alone('likeness', 'similar_past_rank', ['next']),
  alone('demand', 'wanted_14d', BEHAVIOUR),
  alone('habits', 'owned_rate', ['again']),
  // The order that a shop has before it has learned its own, and the one that it learned by itself.
  { name: 'shipped', kinds: BEHAVIOUR, adapt: (parts) => ({ ...parts, ranker: null }) },
  { name: 'self-taught', kinds: BEHAVIOUR, adapt: (parts) => parts },
]
