/**
 * Compares everything that is stored with what has to be there: items and offers in D1, full text, vectors, cards and the
 * veto snapshot, what still waits, the dead letters and the counted events. Reads behind every gate.
 */
import type { Expectation, ExpectedItem } from './expectation.ts'
import {
  type Databases,
  readCards,
  readDatabase,
  readTerms,
  readUnderstood,
  readVectors,
  type StoredItemRow,
  type StoredState,
} from './stores.ts'
import type { WebhookWorld } from './webhook_world.ts'

/**
 * a: lost, b: stale, c: resurrected, d: two stores disagree, e: something still waits, or the dead letters are not the
 * planted ones, f: an event counted other than once, answer: a sender was told the wrong thing, spent: a model was paid
 * twice for one thing.
 */
export type Rule = 'a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'answer' | 'spent'

export interface Finding {
  rule: Rule
  text: string
  /** Deliveries of the item in the order in which they came. */
  history?: readonly string[]
}

type HistoryOf = (shop: string, about: string) => readonly string[]

/** Findings kept of one rule; the first ones tell the most. */
const KEPT_A_RULE = 25

/** Judges everything that a world stores. */
export async function judge(world: WebhookWorld, expectation: Expectation, historyOf: HistoryOf): Promise<Finding[]> {
  const { findings, found } = createFindings(historyOf)
  const { items } = judgeDatabases(world, expectation, found)
  await judgeVectors(world, items, found)
  await judgeCards(world, items, found)
  return findings
}

/** Judges what the databases hold, wherever they lie. */
export function judgeStored(databases: Databases, expectation: Expectation, historyOf: HistoryOf): Finding[] {
  const { findings, found } = createFindings(historyOf)
  judgeDatabases(databases, expectation, found)
  return findings
}

function createFindings(historyOf: HistoryOf): { findings: Finding[]; found: Found } {
  const findings: Finding[] = []
  const counts = new Map<Rule, number>()
  const found: Found = (rule, text, shop, about) => {
    const count = (counts.get(rule) ?? 0) + 1
    counts.set(rule, count)
    if (count > KEPT_A_RULE) return
    findings.push({ rule, text, ...(shop && about ? { history: historyOf(shop, about) } : {}) })
  }
  return { findings, found }
}

function judgeDatabases(databases: Databases, expectation: Expectation, found: Found): StoredState {
  const state = readDatabase(databases)
  const stored = new Map(state.items.map((row) => [`${row.shop} ${row.id}`, row]))
  for (const [shop, items] of expectation.items) {
    for (const [id, allowed] of items) {
      const row = stored.get(`${shop} ${id}`)
      stored.delete(`${shop} ${id}`)
      const differences = allowed.map((one) => differenceOf(row, one))
      if (differences.includes(null)) continue
      found(ruleOf(row, allowed), `${shop} ${id}: ${differences.join(' or ')}`, shop, id)
    }
  }
  for (const row of stored.values()) {
    // A tombstone of an item of which nothing else was acknowledged is no item.
    if (!row.isDeleted) found('c', `${row.shop} ${row.id} is nobody's item`, row.shop, row.id)
  }
  judgeText(databases, state.items, found)
  for (const [table, count] of Object.entries(state.waiting)) {
    if (count > 0) found('e', `${count} rows of ${table} wait`)
  }
  judgeLetters(state.letters, expectation, found)
  judgeCounts(state.counts, expectation, found)
  return state
}

type Found = (rule: Rule, text: string, shop?: string, about?: string) => void

/** Null where the row is as expected, else the first difference in words. */
function differenceOf(row: StoredItemRow | undefined, expected: ExpectedItem | null): string | null {
  if (expected === null) return row === undefined || row.isDeleted ? null : 'is live and was deleted'
  if (row === undefined) return 'is missing'
  if (row.isDeleted) return 'is deleted and should be live'
  for (const field of ['title', 'description', 'brand'] as const) {
    if (row[field] !== expected[field])
      return `${field} is ${JSON.stringify(row[field])}, not ${JSON.stringify(expected[field])}`
  }
  const inStock = [...expected.variants.values()].some((own) => own.stock === null || own.stock > 0)
  const offers = row.offers.filter((offer) => offer.visible || offer.sellable)
  if (expected.visible && offers.length !== 1) return `has ${offers.length} visible offers`
  if (!expected.visible && offers.length > 0) return 'is visible and should be hidden'
  const sellable = offers.some((offer) => offer.sellable)
  if (sellable !== (expected.visible && inStock)) return `sellable is ${sellable}`
  // What is hidden may have lost its prices.
  if (!expected.visible && row.prices.length === 0) return null
  const prices = new Map(row.prices.map((price) => [price.variant, price]))
  for (const [variant, own] of expected.variants) {
    const price = prices.get(variant)
    if (price === undefined) return `variant ${variant} is missing`
    if (price.price !== own.price) return `variant ${variant} costs ${price.price}, not ${own.price}`
    if (price.stock !== own.stock) return `variant ${variant} has ${price.stock} in stock, not ${own.stock}`
  }
  if (row.prices.length !== expected.variants.size)
    return `has ${row.prices.length} prices, not ${expected.variants.size}`
  return null
}

function ruleOf(row: StoredItemRow | undefined, allowed: ReadonlyArray<ExpectedItem | null>): Rule {
  if (row === undefined || row.isDeleted) return 'a'
  return allowed.every((one) => one === null) ? 'c' : 'b'
}

const MARK = /^q\d+n\d+r\d+$/
const marksOf = (title: string) => title.split(' ').filter((word) => MARK.test(word))

/** Full text holds each live item under the mark of its own title, and nothing else. */
function judgeText(world: Databases, items: readonly StoredItemRow[], found: Found): void {
  const live = new Map(items.filter((row) => !row.isDeleted).map((row) => [row.seq, row]))
  const { terms, documents } = readTerms(world, 'item_text', (term) => MARK.test(term))
  for (const [seq, row] of live) {
    const [mark] = marksOf(row.title)
    const own = terms.get(seq) ?? []
    if (mark !== undefined && (own.length !== 1 || own[0] !== mark))
      found('d', `${row.shop} ${row.id}: full text has ${own.join(' ') || 'nothing'}, not ${mark}`, row.shop, row.id)
  }
  for (const seq of documents) if (!live.has(seq)) found('d', `full text has row ${seq}, which is no live item`)
  const understood = readTerms(world, 'found_text', () => false)
  for (const seq of understood.documents)
    if (!live.has(seq)) found('d', `the text of what was understood has row ${seq}, which is no live item`)
}

/**
 * Every live item is understood, full text has what was understood of its present words, and the index holds vectors of
 * both, and none of an item that is gone.
 */
async function judgeVectors(world: WebhookWorld, items: readonly StoredItemRow[], found: Found): Promise<void> {
  const vectors = await readVectors(world)
  const understood = readUnderstood(world)
  const wantedOf = (row: StoredItemRow, view: 'text' | 'found') =>
    row.isDeleted ? null : view === 'text' ? row.textHash : (understood.get(`${row.shop} ${row.id}`)?.hash ?? null)
  for (const row of items) {
    const key = `${row.shop} ${row.id}`
    const known = understood.get(key)
    if (!row.isDeleted && known === undefined) found('d', `${key} is not understood`, row.shop, row.id)
    if (known !== undefined && known.inText !== known.hash)
      found('d', `full text has ${known.inText} of what was understood of ${key}, not ${known.hash}`, row.shop, row.id)
    for (const view of ['text', 'found'] as const) {
      const [has, wanted] = [vectors[view].get(key) ?? null, wantedOf(row, view)]
      vectors[view].delete(key)
      const isBare = has === null && vectors.bare.has(`${view} ${key}`)
      if (has !== wanted && !isBare)
        found(
          'd',
          `the ${view} vector of ${key} is of ${has ?? 'nothing'}, not of ${wanted ?? 'nothing'}`,
          row.shop,
          row.id,
        )
    }
  }
  for (const view of ['text', 'found'] as const)
    for (const key of vectors[view].keys()) found('d', `the index has a ${view} vector of ${key}, which is no item`)
}

/** A card of every live item, as D1 has it; and the veto names what cannot be sold. */
async function judgeCards(world: WebhookWorld, items: readonly StoredItemRow[], found: Found): Promise<void> {
  const { cards, vetoes } = await readCards(world)
  for (const row of items) {
    const key = `${row.shop} ${row.id}`
    const card = cards.get(key)
    cards.delete(key)
    const difference = cardDifference(row, card)
    if (difference !== null) found('d', `the card of ${key} ${difference}`, row.shop, row.id)
    const isSold = row.offers.some((offer) => offer.market === '*' && offer.sellable)
    if (!row.isDeleted && vetoes.get(row.shop)?.has(row.id) !== !isSold)
      found('d', `the veto ${isSold ? 'forbids' : 'does not forbid'} ${key}`, row.shop, row.id)
  }
  for (const key of cards.keys()) found('d', `there is a card of ${key}, which is no item`)
}

function cardDifference(
  row: StoredItemRow,
  card: Awaited<ReturnType<typeof readCards>>['cards'] extends Map<string, infer C> ? C | undefined : never,
): string | null {
  if (row.isDeleted) return card === undefined ? null : 'is there and the item is deleted'
  if (card === undefined) return 'is missing'
  if (card.title !== row.title) return `is titled ${card.title}, not ${row.title}`
  const own = row.offers.find((offer) => offer.market === '*')
  const offer = card.offers.find((one) => one.market === '*')
  if ((offer?.sellable ?? false) !== (own?.sellable ?? false)) return `says sellable ${offer?.sellable}`
  const buyable = row.prices.filter((price) => price.stock === null || price.stock > 0).map((price) => price.price)
  const cheapest = buyable.length === 0 ? null : Math.min(...buyable)
  if (offer?.sellable && offer.shown?.price !== cheapest) return `costs ${offer.shown?.price}, not ${cheapest}`
  return null
}

/** One letter a bad delivery; where every attempt has a name of its own, one at least and none of another. */
function judgeLetters(letters: ReadonlyMap<string, readonly string[]>, { bad }: Expectation, found: Found): void {
  for (const shop of new Set([...letters.keys(), ...bad.keys()])) {
    const planted = bad.get(shop) ?? new Set<string>()
    const refs = letters.get(shop) ?? []
    // Shops whose platform names every attempt anew are told by number alone.
    const isNamed = refs.some((ref) => planted.has(ref)) || !shop.endsWith('-w')
    if (!isNamed) {
      if (refs.length < planted.size)
        found('e', `${shop} has ${refs.length} dead letters of ${planted.size} bad deliveries`)
      continue
    }
    for (const id of planted) if (!refs.includes(id)) found('e', `the bad delivery ${id} of ${shop} is no dead letter`)
    for (const ref of refs)
      if (!planted.has(ref)) found('e', `${shop} has the dead letter ${ref}, which was not planted`)
  }
}

function judgeCounts(counts: ReadonlyMap<string, number>, { purchases, refunds }: Expectation, found: Found): void {
  const judgeOne = (type: string, expected: ReadonlyMap<string, ReadonlySet<string>>) => {
    const shops = new Set([
      ...expected.keys(),
      ...[...counts.keys()].filter((key) => key.endsWith(` ${type}`)).map((key) => key.split(' ')[0]!),
    ])
    for (const shop of shops) {
      const [has, wanted] = [counts.get(`${shop} ${type}`) ?? 0, expected.get(shop)?.size ?? 0]
      if (has !== wanted) found('f', `${shop} counted ${has} lines of ${type}, not ${wanted}`)
    }
  }
  judgeOne('purchase', purchases)
  judgeOne('refund', refunds)
}
