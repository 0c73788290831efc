/** What the stores of a world hold, read past the product: tables, the terms of full text, vectors, KV values. */
import type { StoredItem } from '../../shared/domain/card.ts'
import { vectorNamespace } from '../../shared/store/keys.ts'
import type { SqliteD1 } from '../../workers/local/node/sqlite_d1.ts'
import { GET_IDS_MAX } from '../../workers/local/vectorize/limits.ts'
import type { WebhookWorld } from './webhook_world.ts'

export interface Databases {
  catalogue: SqliteD1
  operations: SqliteD1
}

export interface StoredItemRow {
  shop: string
  id: string
  seq: number
  title: string
  description: string
  brand: string | null
  isDeleted: boolean
  textHash: string
  offers: Array<{ market: string; visible: boolean; sellable: boolean }>
  prices: Array<{ market: string; variant: string; price: number; stock: number | null }>
}

export interface StoredState {
  items: StoredItemRow[]
  /** Rows that still wait, by table. */
  waiting: Record<string, number>
  /** References of the dead letters, by shop. */
  letters: Map<string, string[]>
  /** Counted events by `shop type`. */
  counts: Map<string, number>
}

type Row = Record<string, unknown>

export function rows<T extends Row = Row>(db: SqliteD1, sql: string): T[] {
  const [outcome] = db.execute([{ sql, params: [] }])
  return outcome!.rows.map((row) => Object.fromEntries(outcome!.columns.map((name, at) => [name, row[at]])) as T)
}

const count = (db: SqliteD1, table: string): number => Number(rows(db, `SELECT COUNT(*) AS n FROM ${table}`)[0]!.n)

/** What senders were promised and is still to do. */
function readOwed({ catalogue, operations }: Databases) {
  return {
    outbox: count(catalogue, 'outbox'),
    waiting_effects: count(catalogue, 'waiting_effects'),
    event_batches: count(operations, 'event_batches'),
    fold_plans: count(operations, 'fold_plans'),
  }
}

/** Everything that is work still to do: learning, which goes on for minutes, included. */
export function readWaiting(databases: Databases) {
  const { operations } = databases
  return {
    ...readOwed(databases),
    learn_runs: count(operations, `learn_runs WHERE state = 'running'`),
    // What is learned asks items for other words, minutes after the events.
    learning: count(operations, `jobs WHERE job IN ('learn', 'expand') AND due = 1`),
  }
}

export function readDatabase(world: Databases): StoredState {
  const { catalogue, operations } = world
  const items = rows(
    catalogue,
    'SELECT shop, id, seq, title, description, brand, deleted_at, text_hash FROM items ORDER BY shop, id',
  ).map(
    (row): StoredItemRow => ({
      shop: String(row.shop),
      id: String(row.id),
      seq: Number(row.seq),
      title: String(row.title),
      description: String(row.description),
      brand: row.brand as string | null,
      isDeleted: row.deleted_at !== null,
      textHash: String(row.text_hash),
      offers: [],
      prices: [],
    }),
  )
  const byKey = new Map(items.map((row) => [`${row.shop} ${row.id}`, row]))
  for (const row of rows(catalogue, 'SELECT shop, item, market, visible, sellable FROM offers'))
    byKey.get(`${row.shop} ${row.item}`)?.offers.push({
      market: String(row.market),
      visible: row.visible === 1,
      sellable: row.sellable === 1,
    })
  for (const row of rows(catalogue, 'SELECT shop, item, market, variant, price, stock FROM prices'))
    byKey.get(`${row.shop} ${row.item}`)?.prices.push({
      market: String(row.market),
      variant: String(row.variant),
      price: Number(row.price),
      stock: row.stock as number | null,
    })
  const letters = new Map<string, string[]>()
  for (const row of rows(operations, 'SELECT shop, ref FROM dead_letters ORDER BY seq'))
    letters.set(String(row.shop), [...(letters.get(String(row.shop)) ?? []), String(row.ref)])
  const counts = new Map(
    rows(operations, 'SELECT shop, type, SUM(events) AS events FROM daily_counts GROUP BY shop, type').map((row) => [
      `${row.shop} ${row.type}`,
      Number(row.events),
    ]),
  )
  return { items, waiting: readOwed(world), letters, counts }
}

/** Which documents a full text index has, and of each those of its terms that are asked for. */
export function readTerms({ catalogue }: Databases, table: string, isAsked: (term: string) => boolean) {
  const { database } = catalogue.core
  database.exec(`CREATE VIRTUAL TABLE IF NOT EXISTS temp.terms_of_${table} USING fts5vocab(main, ${table}, instance)`)
  const terms = new Map<number, string[]>()
  const documents = new Set<number>()
  const found = database.prepare(`SELECT DISTINCT term, doc FROM temp.terms_of_${table}`).all() as Array<{
    term: string
    doc: number
  }>
  for (const { term, doc } of found) {
    documents.add(doc)
    if (isAsked(term)) terms.set(doc, [...(terms.get(doc) ?? []), term])
  }
  return { terms, documents }
}

export interface VectorState {
  /** What searches can find, by `shop item`, with the content that each vector is of. */
  text: Map<string, string>
  found: Map<string, string>
  /** `view shop item` of texts without a direction, which have no vector. */
  bare: Set<string>
}

/** The vectors of the shops' active spaces: of items' own words, and of what was understood of them. */
export async function readVectors(world: WebhookWorld): Promise<VectorState> {
  const state: VectorState = { text: new Map(), found: new Map(), bare: new Set() }
  const active = new Map<string, { shop: string; view: 'text' | 'found' }>()
  for (const row of rows(world.catalogue, "SELECT shop, version FROM vector_spaces WHERE role = 'active'")) {
    const shop = String(row.shop)
    for (const view of ['text', 'found'] as const)
      active.set(vectorNamespace(shop, String(row.version), view), { shop, view })
  }
  const bare = `SELECT v.view, v.shop, v.item FROM item_vectors v
    JOIN vector_spaces s ON s.shop = v.shop AND s.version = v.version AND s.role = 'active' WHERE v.bare = 1`
  for (const row of rows(world.catalogue, bare)) state.bare.add(`${row.view} ${row.shop} ${row.item}`)
  const ids = [...world.vectorIds]
  for (let from = 0; from < ids.length; from += GET_IDS_MAX) {
    for (const { namespace, metadata } of await world.vectorize.getByIds(ids.slice(from, from + GET_IDS_MAX))) {
      const space = active.get(String(namespace))
      if (space !== undefined) state[space.view].set(`${space.shop} ${metadata?.item}`, String(metadata?.stamp))
    }
  }
  return state
}

/** What was understood of each live item's present text, by `shop item`: its hash, and the hash that full text has. */
export function readUnderstood({ catalogue }: Databases): Map<string, { hash: string; inText: string | null }> {
  const sql = `SELECT e.shop, e.item, e.hash, f.hash AS in_text FROM items i
    JOIN enrichments e ON e.shop = i.shop AND e.item = i.id AND e.text_hash = i.text_hash
    LEFT JOIN item_found f ON f.shop = i.shop AND f.item = i.id WHERE i.deleted_at IS NULL`
  return new Map(
    rows(catalogue, sql).map((row) => [
      `${row.shop} ${row.item}`,
      { hash: String(row.hash), inText: row.in_text as string | null },
    ]),
  )
}

/** Cards by `shop item`, and the items of each shop that the veto snapshot forbids for the general offer. */
export async function readCards({ kv }: WebhookWorld) {
  const cards = new Map<string, StoredItem>()
  const vetoes = new Map<string, Set<string>>()
  for (const key of await keysOf(kv, 'item:')) {
    const [, , shop] = key.split(':')
    const card = (await kv.get<StoredItem>(key, 'json'))!
    cards.set(`${shop} ${card.id}`, card)
  }
  for (const key of await keysOf(kv, 'veto:')) {
    const veto = (await kv.get<{ unsellable: Record<string, string[]> }>(key, 'json'))!
    vetoes.set(key.split(':')[2]!, new Set(veto.unsellable['*'] ?? []))
  }
  return { cards, vetoes }
}

async function keysOf(kv: WebhookWorld['kv'], prefix: string): Promise<string[]> {
  const names: string[] = []
  let cursor: string | undefined
  do {
    const page = await kv.list({ prefix, ...(cursor === undefined ? {} : { cursor }) })
    names.push(...page.keys.map((key) => key.name))
    cursor = page.list_complete ? undefined : page.cursor
  } while (cursor !== undefined)
  return names
}
