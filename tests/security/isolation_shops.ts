/**
 * Three shops that sell the same ids to the same shoppers at the same time, each with its mark in every word. A few items,
 * shoppers, markets and placements are named by one of them alone, so that a list of another's ids is seen; and a few items
 * say the same in all three to the letter, so that whatever is kept by what was said must be kept by shop as well.
 */
import { DAY_MS, HOUR_MS } from '../../shared/base/clock.ts'
import { type Rng, seededRng } from '../../shared/base/rng.ts'
import type { ItemBody } from '../../shared/domain/item.ts'
import type { ShopBody } from '../../shared/domain/shop.ts'
import { MARKS, priceOf, shopOf, stockOf, type Which } from './isolation_marks.ts'
import { START_MS } from './isolation_platform.ts'

/** Ids that all three have, those that are told alike in all three, and those of one shop alone. */
export const SHARED_ITEMS = Array.from({ length: 8 }, (_, n) => `i-${n}`)
export const PLAIN_ITEMS = ['p-0', 'p-1', 'p-2']
export const ownItems = (which: Which): string[] => Array.from({ length: 3 }, (_, n) => `${MARKS[which]}-i-${n}`)
export const itemsOf = (which: Which): string[] => [...SHARED_ITEMS, ...PLAIN_ITEMS, ...ownItems(which)]

export const shoppersOf = (which: Which): string[] => ['u-0', 'u-1', 'u-2', 'u-3', 'u-4', `${MARKS[which]}-u`]
export const anonymousOf = (which: Which): string[] => ['a-0', 'a-1', `${MARKS[which]}-a`]
export const marketsOf = (which: Which): string[] => ['GB', 'DE', `${MARKS[which]}-land`]
export const ownPlacement = (which: Which): string => `${MARKS[which]}-corner`
export const placementsOf = (which: Which): string[] => [
  'home',
  'product',
  'cart',
  'again',
  'generic',
  ownPlacement(which),
]

const secretOf = (which: Which, name: string) => `${MARKS[which]}-${name}`.padEnd(40, '0')
export const SECRETS = {
  pk: (which: Which) => secretOf(which, 'browser'),
  sk: (which: Which) => secretOf(which, 'server'),
}
export const keyOf = (kind: 'pk' | 'sk', which: Which): string => `${kind}_${shopOf(which)}_${SECRETS[kind](which)}`

export const sourcesOf = (which: Which): string[] => ['standard', `${MARKS[which]}-source`]
/** Of a Standard Webhooks source: the mark is its whole key, as far as it fits. */
export const hookSecret = (which: Which): string =>
  `whsec_${Buffer.from(`${MARKS[which]} hook secret `.padEnd(32, '.')).toString('base64')}`
export const shopifySecret = (which: Which): string => `${MARKS[which]} shopify secret`

export const bodyOf = (which: Which, n = 0): ShopBody => ({
  name: `The ${MARKS[which]} house ${n}`,
  ...{ locale: 'en-GB', market: 'GB' },
  markets: [
    { market: 'GB', currency: 'GBP', locale: 'en-GB' },
    { market: 'DE', currency: 'EUR', locale: 'de-DE' },
    { market: `${MARKS[which]}-land`, currency: 'GBP', locale: 'en-GB' },
  ],
})

const KINDS = ['teapot', 'bowl', 'lamp', 'rug', 'chair', 'vase', 'kettle', 'blanket'] as const
const COLOURS = ['red', 'blue', 'green', 'white'] as const
const MATERIALS = ['oak', 'steel', 'wool', 'glass'] as const

/** An item of a shop as it says it for the nth time. */
export function itemBody(which: Which, id: string, n: number, rng: Rng, nowMs: number): ItemBody {
  const updated_at = new Date(nowMs).toISOString()
  const stock = rng.next() < 0.15 ? 0 : rng.next() < 0.3 ? undefined : stockOf(which, rng.int(400))
  const said = { ...(stock === undefined ? {} : { stock }), currency: 'GBP' }
  const price = () => priceOf(which, rng.int(499))
  const prices = [
    { market: '*', ...said, price: price(), ...(rng.next() < 0.3 ? { list_price: priceOf(which, 499) } : {}) },
    ...(rng.next() < 0.4 ? [{ market: 'DE', ...said, currency: 'EUR', price: price() }] : []),
  ]
  const kind = KINDS[Number(/\d+/.exec(id)?.[0] ?? 0) % KINDS.length]!
  if (PLAIN_ITEMS.includes(id))
    return {
      title: `Plain ${kind} of steel`,
      description: `A ${kind} made of steel. It is 30 cm wide. For everyday use in the kitchen.`,
      categories: ['Home > Plain'],
      attributes: { material: 'steel' },
      ...{ updated_at, offers: [{ market: '*', currency: 'GBP', price: 1_999 }] },
    }
  const mark = MARKS[which]
  const [colour, material] = [rng.pick(COLOURS), rng.pick(MATERIALS)]
  return {
    title: `${mark} ${colour} ${kind} ${n}`,
    description: `The ${mark} ${kind} is made of ${material} and comes in ${colour}. It is ${20 + rng.int(40)} cm high. Made by ${mark} hands for quiet evenings with ${mark} tea.`,
    brand: `${mark} works ${rng.int(3)}`,
    categories: [`Home > ${mark} ${kind}s`, ...(rng.next() < 0.3 ? [`${mark} gifts`] : [])],
    tags: [`${mark}-tag`, 'gift'],
    attributes: { colour, material, [`${mark}_glaze`]: `${mark} shine`, made_in: `${mark} town` },
    url: `https://shop.example/${mark}/${id}/${n}`,
    image_url: `https://shop.example/${mark}/${id}.jpg`,
    variants: [
      { id: 'v-1', title: `${mark} small`, options: { size: `${mark} S` }, sku: `${mark}-sku-${id}` },
      { id: `${mark}-v`, title: `${mark} large`, options: { size: `${mark} L` } },
    ],
    ...{ updated_at, offers: prices },
  }
}

const DAYS = 16

/** What shoppers of a shop did in its first weeks: enough to learn pairs, tastes and habits from. */
export function firstEvents(which: Which): unknown[] {
  const rng = seededRng(which + 11)
  const events: unknown[] = []
  const tastes = [itemsOf(which).slice(0, 7), itemsOf(which).slice(7)]
  for (let day = 0; day < DAYS; day++) {
    for (const [at, user] of [...shoppersOf(which), ...anonymousOf(which)].entries()) {
      const taste = tastes[at % 2]!
      const atMs = START_MS - (DAYS + 2 - day) * DAY_MS - at * HOUR_MS
      const who = user.includes('a-') || user.endsWith('-a') ? { anonymous_id: user } : { user_id: user }
      const told = { ...who, market: rng.pick(marketsOf(which)), session_id: `${MARKS[which]}-s-${day}` }
      const [one, two] = [rng.pick(taste), rng.pick(taste)]
      const event = (type: string, item: string, n: number, more: object = {}) => ({
        ...{ ...told, type, item_id: item, event_id: `e-${day}-${at}-${n}` },
        ...{ occurred_at: new Date(atMs + n * 60_000).toISOString(), ...more },
      })
      events.push(event('view', one, 0), event('view', two, 1))
      if (rng.next() < 0.6)
        events.push({
          ...{ ...told, type: 'purchase', order_id: `${MARKS[which]}-o-${day}-${at}`, currency: 'GBP' },
          items: [...new Set([one, two, taste[0]!])].map((item_id) => ({
            item_id,
            price: priceOf(which, rng.int(400)),
          })),
          ...{ event_id: `e-${day}-${at}-9`, occurred_at: new Date(atMs + 600_000).toISOString() },
        })
    }
  }
  // One shopper's past is the same in all three to the letter.
  for (const [at, item_id] of [...PLAIN_ITEMS, ...PLAIN_ITEMS].entries()) {
    const occurred_at = new Date(START_MS - (9 - at) * DAY_MS).toISOString()
    events.push({ type: 'purchase', user_id: 'u-plain', item_id, event_id: `plain-${at}`, occurred_at })
  }
  return events
}
