/**
 * What enrichment asks of a model, counted at the provider: first import, everything that must cost nothing, ten changed
 * items, neighbours, another model under a daily budget, a thousand calls at once, batches.
 * `npm run check:enrichment -- [--quick]`
 */
import { parseArgs } from 'node:util'
import { DAY_MS } from '../../shared/base/clock.ts'
import { seededRng } from '../../shared/base/rng.ts'
import type { ItemLine } from '../../shared/domain/item.ts'
import type { EnrichDeps } from '../../shared/enrich/deps.ts'
import { runEnrichment, runEnrichments } from '../../shared/enrich/enrich_shops.ts'
import { drainOutbox } from '../../shared/enrich/outbox.ts'
import { demoShop } from '../support/shops.ts'
import { iso, itemWrite, NOW, SHOP } from '../support/unit_catalogue.ts'
import {
  type CompleterOptions,
  completerOf,
  depsOf,
  emptyAnswer,
  scriptedModel,
  setUp,
  titleAsked,
  type World,
} from '../support/unit_enrich.ts'
import { completion, startProvider, type UnitProvider } from '../support/unit_provider.ts'

export const FULL_ITEMS = 2_465
export const QUICK_ITEMS = 300
const CHANGED = 10
const CRONS_AT_ONCE = 50
/** Over which the budget for asking another model is spread. */
const DAYS = 4
const SEED = 20_261_121
const COLOURS = ['red', 'blue', 'green', 'white', 'grey', 'black', 'ochre']

export interface Measured {
  figures: Array<readonly [what: string, value: number | string]>
  failures: string[]
}

interface Bench {
  world: World
  provider: UnitProvider
  deps(options?: CompleterOptions): EnrichDeps
  /** Says nothing of what it used from now on: every call is charged in full. */
  silent(): void
  /** Calls that the provider got since the last look. */
  asked(): { items: number; neighbours: number }
}

/** The demo shop's items over and over, each with words of its own. */
function itemsOf(count: number): ItemLine[] {
  const { items } = demoShop('hearth-and-field')
  const rng = seededRng(SEED)
  return Array.from({ length: count }, (_, index) => {
    const item = items[index % items.length]!
    const title = `${item.title} ${COLOURS[rng.int(COLOURS.length)]} ${index}`
    return { ...item, id: `i${index}`, title, created_at: iso(NOW - index * 1_000), updated_at: iso(NOW) }
  })
}

async function benchWith(lines: readonly ItemLine[]): Promise<Bench> {
  let usage: Record<string, unknown> = {}
  const provider = await startProvider((asked) => ({ body: completion(emptyAnswer(asked), usage) }))
  const world = await setUp()
  await writeAll(world, lines)
  const deps = (options: CompleterOptions = {}) =>
    depsOf(world, { ...scriptedModel([]), ...completerOf(world, provider, options) })
  const asked = () => {
    const titles = provider.chats.splice(0).map(titleAsked)
    return {
      items: titles.filter((title) => title !== null).length,
      neighbours: titles.filter((title) => title === null).length,
    }
  }
  const silent = () => {
    usage = { usage: null }
  }
  return { world, provider, deps, asked, silent }
}

async function writeAll(world: World, lines: readonly ItemLine[]): Promise<void> {
  for (let start = 0; start < lines.length; start += 200)
    await world.writer.apply(
      SHOP,
      lines.slice(start, start + 200).map((line) => itemWrite(line)),
      NOW,
    )
}

async function catchUp(deps: EnrichDeps): Promise<void> {
  while ((await drainOutbox(deps)) > 0);
  await runEnrichment(SHOP, 'new', deps)
  await runEnrichments(deps)
}

/** Counts what a shop of so many items asks; `failures` says which promises did not hold. */
export async function measureEnrichmentCalls(count: number): Promise<Measured> {
  const measured: Measured = { figures: [], failures: [] }
  const note = (what: string, value: number | string, holds = true) => {
    measured.figures.push([what, value])
    if (!holds) measured.failures.push(`${what}: ${value}`)
  }
  const lines = itemsOf(count)
  const bench = await benchWith(lines)
  try {
    await unchanged(bench, lines, note)
    await changed(bench, lines, note)
    await neighbours(bench, lines, note)
    await anotherModel(bench, count, note)
    await atOnce(bench, note)
  } finally {
    await bench.provider.close()
  }
  await together(itemsOf(count), note)
  return measured
}

type Note = (what: string, value: number | string, holds?: boolean) => void

async function unchanged({ world, deps, asked }: Bench, lines: readonly ItemLine[], note: Note): Promise<void> {
  const started = performance.now()
  await catchUp(deps())
  const seconds = (performance.now() - started) / 1_000
  const first = asked().items
  note(`calls for ${lines.length} new items`, first, first === lines.length)
  note('seconds for them', seconds.toFixed(1))
  await catchUp(deps())
  await writeAll(world, lines)
  await writeAll(
    world,
    lines.map((line) => ({
      ...line,
      offers: line.offers.map((offer) => ({ ...offer, price: 1, variants: undefined })),
      updated_at: iso(NOW + 1),
    })),
  )
  await catchUp(deps())
  await Promise.all(Array.from({ length: CRONS_AT_ONCE }, () => runEnrichments(deps())))
  const again = asked().items
  note(`calls for two re-deliveries, a restart and ${CRONS_AT_ONCE} overlapping crons`, again, again === 0)
}

async function changed({ world, deps, asked }: Bench, lines: readonly ItemLine[], note: Note): Promise<void> {
  const step = Math.floor(lines.length / CHANGED)
  const some = lines.filter((_, index) => index % step === 0).slice(0, CHANGED)
  await writeAll(
    world,
    some.map((line) => ({ ...line, title: `${line.title}, changed`, updated_at: iso(NOW + 2) })),
  )
  await catchUp(deps())
  await catchUp(deps())
  const calls = asked().items
  note(`calls for ${CHANGED} changed of ${lines.length}`, calls, calls === CHANGED)
}

async function neighbours({ world, deps, asked }: Bench, lines: readonly ItemLine[], note: Note): Promise<void> {
  const own = deps()
  const boughtWith = (index: number) =>
    [1, 2, 3].map((by) => [`i${(index + by) % lines.length}`, 5_000, 0, 0, 3] as const)
  const half = Math.floor(lines.length / 2)
  await own.learning.putBought(
    SHOP,
    Array.from({ length: half }, (_, index) => [`i${index}`, boughtWith(index)] as const),
    NOW,
  )
  await own.jobs.due(SHOP, 'expand')
  await catchUp(own)
  const learned = asked()
  note(
    `calls about neighbours of ${half} items after learning`,
    learned.neighbours,
    learned.neighbours === half && learned.items === 0,
  )
  await own.jobs.due(SHOP, 'expand')
  await catchUp(deps())
  const again = asked()
  note('calls about neighbours after learning the same', again.neighbours, again.neighbours === 0)
  await writeAll(world, [{ ...lines[10]!, title: 'A new name for a neighbour', updated_at: iso(NOW + 3) }])
  await catchUp(deps())
  const one = asked()
  // Itself, and the three that it is bought with.
  note('calls about neighbours after one of them changed', one.neighbours, one.neighbours === 4 && one.items === 1)
}

async function anotherModel({ world, deps, asked, silent }: Bench, count: number, note: Note): Promise<void> {
  await world.catalogue.prepare('UPDATE items SET popularity = (seq * 7919) % 1000 / 1000.0').run()
  const most = Number(await world.operations.prepare('SELECT MAX(max_micro) AS most FROM model_calls').first('most'))
  const dailyMicro = Math.ceil((count / DAYS) * most)
  silent()
  let days = 0
  let highest = 0
  let worstRank = 0
  const { results } = await world.catalogue
    .prepare('SELECT title FROM items ORDER BY popularity DESC, seq')
    .all<{ title: string }>()
  for (let total = 0; total < count && days < 40; days++) {
    world.clock.advance(DAY_MS)
    await runEnrichments(deps({ model: 'm-2', dailyMicro }))
    const spent = await world.operations
      .prepare(
        'SELECT MAX(sum) AS most FROM (SELECT SUM(spent_micro + reserved_micro) AS sum FROM spend WHERE day > ?1 GROUP BY day)',
      )
      .bind(iso(NOW).slice(0, 10))
      .first<number>('most')
    highest = Math.max(highest, spent ?? 0)
    const today = asked().items
    total += today
    if (days === 0) worstRank = await lastRank(world, results, today)
    if (total === count) note('calls for another model', total)
  }
  note('days that its budget took', days, days > 1 && days <= DAYS + 1)
  note('most that a day cost, of its budget', `${highest} of ${dailyMicro}`, highest <= dailyMicro)
  note('places beyond the most popular on the first day', worstRank, worstRank === 0)
}

/** How far beyond the first `asked` places by popularity the first day's items lie. */
async function lastRank(world: World, byPopularity: ReadonlyArray<{ title: string }>, asked: number): Promise<number> {
  const { results } = await world.catalogue
    .prepare(`SELECT i.title FROM enrichments e JOIN items i ON i.id = e.item WHERE e.recipe LIKE '%unit/m-2%'`)
    .all<{ title: string }>()
  const rank = new Map(byPopularity.map((row, index) => [row.title, index]))
  return Math.max(0, ...results.map((row) => rank.get(row.title)! + 1 - asked))
}

async function atOnce({ world, provider }: Bench, note: Note): Promise<void> {
  world.clock.advance(DAY_MS)
  provider.chats.length = 0
  const call = (index: number) => ({
    ...{
      key: `burst-${String(index).padStart(4, '0')}`,
      shop: SHOP,
      purpose: 'burst',
      system: 's',
      user: JSON.stringify({ facts: { title: 't' } }),
    },
    ...{ schemaName: 'n', schema: { properties: {} }, maxOutputTokens: 10 },
  })
  const dailyMicro = 40_000
  const isolates = Array.from({ length: 8 }, () => completerOf(world, provider, { dailyMicro }))
  const results = await Promise.all(
    Array.from({ length: 1_000 }, (_, index) => isolates[index % 8]!.complete(call(index % 500), 30_000)),
  )
  const spent = Number(
    await world.operations
      .prepare(`SELECT spent_micro + reserved_micro AS sum FROM spend WHERE purpose = 'burst'`)
      .first('sum'),
  )
  const keys = results.filter((one) => one.ok && !one.cached).map((one) => one.key)
  note('paid calls of a thousand at once for 500 keys', keys.length, keys.length === new Set(keys).size)
  note('their cost, of the budget', `${spent} of ${dailyMicro}`, spent <= dailyMicro && spent > 0)
}

async function together(lines: readonly ItemLine[], note: Note): Promise<void> {
  const { world, provider, deps } = await benchWith(lines)
  try {
    const local = depsOf(world, scriptedModel([]))
    await catchUp(local)
    let rounds = 0
    for (; rounds < 10; rounds++) {
      await runEnrichments(deps({ batch: true }))
      const open = [...provider.batches].filter(([, batch]) => batch.status === 'in_progress')
      if (open.length === 0) break
      for (const [id, batch] of open) {
        const bodies = new Map(
          provider.files
            .get(batch.input_file_id as string)!
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as { custom_id: string; body: never })
            .map((one) => [one.custom_id, one.body]),
        )
        let lineNumber = 0
        // Every twentieth expires.
        provider.endBatch(id, 'completed', (key) =>
          lineNumber++ % 20 === 0
            ? null
            : {
                file: 'output',
                line: { response: { status_code: 200, body: completion(emptyAnswer(bodies.get(key)!)) } },
              },
        )
      }
    }
    const sent = provider.uploads.reduce((total, text) => total + text.split('\n').filter(Boolean).length, 0)
    const paid = Number(await world.operations.prepare(`SELECT SUM(calls) AS calls FROM spend`).first('calls'))
    note('lines sent in batches, one in twenty expiring', sent)
    note('answers paid, in batches and one by one', paid, paid === lines.length)
    note('of them one by one', provider.chats.length)
  } finally {
    await provider.close()
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
  const { figures, failures } = await measureEnrichmentCalls(values.quick ? QUICK_ITEMS : FULL_ITEMS)
  for (const [what, value] of figures) console.log(`${what}: ${value}`)
  for (const failure of failures) console.error(`not kept: ${failure}`)
  process.exitCode = failures.length === 0 ? 0 : 1
}
