/**
 * What has to be there once everything is quiet, from the acknowledged facts alone: newest by the source's own clock.
 * Nothing of the product is asked.
 */
import type { Fact, Message } from './messages.ts'
import type { ItemTruth } from './story.ts'

/** One variant as it has to stand. */
export interface ExpectedVariant {
  price: number
  /** Null: not counted. */
  stock: number | null
}

export interface ExpectedItem {
  title: string
  description: string
  brand: string
  visible: boolean
  variants: ReadonlyMap<string, ExpectedVariant>
}

export interface Expectation {
  /** By shop and item: what it may be. More than one only where the source's clock cannot tell which was later. */
  items: Map<string, Map<string, Array<ExpectedItem | null>>>
  /** Lines bought and returned, by shop. */
  purchases: Map<string, Set<string>>
  refunds: Map<string, Set<string>>
  /** Ids of deliveries that have to lie among the dead letters, by shop. */
  bad: Map<string, Set<string>>
}

interface Known {
  clock: number
  truths: Array<ItemTruth | null>
}

/** Learns acknowledged facts one by one, in whatever order. */
export function createModel() {
  const items = new Map<string, Map<string, Known>>()
  const levels = new Map<string, { clock: number; units: number }>()
  const purchases = new Map<string, Set<string>>()
  const refunds = new Map<string, Set<string>>()
  const bad = new Map<string, Set<string>>()

  const learn = ({ shop: { shop }, fact, id }: Message): void => {
    switch (fact.kind) {
      case 'item':
        learnItem(
          inside(items, shop, () => new Map<string, Known>()),
          fact,
        )
        return
      case 'level': {
        const key = levelKey(shop, fact.variant, fact.location)
        if (fact.clock >= (levels.get(key)?.clock ?? 0)) levels.set(key, { clock: fact.clock, units: fact.units })
        return
      }
      case 'lines': {
        const known = inside(fact.type === 'purchase' ? purchases : refunds, shop, () => new Set<string>())
        for (const line of fact.lines) known.add(line)
        return
      }
      case 'bad':
        inside(bad, shop, () => new Set<string>()).add(id)
        return
      case 'forged':
        throw new Error(`the forged delivery ${id} was acknowledged`)
    }
  }

  const stockOf = (shop: string, variant: ItemTruth['variants'][number]): number | null => {
    if (variant.units === null) return null
    return Object.entries(variant.units).reduce(
      (sum, [location, units]) => sum + (levels.get(levelKey(shop, variant.id, location))?.units ?? units),
      0,
    )
  }

  const finish = (): Expectation => ({
    purchases,
    refunds,
    bad,
    items: new Map(
      [...items].map(([shop, known]) => [
        shop,
        new Map([...known].map(([id, { truths }]) => [id, truths.map((truth) => expected(shop, truth, stockOf))])),
      ]),
    ),
  })
  return { learn, finish }
}

function learnItem(known: Map<string, Known>, { item, clock, truth }: Extract<Fact, { kind: 'item' }>): void {
  const newest = known.get(item)
  if (newest === undefined || clock > newest.clock) known.set(item, { clock, truths: [truth] })
  else if (clock === newest.clock && !newest.truths.includes(truth)) newest.truths.push(truth)
}

function expected(
  shop: string,
  truth: ItemTruth | null,
  stockOf: (shop: string, variant: ItemTruth['variants'][number]) => number | null,
): ExpectedItem | null {
  if (truth === null) return null
  const { title, description, brand, visible, variants } = truth
  return {
    title,
    description,
    brand,
    visible,
    variants: new Map(variants.map((own) => [own.id, { price: own.price, stock: stockOf(shop, own) }])),
  }
}

const levelKey = (shop: string, variant: string, location: string) => `${shop} ${variant} ${location}`

function inside<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
