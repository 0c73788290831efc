import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { eventSchema } from '../shared/domain/event.ts'
import { type ItemLine, itemLineSchema, type Offer } from '../shared/domain/item.ts'
import { nearDuplicates } from './near-duplicates.ts'

/** One thing that is wrong with a demo shop's data. */
export interface Problem {
  /** A file, or an item or event id. */
  where: string
  what: string
}

interface ShopFile {
  locale: string
  market: string
  markets: { market: string; currency: string; locale: string }[]
}

const MIN_ITEMS = 130
const MIN_LATIN_CHARS = 80
const MIN_CJK_CHARS = 40
const MIN_LOCALISED = 40
/** A page with filters cannot show more kinds of attribute than this. */
const MAX_ATTRIBUTE_KEYS = 16
const SIMILARITY = 0.6
const MAX_NEAR_DUPLICATE_SHARE = 0.02
const MAX_EVENT_BYTES = 1_600_000
const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu

/** Checks the files of one demo shop; an empty list means that all is well. */
export function checkShop(dir: string): Problem[] {
  const problems: Problem[] = []
  const shop = JSON.parse(readFileSync(join(dir, 'shop.json'), 'utf8')) as ShopFile
  const items = readLines(join(dir, 'items.jsonl'), problems, (value) => itemLineSchema.safeParse(value))
  if (items.length < MIN_ITEMS)
    problems.push({ where: 'items.jsonl', what: `${items.length} items, fewer than ${MIN_ITEMS}` })
  problems.push(...checkIds(items), ...checkText(items), ...checkAttributes(items))
  for (const item of items) problems.push(...checkOffers(item, shop))
  problems.push(...checkLocalised(items, shop))
  if (existsSync(join(dir, 'events.jsonl'))) problems.push(...checkEvents(join(dir, 'events.jsonl'), items, shop))
  return problems
}

type Parsed<T> = { success: true; data: T } | { success: false; error: { message: string } }

function readLines<T>(file: string, problems: Problem[], parse: (value: unknown) => Parsed<T>): T[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .flatMap((line, index) => {
      const parsed = parse(JSON.parse(line))
      if (parsed.success) return [parsed.data]
      problems.push({ where: `${file}:${index + 1}`, what: parsed.error.message })
      return []
    })
}

function repeated(values: readonly string[], what: string): Problem[] {
  const counts = Map.groupBy(values, (value) => value)
  return [...counts]
    .filter(([, list]) => list.length > 1)
    .map(([value]) => ({ where: value, what: `${what} used twice` }))
}

function checkIds(items: readonly ItemLine[]): Problem[] {
  const variants = items.flatMap((item) => item.variants ?? [])
  return [
    ...repeated(
      [...items, ...variants].map(({ id }) => id),
      'id',
    ),
    ...repeated(
      variants.flatMap(({ sku }) => sku ?? []),
      'sku',
    ),
    ...repeated(
      items.map(({ title }) => title),
      'title',
    ),
    ...items
      .filter(({ id }) => !/^[a-z0-9-]{1,24}$/.test(id))
      .map(({ id }) => ({ where: id, what: 'id is not short and url-safe' })),
  ]
}

function checkText(items: readonly ItemLine[]): Problem[] {
  const texts = items.map((item) => item.description ?? '')
  const problems = repeated(texts, 'description')
  for (const [index, text] of texts.entries()) {
    const cjk = text.match(CJK)?.length ?? 0
    if (cjk < MIN_CJK_CHARS && text.length < MIN_LATIN_CHARS)
      problems.push({ where: items[index]!.id, what: 'description too short' })
  }
  const pairs = nearDuplicates(texts, SIMILARITY)
  const share = new Set(pairs.flatMap(({ first, second }) => [first, second])).size / texts.length
  if (share >= MAX_NEAR_DUPLICATE_SHARE)
    problems.push({ where: 'items.jsonl', what: `${(100 * share).toFixed(1)} % near-duplicate descriptions` })
  return problems
}

function checkAttributes(items: readonly ItemLine[]): Problem[] {
  const keys = new Set(items.flatMap((item) => Object.keys(item.attributes ?? {})))
  const problems = items
    .filter((item) => !item.brand || !item.categories?.length || !item.created_at || item.offers.length === 0)
    .map(({ id }) => ({ where: id, what: 'lacks a brand, a category, a date or an offer' }))
  if (keys.size > MAX_ATTRIBUTE_KEYS) problems.push({ where: 'items.jsonl', what: `${keys.size} attribute keys` })
  return problems
}

function checkOffers(item: ItemLine, shop: ShopFile): Problem[] {
  const problems: Problem[] = []
  const wrong = (what: string) => problems.push({ where: item.id, what })
  const markets = item.offers.map((offer) => offer.market)
  if (!markets.includes(shop.market)) wrong(`not sold in ${shop.market}`)
  if (new Set(markets).size < markets.length) wrong('two offers in one market')
  for (const offer of item.offers) {
    const market = shop.markets.find((each) => each.market === offer.market)
    if (market === undefined) wrong(`unknown market ${offer.market}`)
    else if (market.currency !== offer.currency) wrong(`${offer.currency} in ${offer.market}`)
    if (!offer.price || offer.stock === undefined) wrong(`no price or stock in ${offer.market}`)
    if (offer.list_price !== undefined && offer.list_price <= offer.price!)
      wrong(`list price is no discount in ${offer.market}`)
    checkVariants(item, offer, wrong)
  }
  return problems
}

function checkVariants(item: ItemLine, offer: Offer, wrong: (what: string) => void): void {
  const declared = (item.variants ?? []).map(({ id }) => id).join()
  const offered = offer.variants ?? []
  if (declared !== offered.map(({ id }) => id).join()) {
    wrong(`variants differ in ${offer.market}`)
    return
  }
  if (offered.length === 0) return
  if (offer.price !== Math.min(...offered.map(({ price }) => price)))
    wrong(`price is not the lowest variant's in ${offer.market}`)
  const stock = offered.reduce((sum, variant) => sum + (variant.stock ?? 0), 0)
  if (offer.stock !== stock) wrong(`stock is not the sum of the variants' in ${offer.market}`)
}

function checkLocalised(items: readonly ItemLine[], shop: ShopFile): Problem[] {
  const language = (locale: string) => locale.slice(0, 2)
  return shop.markets.flatMap(({ market, locale }) => {
    if (language(locale) === language(shop.locale)) return []
    const offers = items.flatMap((item) => item.offers.filter((offer) => offer.market === market))
    const count = offers.filter((offer) => offer.title !== undefined && offer.description !== undefined).length
    return count >= MIN_LOCALISED
      ? []
      : [{ where: 'items.jsonl', what: `${count} items in ${locale}, fewer than ${MIN_LOCALISED}` }]
  })
}

function checkEvents(file: string, items: readonly ItemLine[], shop: ShopFile): Problem[] {
  const problems: Problem[] = []
  const events = readLines(file, problems, (value) => eventSchema.safeParse(value))
  problems.push(
    ...repeated(
      events.flatMap(({ event_id }) => event_id ?? []),
      'event id',
    ),
  )
  const sold = new Set(items.flatMap((item) => item.offers.map((offer) => `${item.id} ${offer.market}`)))
  const currencies = new Map(shop.markets.map(({ market, currency }) => [market, currency]))
  for (const event of events) {
    if (!('item_id' in event) || !sold.has(`${event.item_id} ${event.market}`))
      problems.push({ where: event.event_id ?? file, what: 'of an item that its market does not sell' })
    if (event.type === 'purchase' && event.currency !== currencies.get(event.market ?? ''))
      problems.push({ where: event.event_id ?? file, what: `${event.currency} in ${event.market}` })
  }
  const { size } = statSync(file)
  if (size > MAX_EVENT_BYTES) problems.push({ where: file, what: `${size} bytes, more than ${MAX_EVENT_BYTES}` })
  return problems
}

function main(): void {
  const shops = join(import.meta.dirname, 'shops')
  for (const name of readdirSync(shops)) {
    const problems = checkShop(join(shops, name))
    for (const { where, what } of problems) console.error(`${name}: ${where}: ${what}`)
    console.log(`${name}: ${problems.length} problems`)
    if (problems.length > 0) process.exitCode = 1
  }
}

if (process.argv[1] === import.meta.filename) main()
