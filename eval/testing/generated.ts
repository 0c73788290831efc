import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Rng, seededRng } from '../../shared/base/rng.ts'

const DAY = 86_400
/** The first event's second. */
const START = 1_700_000_000
/** When `valid` ends what may be learned, and when `test` does. */
export const BORDERS = { valid: START + 60 * DAY, test: START + 80 * DAY } as const

const TOPICS = [
  ['teapot', 'steep', 'porcelain'],
  ['lantern', 'glow', 'brass'],
  ['blanket', 'warm', 'wool'],
  ['kettle', 'boil', 'copper'],
  ['puzzle', 'play', 'wooden'],
  ['garden', 'grow', 'clay'],
] as const

export interface Line {
  [field: string]: unknown
}

export interface Generated {
  items: Line[]
  events: Line[]
  tasks: Record<string, Line[]>
  description: Line
}

/**
 * A small shop whose shoppers keep to a topic or two, in the dataset format. Events go on after both borders, as in a
 * dataset that is split at a moment; several items have one second, as in a basket.
 */
export function generate(seed: number, itemCount = 60, userCount = 60): Generated {
  const rng = seededRng(seed)
  const items = Array.from({ length: itemCount }, (_, at) => itemLine(at, rng))
  const events: Line[] = []
  const tasks: Record<string, Line[]> = {}
  for (let user = 0; user < userCount; user++) addShopper(user, itemCount, rng, events, tasks)
  tasks['find.test'] = TOPICS.flatMap((words, topic) =>
    words.map((query) => ({ query, grades: gradesOf(items, topic, query) })),
  )
  const spec = (learnBefore: number, exclude: string[]) => ({ learnBefore, exclude })
  const described: Record<string, unknown> = {}
  for (const part of ['valid', 'test'] as const) {
    described[`next.${part}`] = spec(BORDERS[part], ['history'])
    described[`basket.${part}`] = spec(BORDERS[part], ['cart'])
    described[`again.${part}`] = spec(BORDERS[part], [])
    described[`rerank.${part}`] = spec(BORDERS[part], ['history'])
  }
  const description = { name: `generated-${seed}`, description: 'A shop that was made up', tasks: described }
  return { items, events: events.sort((a, b) => (a.ts as number) - (b.ts as number)), tasks, description }
}

const topicOf = (item: number) => item % TOPICS.length

function itemLine(at: number, rng: Rng): Line {
  const [noun, verb, material] = TOPICS[topicOf(at)]!
  return {
    id: `i${at}`,
    title: `${rng.pick(['Small', 'Large', 'Old', 'Fine'])} ${noun} ${at}`,
    description: `A ${material} ${noun} to ${verb} with.`,
    categories: [noun],
    price: { amount: 500 + rng.int(5_000), currency: 'EUR' },
  }
}

const gradesOf = (items: readonly Line[], topic: number, query: string): Record<string, number> =>
  Object.fromEntries(items.flatMap(({ id }, at) => (topicOf(at) === topic ? [[id, query.length > 5 ? 2 : 1]] : [])))

function addShopper(user: number, items: number, rng: Rng, events: Line[], tasks: Record<string, Line[]>): void {
  const liked = [rng.int(TOPICS.length), rng.int(TOPICS.length)]
  const name = `u${user}`
  const country = rng.pick(['DE', 'FR'])
  const basket = (): string[] => {
    const chosen = new Set<string>()
    const per = items / TOPICS.length
    while (chosen.size < 3) {
      const topic = rng.next() < 0.9 ? rng.pick(liked) : rng.int(TOPICS.length)
      // The first items of a topic are bought more than the last.
      chosen.add(`i${topic + TOPICS.length * Math.floor(per * rng.next() ** 2)}`)
    }
    return [...chosen]
  }
  const past: Array<[string, number]> = []
  const buy = (ts: number, ids: readonly string[]) => {
    for (const item of ids) {
      events.push({ user: name, item, type: 'purchase', ts, session: `${name} ${ts}`, country })
      if (!past.some(([id]) => id === item)) past.push([item, ts])
    }
  }
  const ask = (part: 'valid' | 'test') => {
    const at = BORDERS[part] + rng.int(10 * DAY)
    const ids = basket()
    const history = [...past]
    const known = new Set(history.map(([id]) => id))
    const task = { user: name, history, at, country }
    const add = (kind: string, line: Line) => {
      const list = tasks[`${kind}.${part}`] ?? []
      tasks[`${kind}.${part}`] = list
      list.push(line)
    }
    const fresh = ids.filter((id) => !known.has(id))
    if (fresh.length > 0) {
      add('next', { ...task, target: fresh })
      const others = Array.from({ length: 12 }, () => `i${rng.int(items)}`).filter((id) => !known.has(id))
      add('rerank', { ...task, target: fresh, candidates: rng.shuffle([...new Set([...others, ...fresh])]) })
    }
    if (fresh.length < ids.length) add('again', { ...task, target: ids.filter((id) => known.has(id)) })
    add('basket', { ...task, cart: ids.slice(0, 1), target: ids.slice(1) })
    buy(at, ids)
  }
  for (let visit = 0; visit < 3 + rng.int(3); visit++) buy(START + rng.int(58 * DAY), basket())
  past.sort((a, b) => a[1] - b[1])
  ask('valid')
  ask('test')
}

/** Writes a dataset's folder; it goes with the test that asked for it. */
export async function writeDataset({
  items,
  events,
  tasks,
  description,
}: Generated): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'shelfwise-eval-'))
  const lines = (list: readonly Line[]) => gzipSync(list.map((line) => `${JSON.stringify(line)}\n`).join(''))
  await mkdir(join(folder, 'tasks'))
  await writeFile(join(folder, 'dataset.json'), JSON.stringify(description))
  await writeFile(join(folder, 'items.jsonl.gz'), lines(items))
  await writeFile(join(folder, 'events.jsonl.gz'), lines(events))
  for (const [name, list] of Object.entries(tasks))
    await writeFile(join(folder, 'tasks', `${name}.jsonl.gz`), lines(list))
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** Lists items of one second in another order, and events too: nothing may notice. */
export function shuffledEquals(data: Generated, rng: Rng): Generated {
  const byMoment = <T>(list: readonly T[], moment: (entry: T) => number): T[] =>
    rng.shuffle(list).sort((a, b) => moment(a) - moment(b))
  const mixTask = (task: Line): Line => ({
    ...task,
    ...(Array.isArray(task.history)
      ? { history: byMoment(task.history as Array<[string, number]>, ([, ts]) => ts) }
      : {}),
    ...(Array.isArray(task.cart) ? { cart: rng.shuffle(task.cart) } : {}),
  })
  return {
    ...data,
    events: byMoment(data.events, (event) => event.ts as number),
    tasks: Object.fromEntries(Object.entries(data.tasks).map(([name, list]) => [name, list.map(mixTask)])),
  }
}
