/** A shop whose shoppers want items of one topic each, and whose texts say which topic an item is of. */
import { seededRng } from '../../shared/base/rng.ts'
import type { Interaction } from '../../shared/domain/event.ts'
import { type ItemLine, itemLineSchema } from '../../shared/domain/item.ts'
import { shopBodySchema } from '../../shared/domain/shop.ts'
import type { ShopData } from './shops.ts'
import { DAY, interaction, iso, NOW } from './unit_catalogue.ts'

export const TOPICS = {
  Kitchen: ['copper', 'saucepan', 'whisk', 'ladle', 'skillet', 'colander', 'grater', 'kettle', 'teapot', 'spatula'],
  Garden: ['trowel', 'seedling', 'hosepipe', 'rake', 'compost', 'lavender', 'planter', 'pruner', 'trellis', 'fern'],
  Toys: ['puzzle', 'teddy', 'marble', 'puppet', 'dollhouse', 'rocket', 'blocks', 'kite', 'spinner', 'drum'],
  Office: ['stapler', 'notebook', 'ledger', 'pencil', 'folder', 'inkwell', 'eraser', 'binder', 'ruler', 'clipboard'],
  Camping: ['tent', 'lantern', 'hammock', 'compass', 'flask', 'paddle', 'rucksack', 'stove', 'rope', 'tarpaulin'],
} as const
export type Topic = keyof typeof TOPICS
export const TOPIC_NAMES = Object.keys(TOPICS) as Topic[]

export interface PlantedOptions {
  seed: number
  itemsPerTopic?: number
  shoppersPerTopic?: number
  /** Share of wishes that are for anything. */
  noise?: number
}

export interface Planted {
  items: ItemLine[]
  interactions: Interaction[]
  topicOf(item: string): Topic
}

export function plantedItem(topic: Topic, id: string, words: readonly string[]): ItemLine {
  return itemLineSchema.parse({
    id,
    title: words.join(' '),
    categories: [topic],
    created_at: iso(NOW - 300 * DAY),
    offers: [{ market: '*', currency: 'EUR', price: 500 }],
  })
}

/** Three words of a topic. */
export function wordsOf(topic: Topic, at: number): string[] {
  const words = TOPICS[topic]
  return [words[at % 10]!, words[(at * 3 + 1) % 10]!, words[(at * 7 + 4) % 10]!]
}

export function plantTastes({
  seed,
  itemsPerTopic = 16,
  shoppersPerTopic = 40,
  noise = 0.15,
}: PlantedOptions): Planted {
  const rng = seededRng(seed)
  const items = TOPIC_NAMES.flatMap((topic) =>
    Array.from({ length: itemsPerTopic }, (_, at) => plantedItem(topic, `${topic}-${at}`, wordsOf(topic, at))),
  )
  const interactions: Interaction[] = []
  for (const topic of TOPIC_NAMES) {
    for (let shopper = 0; shopper < shoppersPerTopic; shopper++) {
      for (let visit = 0; visit < 4; visit++) {
        for (let wish = 0; wish < 3; wish++) {
          const of = rng.next() < noise ? rng.pick(TOPIC_NAMES) : topic
          const item = `${of}-${rng.int(itemsPerTopic)}`
          const atMs = NOW - (100 - visit * 25 - rng.int(5)) * DAY
          interactions.push(interaction({ item, shopper: `u:${topic}${shopper}`, type: 'purchase', atMs, quantity: 1 }))
        }
      }
    }
  }
  return { items, interactions, topicOf: (item) => item.split('-')[0] as Topic }
}

/** The same as a shop of `createWorld`. */
export function plantedShop(options: PlantedOptions): ShopData {
  const { items, interactions } = plantTastes(options)
  const body = shopBodySchema.parse({
    name: 'Planted',
    locale: 'en',
    market: 'DE',
    markets: [{ market: 'DE', currency: 'EUR', locale: 'en' }],
  })
  const events = interactions.map((own, at) => ({
    event_id: `planted-${at}`,
    type: 'purchase',
    user_id: own.shopper.slice(2),
    occurred_at: iso(own.atMs),
    item_id: own.item,
  }))
  return { shop: 'planted', body, items, events, newestMs: Math.max(...interactions.map((own) => own.atMs)) }
}
