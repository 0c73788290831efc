import { parseArgs } from 'node:util'
import { EvalFailure } from './failure.ts'

export interface EvalOptions {
  dataset: string
  task: string | null
  json: boolean
  against: string | null
  rankers: string[] | null
  limitTasks: number | null
  seed: number
  /** Share of the items that learning does not see; null for an evaluation of tasks. */
  cold: number | null
  seeds: number
  pipeline: 'process' | 'http'
  url: string | null
  key: string | null
}

export const USAGE = `usage: npm run -s eval -- --dataset DIR --task NAME [--json] [--against RANKER] [--rankers A,B]
                        [--limit-tasks N] [--seed N] [--pipeline http [--url URL --key KEY]]
       npm run -s eval -- --dataset DIR [--task NAME] --cold SHARE [--seeds N] [--json]`

const DECLARED = {
  dataset: { type: 'string' },
  task: { type: 'string' },
  json: { type: 'boolean', default: false },
  against: { type: 'string' },
  rankers: { type: 'string' },
  'limit-tasks': { type: 'string' },
  seed: { type: 'string', default: '1' },
  cold: { type: 'string' },
  seeds: { type: 'string', default: '10' },
  pipeline: { type: 'string', default: 'process' },
  url: { type: 'string' },
  key: { type: 'string' },
} as const

/** @throws EvalFailure */
export function readOptions(args: readonly string[]): EvalOptions {
  const values = parsed(args)
  if (values.dataset === undefined) throw new EvalFailure(`--dataset is missing\n${USAGE}`)
  const cold = values.cold === undefined ? null : Number(values.cold)
  if (cold !== null && !(cold > 0 && cold < 1)) throw new EvalFailure('--cold is a share between 0 and 1')
  if (values.task === undefined && cold === null) throw new EvalFailure(`--task is missing\n${USAGE}`)
  if (values.pipeline !== 'process' && values.pipeline !== 'http')
    throw new EvalFailure('--pipeline is process or http')
  if ((values.url === undefined) !== (values.key === undefined))
    throw new EvalFailure('--url and --key are given together')
  return {
    dataset: values.dataset,
    task: values.task ?? null,
    json: values.json,
    against: values.against ?? null,
    rankers: values.rankers === undefined ? null : values.rankers.split(',').filter((name) => name !== ''),
    limitTasks: values['limit-tasks'] === undefined ? null : count('--limit-tasks', values['limit-tasks'], 1),
    seed: count('--seed', values.seed, 0),
    cold,
    seeds: count('--seeds', values.seeds, 1),
    pipeline: values.pipeline,
    url: values.url ?? null,
    key: values.key ?? null,
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: DECLARED }).values
  } catch (error) {
    throw new EvalFailure(`${error instanceof Error ? error.message : 'unreadable options'}\n${USAGE}`)
  }
}

function count(option: string, text: string, least: number): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < least) throw new EvalFailure(`${option} is a whole number from ${least}`)
  return value
}
