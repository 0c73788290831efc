import type { ArrivalNeighbour } from '../domain/card.ts'
import { packDirection } from '../domain/item_factors.ts'
import type { VectorSpace } from '../domain/vector_space.ts'
import { blended, ownShare, SETTLED_SHOPPERS } from '../learn/cold_blend.ts'
import { likenessTo, linksOf, type Placement, placeText, strongestOf } from '../learn/text_map.ts'
import { decodeTextMap, type TextMap } from '../learn/text_map_pack.ts'
import { whitened } from '../learn/text_map_whiten.ts'
import { mergedArrivals } from '../recall/arrivals.ts'
import type { PlacedItem, UnplacedItem } from '../store/catalogue/factors.ts'
import { currentTextMap } from './arrivals_map.ts'
import type { EnrichDeps, Keep } from './deps.ts'

/** As `/v1/jobs` tells of it. Learning has it due: another run has another map. */
export const ARRIVALS = 'arrivals'
/** From so many shoppers on an item is found by its own neighbours. */
const ARRIVING_BELOW = 16
/** Items in whose rows an arrival stands. */
const ANCHORS_PER_ARRIVAL = 30
const ITEMS_PER_ROUND = 500

/**
 * Gives every item of few shoppers its place by text, as soon as the index shows its vector, and writes it into the rows
 * of the items that would bring it; those that have shoppers of their own by now, or are gone, leave those rows. All may
 * be repeated. Costs no call an item: a round reads its vectors and rows in a few.
 * @param isLast whether no other space is about to follow this one, in which all is placed anew
 * @returns items placed
 */
export async function placeArrivals(space: VectorSpace, deps: EnrichDeps, keep: Keep, isLast = true): Promise<number> {
  const { shop } = space
  const job = await deps.jobs.get(shop, ARRIVALS)
  if (job?.due === true) await deps.jobs.started(shop, ARRIVALS, 0, deps.clock.now())
  const placed = await placeAll(space, deps, keep)
  const isUnderWay = job?.due === true || job?.state === 'running' || placed > 0
  if (isLast && isUnderWay) await deps.jobs.finished(shop, ARRIVALS, deps.clock.now(), null)
  return placed
}

async function placeAll(space: VectorSpace, deps: EnrichDeps, keep: Keep): Promise<number> {
  await leave(space.shop, deps, keep)
  const mark = await currentTextMap(space, deps, keep)
  if (mark === null) return 0
  let map: TextMap | null = null
  let placed = 0
  for (;;) {
    const round = await deps.factors.unplaced(space, mark.version, SETTLED_SHOPPERS, ITEMS_PER_ROUND)
    if (round.length === 0) return placed
    map ??= await readMap(space.shop, mark.version, deps)
    if (map === null) {
      // The object was lost: the next run makes it again.
      await deps.factors.putTextMap(space.shop, { ...mark, of: UNFINISHED }, deps.clock.now())
      return placed
    }
    const done = await placeRound(space, round, map, deps)
    placed += done
    // Who waits for what is learned waits for this as well.
    if (placed === done && done > 0) await deps.jobs.started(space.shop, ARRIVALS, 0, deps.clock.now())
    if (placed > 0) await deps.jobs.progressed(space.shop, ARRIVALS, placed, placed, null)
    await keep()
    // What the index does not show after all is left for the next run.
    if (done === 0) return placed
  }
}

async function readMap(shop: string, version: string, deps: EnrichDeps): Promise<TextMap | null> {
  const bytes = await deps.artefacts.textMap(shop)
  const map = bytes === null ? null : decodeTextMap(bytes)
  return map?.version === version ? map : null
}

async function placeRound(
  space: VectorSpace,
  round: readonly UnplacedItem[],
  map: TextMap,
  deps: EnrichDeps,
): Promise<number> {
  const { shop } = space
  const vectors = await deps.vectors.get(
    space,
    'text',
    round.map(({ item }) => item),
  )
  const numbers = new Map(map.ids.map((id, at) => [id, at]))
  const placed: PlacedItem[] = []
  const changes = new Map<string, Map<string, number | null>>()
  const change = (anchor: string, item: string, link: number | null) =>
    changes.set(anchor, (changes.get(anchor) ?? new Map<string, number | null>()).set(item, link))
  for (const own of round) {
    const vector = vectors.get(own.item)
    if (vector?.stamp !== own.hash) continue
    const { mapped, links } = placeOne(own, vector.values, map, numbers.get(own.item) ?? -1)
    for (const anchor of own.anchors) change(anchor, own.item, null)
    for (const [anchor, link] of links) change(map.ids[anchor]!, own.item, link)
    placed.push({ item: own.item, hash: own.hash, mapped, anchors: links.map(([anchor]) => map.ids[anchor]!) })
    await deps.breathe()
  }
  // First that it may stand in all of these rows, then the rows, then where it is: a run that dies forgets no row.
  const before = new Map(round.map(({ item, anchors }) => [item, anchors]))
  const both = placed.map((one) => ({ ...one, anchors: [...new Set([...before.get(one.item)!, ...one.anchors])] }))
  await deps.factors.place(shop, UNFINISHED, both)
  await changeRows(shop, map.version, changes, deps)
  await deps.factors.place(shop, map.version, placed)
  return placed.length
}

/** No map is called so, nor is of it: what stands under it is placed again, or made again. */
const UNFINISHED = ''

function placeOne(own: UnplacedItem, vector: Float32Array, map: TextMap, number: number) {
  const { anchors, settings } = map
  const text = whitened(map.whitening, settings.eps, vector)
  const byText = placeText(anchors, likenessTo(anchors, text, number), settings.power)
  const mapped = packDirection(byText.position)
  if (own.shoppers >= ARRIVING_BELOW) return { mapped, links: [] }
  const links = linksOf(anchors, settings, withOwn(byText, own))
  if (number !== -1) links[number] = 0
  return { mapped, links: strongestOf(links, ANCHORS_PER_ARRIVAL) }
}

/** Shoppers of its own draw an item from where its text puts it. */
function withOwn({ position, shares }: Placement, { own, shoppers }: UnplacedItem): Placement {
  if (own === null) return { position, shares }
  const share = ownShare(shoppers)
  return { position: blended(own, position, shoppers), shares: shares.map((value) => value * (1 - share)) }
}

/**
 * Rows are cut, so what an earlier map put into one may have pushed out what the current one would keep: a row that
 * changes keeps only what this map has placed, and ends the same whatever was there before.
 * @param changes by row: the links of items, null for those that leave it
 * @param map null where items only leave
 */
async function changeRows(
  shop: string,
  map: string | null,
  changes: ReadonlyMap<string, ReadonlyMap<string, number | null>>,
  deps: EnrichDeps,
): Promise<void> {
  const rows = await deps.factors.arrivals(shop, [...changes.keys()])
  const standing = new Set([...rows.values()].flatMap((row) => row.map(([item]) => item)))
  const current = map === null ? standing : await deps.factors.placedBy(shop, map, [...standing])
  const changed: Array<readonly [string, ArrivalNeighbour[]]> = []
  for (const [anchor, own] of changes) {
    const before = rows.get(anchor) ?? []
    const kept = before.filter(([item]) => current.has(item))
    const after = mergedArrivals(kept, own)
    if (JSON.stringify(before) !== JSON.stringify(after)) changed.push([anchor, after])
  }
  await deps.factors.putArrivals(shop, changed)
}

async function leave(shop: string, deps: EnrichDeps, keep: Keep): Promise<void> {
  for (;;) {
    const gone = await deps.factors.outgrown(shop, ARRIVING_BELOW, ITEMS_PER_ROUND)
    if (gone.length === 0) return
    const changes = new Map<string, Map<string, null>>()
    for (const { item, anchors } of gone)
      for (const anchor of anchors)
        changes.set(anchor, (changes.get(anchor) ?? new Map<string, null>()).set(item, null))
    await changeRows(shop, null, changes, deps)
    await deps.factors.leave(
      shop,
      gone.map(({ item }) => item),
    )
    await keep()
  }
}
