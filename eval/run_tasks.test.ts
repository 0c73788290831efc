import { createHash } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { seededRng } from '../shared/base/rng.ts'
import { type Dataset, openDataset } from './dataset/dataset.ts'
import type { DatasetEvent, Task, TaskSpec } from './dataset/format.ts'
import { kindOf, viewsOf } from './dataset/task_view.ts'
import { scoreTasks } from './evaluate.ts'
import { EvalFailure } from './failure.ts'
import { itemFacts } from './metrics/measures.ts'
import { askPipeline } from './pipeline/ask.ts'
import { type EvalShop, openShop } from './pipeline/shop.ts'
import type { Ranker } from './rankers/ranker.ts'
import { runTasks } from './run_tasks.ts'
import { BORDERS, type Generated, generate, shuffledEquals, writeDataset } from './testing/generated.ts'

const SEED = 11
const SILENT = { step: () => {}, at: () => {}, clear: () => {} }
const OPTIONS = { seed: 1, against: null, rankers: null, limitTasks: null }

const written: Array<{ remove(): Promise<void> }> = []
afterAll(async () => {
  for (const one of written) await one.remove()
})
async function open(data: Generated): Promise<Dataset> {
  const one = await writeDataset(data)
  written.push(one)
  return openDataset(one.folder)
}

/** Everything that a shop has learned, and what it answers. @param leak what it learns from in place of what it may */
async function traces(
  dataset: Dataset,
  name: string,
  leak: Partial<TaskSpec> = {},
): Promise<{ learned: string; answers: string[][] }> {
  const file = dataset.tasks(name)
  const shop = await openShop(dataset, { ...file.spec, ...leak })
  const answers: string[][] = []
  for (const task of file.tasks) answers.push(await askPipeline(shop, kindOf(file), task))
  return { learned: await digestOf(shop), answers }
}

/** A digest of every row of the catalogue's database and of every value in KV. */
async function digestOf({ world }: EvalShop): Promise<string> {
  const all = (sql: string) => world.rawCatalogue.execute([{ sql, params: [] }])[0]!.rows
  const plain = (_: string, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
  const hash = createHash('sha256')
  for (const [name] of all(`SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`)) {
    const rows = all(`SELECT * FROM "${String(name)}"`).map((row) => JSON.stringify(row, plain))
    hash.update(`${String(name)}\n${rows.sort().join('\n')}\n`)
  }
  let cursor: string | undefined
  do {
    const page = await world.everywhereKv.list(cursor === undefined ? {} : { cursor })
    for (const { name } of page.keys) {
      hash.update(`${name}\n`)
      hash.update(Buffer.from((await world.everywhereKv.get(name, 'arrayBuffer')) ?? new ArrayBuffer(0)))
    }
    cursor = page.list_complete ? undefined : page.cursor
  } while (cursor !== undefined)
  return hash.digest('hex')
}

/** What lies at or after the border becomes other items of other shoppers. */
function withCanary(data: Generated): Generated {
  const events = data.events.map((event) =>
    (event.ts as number) < BORDERS.test
      ? event
      : { ...event, user: `canary ${String(event.user)}`, item: `i${(Number(String(event.item).slice(1)) + 7) % 60}` },
  )
  return { ...data, events }
}

describe('no target reaches learning', () => {
  test('what comes after the border changes no answer and no learned byte', async () => {
    const data = generate(SEED)
    const honest = await traces(await open(data), 'next.test')
    expect(await traces(await open(withCanary(data)), 'next.test')).toEqual(honest)
    // The control lets one day too many in.
    const leak = { learnBefore: BORDERS.test + 86_400 }
    const before = await traces(await open(data), 'next.test', leak)
    const after = await traces(await open(withCanary(data)), 'next.test', leak)
    expect(after.learned).not.toBe(before.learned)
    expect(after.answers).not.toEqual(before.answers)
  })
})

describe('items of one second are a set', () => {
  const judge = async (dataset: Dataset, ranker: Ranker, name: string): Promise<number[]> => {
    const views = viewsOf(dataset.tasks(name), dataset)
    const vectors = dataset.items.map(() => new Float32Array(1))
    const facts = itemFacts(new Float64Array(dataset.items.length), 0, vectors)
    const { columns } = await scoreTasks(ranker, views, dataset.items.length, facts, 1)
    return [...columns[0]!, ...columns[2]!]
  }

  test.each(['next.test', 'basket.test', 'again.test', 'rerank.test'])(
    'shuffling them changes nothing: %s',
    async (task) => {
      const data = generate(SEED)
      const reports = []
      for (const one of [data, shuffledEquals(data, seededRng(5))]) {
        const report = await runTasks(await open(one), { ...OPTIONS, task }, SILENT)
        reports.push({ rankers: report.rankers, buckets: report.buckets })
      }
      expect(reports[1]).toEqual(reports[0])
    },
  )

  test('a ranker that looks at the order of a list is noticed', async () => {
    const data = generate(SEED)
    const lastListed = (dataset: Dataset): Ranker => ({
      name: 'last-listed',
      score(task: Task, out) {
        if (!('history' in task)) return
        const last = task.history.at(-1)
        const from = last === undefined ? 0 : dataset.index.get(last[0])!
        for (let at = 0; at < out.length; at++) out[(from + at) % out.length] = out.length - at
      },
    })
    const results = []
    for (const one of [data, shuffledEquals(data, seededRng(5))]) {
      const dataset = await open(one)
      results.push(await judge(dataset, lastListed(dataset), 'next.test'))
    }
    expect(results[1]).not.toEqual(results[0])
  })
})

describe('a run', () => {
  test('reports every ranker with intervals, differences and buckets', async () => {
    const dataset = await open(generate(SEED))
    const report = await runTasks(dataset, { ...OPTIONS, task: 'next.test', against: 'ease' }, SILENT)
    expect(report).toMatchObject({ dataset: `generated-${SEED}`, task: 'next.test', kind: 'next', skipped: {} })
    expect(report.n).toBe(dataset.tasks('next.test').tasks.length)
    const names = [
      'popularity',
      'bm25',
      'text-vectors',
      'item-knn',
      'ease-100',
      'ease-400',
      'ease-baskets',
      'shelfwise',
    ]
    expect(Object.keys(report.rankers)).toEqual(expect.arrayContaining(names))
    for (const figures of Object.values(report.rankers)) {
      for (const measure of ['ndcg@10', 'hr@1', 'recall@20', 'mrr', 'auc', 'novelty@10', 'popularity-share@10']) {
        const { value, lo, hi } = figures[measure]!
        expect(value).toBeGreaterThanOrEqual(lo!)
        expect(value).toBeLessThanOrEqual(hi!)
      }
    }
    const best = Object.keys(report.paired)[0]!.split(' - ')[1]!
    expect(best.startsWith('ease-')).toBe(true)
    for (const name of names.filter((one) => one.startsWith('ease-')))
      expect(report.rankers[best]!['ndcg@10']!.value).toBeGreaterThanOrEqual(report.rankers[name]!['ndcg@10']!.value)
    expect(Object.values(report.buckets).reduce((sum, bucket) => sum + bucket.n, 0)).toBe(report.n)
    // Taste is what the shoppers were made with: whoever learns it beats the popular.
    expect(report.rankers.shelfwise!['ndcg@10']!.value).toBeGreaterThan(report.rankers.popularity!['ndcg@10']!.value)
  })

  test('candidates alone are ranked', async () => {
    const dataset = await open(generate(SEED))
    const file = dataset.tasks('rerank.test')
    const shop = await openShop(dataset, file.spec)
    for (const task of file.tasks) {
      const ids = await askPipeline(shop, kindOf(file), task)
      if (!('candidates' in task)) throw new Error('a task has candidates')
      expect(ids.every((id) => task.candidates!.includes(id))).toBe(true)
    }
    const report = await runTasks(dataset, { ...OPTIONS, task: 'rerank.test' }, SILENT)
    expect(report.kind).toBe('rerank')
    expect(report.rankers.shelfwise!['hr@20']!.value).toBe(1)
  })

  test('searches are reported on odd lines', async () => {
    const dataset = await open(generate(SEED))
    const report = await runTasks(dataset, { ...OPTIONS, task: 'find.test' }, SILENT)
    expect(report.n).toBe(dataset.tasks('find.test').tasks.length / 2)
    expect(Object.keys(report.rankers)).toEqual(
      expect.arrayContaining(['tf-idf', 'bm25', 'words', 'text-vectors', 'shelfwise']),
    )
    expect(report.rankers.bm25!['hr@10']!.value).toBe(1)
  })

  test('weights are fitted on valid, with what valid may learn from', async () => {
    const dataset = await open(generate(SEED))
    const seen: Array<{ learnBefore: number | undefined; tasks: number; newest: string }> = []
    let used = 0
    await runTasks(
      dataset,
      { ...OPTIONS, task: 'next.test', rankers: ['shelfwise'] },
      SILENT,
      async (shop, _kind, tasks) => {
        const events = shop.world.data.events as Array<{ occurred_at: string }>
        const newest = events
          .map((event) => event.occurred_at)
          .sort()
          .at(-1)!
        seen.push({ learnBefore: shop.spec.learnBefore, tasks: tasks.length, newest })
        return (parts) => {
          used += 1
          return parts
        }
      },
    )
    expect(seen).toHaveLength(1)
    expect(seen[0]!.learnBefore).toBe(BORDERS.valid)
    expect(seen[0]!.tasks).toBe(dataset.tasks('next.valid').tasks.length)
    expect(Date.parse(seen[0]!.newest)).toBeLessThan(BORDERS.valid * 1_000)
    expect(used).toBe(dataset.tasks('next.test').tasks.length)
  })

  test('an unknown ranker is refused', async () => {
    const dataset = await open(generate(SEED))
    const run = runTasks(dataset, { ...OPTIONS, task: 'next.test', rankers: ['nothing'] }, SILENT)
    await expect(run).rejects.toThrow(EvalFailure)
  })
})

test('a shop is sent what may be learned, and takes nothing that lies ahead of it', async () => {
  const dataset = await open(generate(SEED))
  const { spec } = dataset.tasks('next.test')
  const shop = await openShop(dataset, spec)
  const sent = shop.world.data.events as Array<{ occurred_at: string }>
  const allowed: DatasetEvent[] = dataset.learnable(spec)
  expect(sent).toHaveLength(allowed.length)
  expect(Math.max(...sent.map((event) => Date.parse(event.occurred_at)))).toBeLessThan(BORDERS.test * 1_000)
  await expect(openShop(dataset, spec, dataset.learnable({ exclude: [] }))).rejects.toThrow('events refused')
})
