import type { Dataset } from './dataset/dataset.ts'
import { kindOf } from './dataset/task_view.ts'
import type { EvalOptions } from './options.ts'
import { askPipeline } from './pipeline/ask.ts'
import { openHttpShop } from './pipeline/http.ts'
import { openShop } from './pipeline/shop.ts'
import type { Progress } from './progress.ts'

/** Tasks that are asked both ways unless `--limit-tasks` says otherwise. */
const TASKS = 500
/** Differences that are told one by one. */
const TOLD = 10

/** Whether the stack answers over HTTP what the pipeline answers in this process. */
export interface ParityReport {
  dataset: string
  task: string
  pipeline: 'http'
  n: number
  same: number
  mismatches: Array<{ line: number; at: number; process: string[]; http: string[]; degraded: readonly string[] }>
}

export async function runParity(
  dataset: Dataset,
  options: Pick<EvalOptions, 'task' | 'limitTasks' | 'url' | 'key'>,
  progress: Progress,
): Promise<ParityReport> {
  const file = dataset.tasks(options.task!)
  const kind = kindOf(file)
  const tasks = file.tasks.slice(0, options.limitTasks ?? TASKS)
  progress.step('import over HTTP')
  const service = options.url === null || options.key === null ? null : { url: options.url, key: options.key }
  const http = await openHttpShop(dataset, file.spec, kind, service)
  try {
    progress.step('learning')
    const shop = await openShop(dataset, file.spec, undefined, Date.now())
    const report: ParityReport = {
      dataset: dataset.name,
      task: file.name,
      pipeline: 'http',
      n: tasks.length,
      same: 0,
      mismatches: [],
    }
    progress.step('tasks')
    for (const [done, task] of tasks.entries()) {
      // The stack asks the time: a task without a moment of its own is asked of both at the same one.
      shop.world.clock.set(Date.now())
      const [own, answer] = [await askPipeline(shop, kind, task), await http.ask(task)]
      const at = firstDifference(own, answer.ids)
      if (at === -1) report.same += 1
      else if (report.mismatches.length < TOLD)
        report.mismatches.push({
          line: task.line,
          at,
          process: own.slice(at, at + 3),
          http: answer.ids.slice(at, at + 3),
          degraded: answer.degraded,
        })
      progress.at(done + 1, tasks.length)
    }
    return report
  } finally {
    await http.close()
  }
}

/** The first place where two lists differ; -1 where they are equal. */
export function firstDifference(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) if (a[at] !== b[at]) return at
  return -1
}
