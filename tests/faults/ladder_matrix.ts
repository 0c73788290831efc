/** Every way in which the dependencies of a shelf fail together, asked of the running stack, and what each answer owes. */
import { DEADLINES } from '../../shared/domain/limits.ts'
import { type Rung, recommendationResponseSchema } from '../../shared/domain/recommendation.ts'
import { type LaneOrder, MODES, type Mode, PARTS, type Part } from './ladder_lanes.ts'
import { type Ask, KNOWN_SHOPPER, type LadderStack, type Timed } from './ladder_stack.ts'
import { type Kind as OutageKind, type Part as OutagePart, rungOwed } from './outages.ts'

export interface Cell {
  failing: Part[]
  mode: Mode
  /** Whether the isolate has answered before anything failed. */
  warm: boolean
  /** Of what is drawn where answers are spoilt. */
  seed: number
}

/** Beside the deadlines of a shelf: parsing, signing and the noise of a machine that others use too. */
export const SLACK_MS = 250
/** A fresh isolate learns its shop first: from D1, then from KV. */
const CONFIG_MS = 2 * DEADLINES.config

/** The kinds of shelves; `shared` is one that many shoppers see alike, from KV where it can be. */
export const SHELVES = ['home', 'product', 'cart', 'query', 'shared', 'rerank'] as const
/** Reads that tell of one thing: of it, or that it cannot be told now. There is no rung below the truth. */
export const TOLD = ['item', 'audience', 'explain', 'call'] as const
export const KINDS = [...SHELVES, ...TOLD] as const
export type Kind = (typeof KINDS)[number]
const isTold = (kind: Kind): boolean => (TOLD as readonly Kind[]).includes(kind)

export const allCells = (seed: number): Cell[] =>
  MODES.flatMap((mode, row) =>
    subsets().flatMap((failing, column) =>
      [true, false].map((warm) => ({ failing, mode, warm, seed: seed + 2 * (row * 31 + column) + Number(warm) })),
    ),
  )

/** Every subset once, the modes in turn, warm and fresh isolates in turn. */
export const someCells = (seed: number): Cell[] =>
  subsets().map((failing, at) => ({
    failing,
    mode: MODES[(at + seed) % 4]!,
    warm: (at >> 2) % 2 === 0,
    seed: seed + at,
  }))

const subsets = (): Part[][] =>
  Array.from({ length: 2 ** PARTS.length - 1 }, (_, n) => PARTS.filter((_part, bit) => ((n + 1) >> bit) & 1))

export function askOf(kind: Kind, { data }: LadderStack): Ask {
  const [first, second, third] = data.items.slice(0, 3) as [ShopItem, ShopItem, ShopItem]
  const post = (json: Record<string, unknown>): Ask => ({ method: 'POST', path: '/v1/recommendations', json })
  switch (kind) {
    case 'home':
      return post({ placement: 'home', user_id: KNOWN_SHOPPER })
    case 'product':
      return post({ placement: 'product', user_id: 'u-product', item_ids: [first.id], recent: [] })
    case 'cart':
      return post({ placement: 'cart', user_id: 'u-cart', cart_item_ids: [first.id, second.id], recent: [] })
    case 'query':
      return post({ placement: 'generic', query: 'kettle for tea', user_id: 'u-query', recent: [] })
    case 'shared': {
      const query = new URLSearchParams({ placement: 'product', item_ids: third.id })
      return { method: 'GET', path: `/v1/recommendations?${query}` }
    }
    case 'rerank': {
      const candidate_item_ids = data.items.slice(0, 20).map((item) => item.id)
      return { method: 'POST', path: '/v1/rerank', json: { placement: 'home', candidate_item_ids, recent: [] } }
    }
    case 'item':
      return { method: 'GET', path: `/v1/items/${first.id}` }
    case 'audience':
      return { method: 'GET', path: `/v1/items/${second.id}/audience` }
    case 'explain': {
      const query = new URLSearchParams({ placement: 'product', item_ids: third.id, item_id: first.id })
      return { method: 'GET', path: `/v1/explain?${query}` }
    }
    case 'call':
      return { method: 'GET', path: '/v1/model/calls/none' }
  }
}

type ShopItem = LadderStack['data']['items'][number]

const OUTAGES: Record<Part, OutagePart> = {
  ...{ d1: 'd1', kv: 'cache', vectorize: 'vectors', upstash: 'live', model: 'model' },
}

/** The rungs that may answer; null where the request has to fail with `unavailable`. */
export function rungsOwed(kind: Kind, failing: readonly Part[], { warm, mode }: Pick<Cell, 'warm' | 'mode'>) {
  const names = failing.map((part) => OUTAGES[part])
  const owed = rungOf(kind, names, warm)
  const rungs = new Set<Rung | null>([owed])
  // A shared shelf that an isolate holds, or KV, needs nothing of D1 for ten seconds.
  if (kind === 'shared' && warm) rungs.add('L2')
  // What is spoilt in a place where nobody looks costs nothing, and what is spoilt in one item costs that item.
  if (mode === 'garbage') for (const rung of BETTER[owed ?? 'none']) rungs.add(rung)
  return rungs
}

function rungOf(kind: Kind, failing: readonly OutagePart[], warm: boolean): Rung | null {
  if (kind === 'shared') return rungOwed('product', failing, warm)
  if (kind === 'rerank') {
    // The shop's own candidates, told by KV alone: neighbours of nothing. Without their cards there is nothing to order.
    const rung = rungOwed('home', [...failing, 'live'], warm)
    return rung === 'L5' ? null : rung
  }
  return rungOwed(kind as OutageKind, failing, warm)
}

const BETTER: Record<Rung | 'none', readonly Rung[]> = {
  ...{ none: ['L2', 'L3', 'L4', 'L5'], L5: ['L2', 'L3', 'L4'], L4: ['L2', 'L3'], L3: ['L2'], L2: [], L1: [], L0: [] },
}

export interface CellReport {
  answers: number
  /** By rung, and by the code of a problem. */
  outcomes: Record<string, number>
  latestMs: number
  faults: string[]
}

/** Asks every kind of a lane in the cell's state, all at once, and judges the answers by what `claimed` fails. */
export async function runCell(stack: LadderStack, cell: Cell, more: Partial<Judging> = {}): Promise<CellReport> {
  const { claimed = cell.failing, kinds = KINDS, broken } = more
  const order: Omit<LaneOrder, 'lane'> = { seed: cell.seed, ...(broken === undefined ? {} : { broken }) }
  const failing = { ...order, failing: cell.failing, mode: cell.mode }
  const report: CellReport = { answers: 0, outcomes: {}, latestMs: 0, faults: [] }
  const lanes = new Map<Kind, string>()
  const shared = cell.warm ? await stack.open(order) : null
  if (shared !== null) {
    await Promise.all(kinds.map((kind) => stack.ask(shared, askOf(kind, stack))))
    await stack.tell({ ...failing, lane: shared })
  }
  for (const kind of kinds) lanes.set(kind, shared ?? (await stack.open(failing)))
  const answers = await Promise.all(
    kinds.map(async (kind) => [kind, await stack.ask(lanes.get(kind)!, askOf(kind, stack))] as const),
  )
  for (const [kind, answer] of answers) {
    const outcome = outcomeOf(answer)
    report.answers += 1
    report.outcomes[outcome] = (report.outcomes[outcome] ?? 0) + 1
    report.latestMs = Math.max(report.latestMs, answer.ms)
    const what = `${kind}, ${cell.warm ? 'warm' : 'fresh'}, ${cell.failing.join('+')} ${cell.mode} (seed ${cell.seed})`
    for (const fault of judge(stack, kind, answer, { ...cell, failing: [...claimed] }))
      report.faults.push(`${what}: ${fault}`)
  }
  for (const lane of new Set(lanes.values())) await stack.close(lane)
  return report
}

export interface Judging {
  /** What is said to fail, where that differs from what does. */
  claimed: readonly Part[]
  kinds: readonly Kind[]
  broken: NonNullable<LaneOrder['broken']>
}

const outcomeOf = ({ status, body }: Timed): string => {
  const told = body as { served?: { rung: string }; code?: string } | null
  return told?.served?.rung ?? told?.code ?? `status ${status}`
}

/** A shop whose own settings come spoilt may lack the key or the placement that is asked for. */
const isSpoiltShop = ({ failing, mode, warm }: Pick<Cell, 'failing' | 'mode' | 'warm'>): boolean =>
  mode === 'garbage' && !warm && (failing.includes('d1') || failing.includes('kv'))

/** What is wrong with an answer. */
function judge(stack: LadderStack, kind: Kind, answer: Timed, cell: Cell): string[] {
  if (isTold(kind)) return judgeTold(kind, answer, cell)
  const owed = rungsOwed(kind, cell.failing, cell)
  const outcome = outcomeOf(answer)
  const faults: string[] = []
  const limitMs = DEADLINES.total + SLACK_MS + (cell.warm ? 0 : CONFIG_MS)
  if (answer.ms > limitMs) faults.push(`${answer.ms.toFixed(0)} ms, at most ${limitMs}`)
  if (isSpoiltShop(cell) && answer.status >= 400 && answer.status < 500) return faults
  if (answer.status !== 200) {
    const isOwed = owed.has(null) && answer.status === 503 && outcome === 'unavailable'
    if (!isOwed)
      faults.push(`${answer.status} ${outcome}, owed ${[...owed].join(' or ')}: ${answer.text.slice(0, 200)}`)
    else if (!(Number(answer.headers.get('retry-after')) > 0)) faults.push('503 without Retry-After')
    return faults
  }
  const parsed = recommendationResponseSchema.safeParse(answer.body)
  if (!parsed.success) return [...faults, `not of its schema: ${parsed.error.message.slice(0, 300)}`]
  const { items, served } = parsed.data
  if (!owed.has(served.rung)) faults.push(`${served.rung} [${served.degraded.join()}], owed ${[...owed].join(' or ')}`)
  const ids = new Set(items.map((item) => item.id))
  if (ids.size < items.length) faults.push('an item twice')
  for (const id of ids) if (!stack.data.items.some((item) => item.id === id)) faults.push(`a foreign item ${id}`)
  if (cell.mode !== 'garbage' && items.length < 12) faults.push(`${items.length} items on ${served.rung}`)
  return faults
}

/** Which dependencies a read cannot do without, beside the shop's own configuration. */
const NEEDS: Record<string, Part> = { item: 'd1', audience: 'd1', explain: 'd1', call: 'model' }
/** Of an explanation: up to eight shelves, one after another where they build on each other. */
const EXPLAIN_MS = 3 * DEADLINES.total
/** Of a record from the archive. */
const CALL_MS = 2_000

function judgeTold(kind: Kind, answer: Timed, { failing, mode, warm }: Cell): string[] {
  const faults: string[] = []
  const ownMs = kind === 'call' ? CALL_MS : kind === 'explain' ? EXPLAIN_MS : DEADLINES.total
  const limitMs = ownMs + SLACK_MS + (warm ? 0 : CONFIG_MS)
  if (answer.ms > limitMs) faults.push(`${answer.ms.toFixed(0)} ms, at most ${limitMs}`)
  const hasShop = warm || !failing.includes('d1') || !failing.includes('kv')
  const isWell = !failing.includes(NEEDS[kind]!) && hasShop
  const outcome = `${answer.status} ${outcomeOf(answer)}`
  const allowed = new Set([kind === 'call' ? '404 not_found' : '200 status 200'])
  if (kind === 'explain') for (const rung of ['L2', 'L3', 'L4', 'L5']) allowed.add(`200 ${rung}`)
  if (!isWell) allowed.add('503 unavailable')
  // A spoilt row may say that there is no such thing, a spoilt answer of the model anything.
  if (mode === 'garbage' && !isWell) for (const one of ['404 not_found', '200 status 200']) allowed.add(one)
  const { status } = answer
  if (isSpoiltShop({ failing, mode, warm }) && status >= 400 && status < 500) return faults
  if (!allowed.has(outcome)) faults.push(`${outcome}: ${answer.text.slice(0, 200)}`)
  if (answer.status === 503 && !(Number(answer.headers.get('retry-after')) > 0)) faults.push('503 without Retry-After')
  return faults
}
