import { itemFactors, type Wishes } from '../../shared/learn/factors_svd.ts'
import { affinityOf, likenessTo, linksOf, placeText, type TextMapSettings } from '../../shared/learn/text_map.ts'
import { anchorsOf } from '../../shared/learn/text_map_anchors.ts'
import { fitTextMap, SHIPPED_SETTINGS, type TextMapFit } from '../../shared/learn/text_map_fit.ts'
import { whitened, whiteningOf } from '../../shared/learn/text_map_whiten.ts'
import { atOnce } from '../../shared/model/local/slices.ts'
import type { ColdScorer, ColdWorld, Matcher } from './scorer.ts'

/** What the product learns of a world, once for all of its scorers. */
interface Learned {
  fit: TextMapFit | null
  matcher(settings: TextMapSettings): Matcher
}
const learned = new WeakMap<ColdWorld, Learned>()

function learnOf(world: ColdWorld): Learned {
  const known = learned.get(world)
  if (known !== undefined) return known
  const { items } = world.dataset
  const wishes = wishesOf(world)
  const rawDims = world.vectors.items[0]!.length
  const vectors = new Float32Array(items.length * rawDims)
  for (const [item, own] of world.vectors.items.entries()) vectors.set(own, item * rawDims)
  const fit = atOnce(fitTextMap({ wishes, vectors, rawDims }))
  const factors = atOnce(itemFactors(wishes))
  const warm = Int32Array.from([...items.keys()].filter((item) => factors.shoppers[item]! > 0))
  const place = new Map(Array.from(warm, (item, at) => [item, at]))
  const warmVectors = new Float32Array(warm.length * rawDims)
  for (const [at, item] of warm.entries()) warmVectors.set(world.vectors.items[item]!, at * rawDims)
  const whitening = atOnce(whiteningOf(warmVectors, rawDims))
  const made: Learned = {
    fit,
    matcher(settings) {
      const textOf = (item: number) => whitened(whitening, settings.eps, world.vectors.items[item]!)
      const anchors = anchorsOf(warm, factors, whitening.axes, textOf)
      const pasts = world.split.users.rows.map((row) => Float32Array.from(row, (item) => place.get(item)!))
      return {
        /** Anchors of the shopper's past. */
        userVector: (user) => pasts[user]!,
        /** Of every anchor: how much who wanted it wants the item. */
        itemVector: (item) => {
          const placement = placeText(anchors, likenessTo(anchors, textOf(item)), settings.power)
          return Float32Array.from(linksOf(anchors, settings, placement))
        },
        score: (past, links) => affinityOf(links, past),
      }
    },
  }
  learned.set(world, made)
  return made
}

function wishesOf({ dataset, split }: ColdWorld): Wishes {
  const { rows } = split.users
  const start = new Int32Array(rows.length + 1)
  for (const [at, row] of rows.entries()) start[at + 1] = start[at]! + row.length
  const column = new Int32Array(start[rows.length]!)
  for (const [at, row] of rows.entries()) column.set(row, start[at]!)
  return { rows: rows.length, columns: dataset.items.length, byRow: { start, column } }
}

const scorer = (name: string, settingsOf: (fit: TextMapFit | null) => TextMapSettings): ColdScorer => ({
  name,
  learn(world) {
    const { fit, matcher } = learnOf(world)
    return matcher(settingsOf(fit))
  },
})

/** The product's text map: each part at the settings that are best for it alone, and both together. */
export const TEXT_MAP_SCORERS: readonly ColdScorer[] = [
  scorer('kernel', (fit) => fit?.text.settings ?? { ...SHIPPED_SETTINGS, mapScale: 0 }),
  scorer('collaborative', (fit) => fit?.map.settings ?? { ...SHIPPED_SETTINGS, kernelScale: 0 }),
  scorer('combination', (fit) => fit?.both.settings ?? SHIPPED_SETTINGS),
]
