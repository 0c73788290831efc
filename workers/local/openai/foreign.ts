import type { Rng } from '../../../shared/base/rng.ts'
import type { ItemFacts } from '../../../shared/domain/enrichment.ts'
import { everyWord, type Truth } from './claims.ts'
import { BRANDS, COLOUR_KIN, COLOURS, DEVICES, KIN, MATERIALS } from './lexicon.ts'

/** Something false of an item: as a truth that is none, to be worded like any other, or as words of its own. */
export interface Lie {
  kind: string
  truth: Truth | null
  text: string | null
  /** Stands nowhere in the facts; null where the words do and only their meaning is turned. */
  needle: string | null
}

/** What the liar knows while it reads one item. */
export interface LiarContext {
  facts: ItemFacts
  /** Everything the facts say, lower case. */
  all: string
  truths: readonly Truth[]
  /** Facts of other items, to take values from. */
  pool: ReadonlyArray<Pick<ItemFacts, 'brand' | 'description'>>
}
export const liarContext = (facts: ItemFacts, truths: readonly Truth[], pool: LiarContext['pool']): LiarContext => ({
  facts,
  all: everyWord(facts),
  truths,
  pool,
})

export const absent = (context: LiarContext, ...words: readonly string[]): boolean =>
  words.every((word) => !context.all.includes(word.toLowerCase()))

/** A material that nothing in the facts is, or is kin to. */
export function foreignMaterial(context: LiarContext, rng: Rng): (typeof MATERIALS)[number] | null {
  const free = MATERIALS.filter((row) => absent(context, ...Object.values(row), ...(KIN[row.en] ?? [])))
  return free.length === 0 ? null : rng.pick(free)
}
export function foreignColour(context: LiarContext, rng: Rng): (typeof COLOURS)[number] | null {
  const free = COLOURS.filter((row) => absent(context, ...Object.values(row), ...(COLOUR_KIN[row.en] ?? [])))
  return free.length === 0 ? null : rng.pick(free)
}
export function foreignBrand(context: LiarContext, rng: Rng): string | null {
  const others = context.pool.flatMap((own) => (own.brand === null ? [] : [own.brand]))
  const free = [...new Set([...BRANDS, ...others])].filter(
    (name) => name.length > 3 && absent(context, name, name.split(' ')[0]!),
  )
  return free.length === 0 ? null : rng.pick(free)
}
export function foreignDevice(context: LiarContext, rng: Rng, known: readonly string[]): string | null {
  const said = context.truths.flatMap((own) => (own.kind === 'fits' ? own.devices : []))
  // A longer name's beginning is another device: what fits the Pro does not fit the plain one.
  const free = DEVICES.filter((name) => !said.includes(name) && !known.includes(name))
  const near = free.filter((name) => known.some((own) => own.startsWith(name) || name.startsWith(own)))
  if (free.length === 0) return null
  return near.length > 0 && rng.next() < 0.5 ? rng.pick(near) : rng.pick(free)
}
