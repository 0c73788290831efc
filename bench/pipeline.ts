/**
 * The pipeline's own CPU: `recommend()` in process over stores that answer from memory at once. Every answer was given
 * by the real stores in a first pass, so the work is the real work without any storage in it.
 */
import { basename } from 'node:path'
import type { RecommendationRequest } from '../shared/domain/recommendation.ts'
import { createStages } from '../shared/observe/stages.ts'
import { recommend } from '../shared/recommend.ts'
import { requestOf } from '../tests/support/ask.ts'
import { datasetShop, demoShop } from '../tests/support/shops.ts'
import { createWorld, type ShelfParts, type World } from '../tests/support/world.ts'
import { median, quantile } from './load.ts'
import { printTable, type Row } from './table.ts'

type Call = (...args: unknown[]) => Promise<unknown>

/** Answers of a store's methods in the order in which they were given. */
class Tape {
  readonly #answers = new Map<string, unknown[]>()
  #next = new Map<string, number>()

  rewind(): void {
    this.#next = new Map()
  }

  record<T extends object>(name: string, store: T): T {
    return this.#wrap(name, store, async (method, call, args) => {
      const answer = await call(...args)
      const list = this.#answers.get(method) ?? []
      list.push(answer)
      this.#answers.set(method, list)
      return answer
    })
  }

  replay<T extends object>(name: string, store: T): T {
    return this.#wrap(name, store, async (method) => {
      const index = this.#next.get(method) ?? 0
      this.#next.set(method, index + 1)
      const list = this.#answers.get(method) ?? []
      if (index >= list.length) throw new Error(`${method} was not asked so often when the answers were recorded`)
      return list[index]
    })
  }

  #wrap<T extends object>(
    name: string,
    store: T,
    answer: (method: string, call: Call, args: unknown[]) => Promise<unknown>,
  ): T {
    const methods = Object.entries(store).map(([key, value]) => {
      const method = `${name}.${key}`
      return [key, (...args: unknown[]) => answer(method, value as Call, args)]
    })
    return Object.fromEntries(methods) as T
  }
}

function onTape(parts: ShelfParts, tape: Tape, mode: 'record' | 'replay'): ShelfParts {
  const taped = <T extends object>(name: string, store: T): T =>
    mode === 'record' ? tape.record(name, store) : tape.replay(name, store)
  const { lists } = taped('learning', { lists: parts.lists })
  const { embed } = taped('model', { embed: parts.embed })
  return {
    ...parts,
    reads: taped('reads', parts.reads),
    live: taped('live', parts.live),
    vectors: taped('vectors', parts.vectors),
    cache: taped('cache', parts.cache),
    lists,
    embed,
  }
}

/** Passes over the same requests; the first of them warms the engine. */
const PASSES = 6

/** @returns milliseconds of CPU per kind of shelf */
export async function benchPipeline(options: { quick: boolean; dataset: string; json: boolean }): Promise<Row[]> {
  const data = datasetShop(options.dataset) ?? demoShop('hearth-and-field')
  const world = await createWorld(data)
  const rows: Row[] = []
  for (const [kind, bodies] of Object.entries(requestsOf(world, options.quick ? 40 : 200))) {
    const tapes = bodies.map(() => new Tape())
    const location = await world.location()
    const isolate = location.isolate()
    for (const [index, body] of bodies.entries()) await once(world, onTape(isolate, tapes[index]!, 'record'), body)
    const times: number[] = []
    for (let pass = 0; pass < PASSES; pass++) {
      for (const [index, body] of bodies.entries()) {
        tapes[index]!.rewind()
        const took = await once(world, onTape(isolate, tapes[index]!, 'replay'), body)
        if (pass > 0) times.push(took)
      }
    }
    times.sort((a, b) => a - b)
    rows.push({ shelf: kind, requests: bodies.length, 'median ms': median(times), 'p99 ms': quantile(times, 0.99) })
  }
  if (options.json) console.log(JSON.stringify({ dataset: basename(options.dataset), rows }, null, 2))
  else printTable(rows)
  return rows
}

async function once(world: World, parts: ShelfParts, body: Partial<RecommendationRequest>): Promise<number> {
  const startedAt = performance.now()
  const request = requestOf(world.config, body)
  const answer = await recommend(request, { ...parts, defer: () => {} }, createStages(world.clock))
  const took = performance.now() - startedAt
  if (answer.rung !== 'L2') throw new Error(`a shelf came from ${answer.rung} (${answer.degraded.join(', ')})`)
  return took
}

function requestsOf(world: World, count: number): Record<string, Array<Partial<RecommendationRequest>>> {
  const shoppers = [...new Set(world.data.events.map((event) => (event as { user_id: string }).user_id))].slice(
    0,
    count,
  )
  const items = world.data.items.slice(0, count).map((item) => item.id)
  const pastOf = (user: string) =>
    world.data.events
      .filter((event) => (event as { user_id: string }).user_id === user)
      .slice(-60)
      .map((event): [string, number] => {
        const { item_id, occurred_at } = event as { item_id: string; occurred_at: string }
        return [item_id, Date.parse(occurred_at) / 1_000]
      })
  return {
    'home, past from the live store': shoppers.map((user_id) => ({ placement: 'home', user_id })),
    'home, 60 past items in the request': shoppers.map((user) => ({ placement: 'home', history: pastOf(user) })),
    'product, one seed': items.map((id, index) => ({
      placement: 'product',
      item_ids: [id],
      user_id: shoppers[index % shoppers.length]!,
    })),
    'cart of three': items.map((id, index) => ({
      placement: 'cart',
      cart_item_ids: [id, items[(index + 7) % items.length]!, items[(index + 13) % items.length]!],
    })),
  }
}
