import { hash32 } from '../../../shared/base/hash.ts'
import { type Rng, seededRng } from '../../../shared/base/rng.ts'

/** Answers that hold nothing that was asked for. */
export const UNREADABLE_BEHAVIOURS = [
  'truncated',
  'malformed',
  'fenced',
  'chatty',
  'refusal',
  'refusal_sentence',
  'wrong_schema',
  'empty',
] as const
/** What the model says. */
export const CONTENT_BEHAVIOURS = [
  'honest',
  'liar',
  'obedient',
  'echoes_prompt',
  ...UNREADABLE_BEHAVIOURS,
  'extra_facets',
  'duplicated',
  'missing_usage',
] as const
/** What happens on the way. */
export const TRANSPORT_BEHAVIOURS = [
  'slow_drip',
  'hang',
  'rate_limited',
  'server_error',
  'html',
  'connection_reset',
  'half_body',
] as const
export type ContentBehaviour = (typeof CONTENT_BEHAVIOURS)[number]
export type TransportBehaviour = (typeof TRANSPORT_BEHAVIOURS)[number]
export type Behaviour = ContentBehaviour | TransportBehaviour
export const isTransport = (own: Behaviour): own is TransportBehaviour =>
  (TRANSPORT_BEHAVIOURS as readonly string[]).includes(own)

/** How often each behaviour is shown: weights, of which only the proportions count. */
export type Mix = Partial<Record<Behaviour, number>>

/** The behaviour of one call: the same for the same seed, prompt and attempt, in whatever order calls come in. */
export function chosen(mix: Mix, seed: number, prompt: string, attempt: number): { behaviour: Behaviour; rng: Rng } {
  const rng = seededRng(hash32(`${attempt} ${prompt}`, seed))
  const entries = Object.entries(mix).filter((entry): entry is [Behaviour, number] => (entry[1] ?? 0) > 0)
  let left = rng.next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [behaviour, weight] of entries) {
    left -= weight
    if (left < 0) return { behaviour, rng }
  }
  return { behaviour: entries.at(-1)?.[0] ?? 'honest', rng }
}
