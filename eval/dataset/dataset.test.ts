import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { EvalFailure } from '../failure.ts'
import { BORDERS, type Generated, generate, writeDataset } from '../testing/generated.ts'
import { openDataset, validNameOf } from './dataset.ts'
import { kindOf, viewsOf } from './task_view.ts'

const SEED = 3
const written: Array<{ remove(): Promise<void> }> = []
afterAll(async () => {
  for (const one of written) await one.remove()
})

async function folderOf(data: Generated = generate(SEED)): Promise<string> {
  const one = await writeDataset(data)
  written.push(one)
  return one.folder
}

const refusal = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    expect(error).toBeInstanceOf(EvalFailure)
    return (error as Error).message
  }
  throw new Error('nothing was refused')
}

test('a folder in the format is read whole', async () => {
  const data = generate(SEED)
  const dataset = openDataset(await folderOf(data))
  expect(dataset.name).toBe(`generated-${SEED}`)
  expect(dataset.items).toHaveLength(data.items.length)
  expect(dataset.learnable({ exclude: [] })).toHaveLength(data.events.length)
  expect(dataset.taskNames).toContain('next.test')
  expect(dataset.taskNames.map((name) => kindOf(dataset.tasks(name)))).toEqual([
    'again',
    'again',
    'cart',
    'cart',
    'search',
    'next',
    'next',
    'rerank',
    'rerank',
  ])
  expect([
    validNameOf(dataset, 'next.test'),
    validNameOf(dataset, 'next.valid'),
    validNameOf(dataset, 'find.test'),
  ]).toEqual(['next.valid', null, null])
})

test('learning gets what lies before its border, and nothing else', async () => {
  const dataset = openDataset(await folderOf())
  const all = dataset.learnable({ exclude: [] })
  for (const name of ['next.valid', 'next.test']) {
    const { spec } = dataset.tasks(name)
    const learnable = dataset.learnable(spec)
    expect(learnable.every((event) => event.ts < spec.learnBefore!)).toBe(true)
    expect(learnable).toHaveLength(all.filter((event) => event.ts < spec.learnBefore!).length)
    expect(learnable.length).toBeLessThan(all.length)
  }
})

test('what a task ranks is what the format says', async () => {
  const dataset = openDataset(await folderOf())
  const titled = (pool: Int32Array) => new Set([...pool].map((item) => dataset.items[item]!.id))
  for (const name of ['next.test', 'basket.test', 'again.test', 'rerank.test']) {
    const file = dataset.tasks(name)
    for (const [at, { pool, gains, ideal }] of viewsOf(file, dataset).entries()) {
      const task = file.tasks[at]!
      if (!('history' in task)) throw new Error('no search was asked for')
      const ranked = titled(pool)
      const history = task.history.map(([id]) => id)
      if (name === 'next.test') expect(history.some((id) => ranked.has(id))).toBe(false)
      if (name === 'basket.test') expect(task.cart.some((id) => ranked.has(id))).toBe(false)
      if (name === 'again.test') expect(ranked).toEqual(new Set(history))
      if (name === 'rerank.test') expect(ranked).toEqual(new Set(task.candidates))
      expect(gains.size).toBe(ideal.length)
    }
  }
})

test('what is not in the format is refused with its file and line', async () => {
  expect(refusal(() => openDataset('/nowhere/at/all'))).toContain('no such folder')
  const folder = await folderOf()
  const dataset = openDataset(folder)
  expect(refusal(() => dataset.tasks('other'))).toContain('no task "other"')
  const bad = async (file: string, lines: string[], work: () => unknown): Promise<string> => {
    await writeFile(join(folder, file), gzipSync(lines.join('\n')))
    return refusal(work)
  }
  const task = '{"user":"u","history":[],"target":["i1"]}'
  const read = () => openDataset(folder).tasks('next.test')
  const tasks = 'tasks/next.test.jsonl.gz'
  expect(await bad(tasks, [task, '{'], read)).toMatch(/next\.test\.jsonl\.gz:2: not JSON/)
  expect(await bad(tasks, [task, '{"user":"u"}'], read)).toMatch(/next\.test\.jsonl\.gz:2: /)
  expect(await bad(tasks, [task, '{"query":"x","grades":{}}'], read)).toContain('mixed')
  const early = { user: 'u', history: [], target: ['i1'], at: BORDERS.test - 1 }
  expect(await bad(tasks, [JSON.stringify(early)], read)).toContain(':1: /at lies before')
  const events = () => openDataset(folder).learnable({ exclude: [] })
  expect(await bad('events.jsonl.gz', ['{"user":"u","item":"i","type":"rating","ts":1}'], events)).toContain(
    'a rating has a value',
  )
  expect(await bad('items.jsonl.gz', ['{"id":"a","title":"A"}', '{"id":"a","title":"B"}'], events)).toContain(
    ':2: item a stands here a second time',
  )
  await writeFile(join(folder, 'dataset.json'), '{"name":""}')
  expect(refusal(events)).toContain('dataset.json')
})
