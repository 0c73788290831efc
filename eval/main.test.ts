import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EvalFailure, EXIT } from './failure.ts'
import { readOptions } from './options.ts'
import { firstDifference } from './run_parity.ts'
import { generate, writeDataset } from './testing/generated.ts'

const MAIN = join(import.meta.dirname, 'main.ts')

let folder: string
let remove: () => Promise<void>
beforeAll(async () => {
  const written = await writeDataset(generate(2))
  folder = written.folder
  remove = written.remove
})
afterAll(() => remove())

const run = (...args: string[]) => spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' })

test('the command line is decoded, and what it does not know is refused', () => {
  const options = readOptions(['--dataset', 'd', '--task', 't', '--rankers', 'a,b', '--limit-tasks', '5'])
  expect(options).toMatchObject({ rankers: ['a', 'b'], limitTasks: 5, seed: 1, seeds: 10, pipeline: 'process' })
  const wrong = [
    [],
    ['--dataset', 'd'],
    ['--dataset', 'd', '--task', 't', '--other'],
    ['--dataset', 'd', '--task', 't', '--seed', 'x'],
    ['--dataset', 'd', '--task', 't', '--limit-tasks', '0'],
    ['--dataset', 'd', '--cold', '1.5'],
    ['--dataset', 'd', '--task', 't', '--pipeline', 'carrier pigeon'],
    ['--dataset', 'd', '--task', 't', '--pipeline', 'http', '--url', 'http://127.0.0.1'],
  ]
  for (const args of wrong) expect(() => readOptions(args), args.join(' ')).toThrow(EvalFailure)
})

test('a wrong folder, task or ranker ends with 2 and one message', () => {
  for (const args of [
    ['--dataset', '/nowhere', '--task', 'next.test'],
    ['--dataset', folder, '--task', 'nothing'],
    ['--dataset', folder, '--task', 'next.test', '--against', 'nobody'],
  ]) {
    const { status, stderr, stdout } = run(...args)
    expect(status).toBe(EXIT.usage)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(stdout).toBe('')
  }
})

test('JSON alone stands on stdout, and nothing on a stderr that nobody looks at', () => {
  const { status, stderr, stdout } = run(
    ...['--dataset', folder, '--task', 'next.test', '--json', '--rankers', 'popularity,ease', '--against', 'ease'],
  )
  expect([status, stderr]).toEqual([EXIT.fine, ''])
  const report = JSON.parse(stdout) as Record<string, unknown>
  expect(report).toMatchObject({ dataset: 'generated-2', task: 'next.test', kind: 'next' })
  expect(Object.keys(report)).toEqual(
    expect.arrayContaining(['n', 'rankers', 'paired', 'buckets', 'skipped', 'seconds', 'peakMemoryMB']),
  )
  expect(Object.keys(report.rankers as object)).toEqual(['popularity', 'ease-100', 'ease-400', 'ease-baskets'])
})

test('lists are compared place by place', () => {
  expect(firstDifference(['a', 'b'], ['a', 'b'])).toBe(-1)
  expect(firstDifference(['a', 'b'], ['b', 'a'])).toBe(0)
  expect(firstDifference(['a'], ['a', 'b'])).toBe(1)
})
