import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { EvalFailure } from '../failure.ts'
import {
  type DatasetEvent,
  type DatasetItem,
  descriptionSchema,
  eventSchema,
  isSearch,
  itemSchema,
  type RecommendationTask,
  type SearchTask,
  type Task,
  type TaskSpec,
  taskSchema,
} from './format.ts'
import { findFile, parseAs, readLines, readText } from './lines.ts'

/** The tasks of one file: all of them are searches, or none is. */
export type TaskFile = { name: string; spec: TaskSpec } & (
  | { kind: 'search'; tasks: SearchTask[] }
  | { kind: 'recommendation'; tasks: RecommendationTask[] }
)

/** A folder in the dataset format, without its events: those come from `learnable` alone. */
export interface Dataset {
  folder: string
  /** As its description names it. */
  name: string
  items: readonly DatasetItem[]
  /** Position of each item. */
  index: ReadonlyMap<string, number>
  /** Names of the task files. */
  taskNames: readonly string[]
  tasks(name: string): TaskFile
  /** The only door to events: those before the task's `learnBefore`, in the file's order. */
  learnable(spec: TaskSpec): DatasetEvent[]
}

const mayLearn = (event: DatasetEvent, { learnBefore }: TaskSpec) => learnBefore === undefined || event.ts < learnBefore

/** @throws EvalFailure when the folder or a line is not in the format; events are read when first asked for */
export function openDataset(folder: string): Dataset {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) throw new EvalFailure(`${folder}: no such folder`)
  const described = findFile(folder, 'dataset.json')
  const itemsPath = findFile(folder, 'items.jsonl.gz')
  if (described === null) throw new EvalFailure(`${folder}: no dataset.json`)
  if (itemsPath === null) throw new EvalFailure(`${folder}: no items.jsonl.gz`)
  const description = parseAs(descriptionSchema, readText(described), described)
  const items: DatasetItem[] = []
  const index = new Map<string, number>()
  readLines(itemsPath, itemSchema, (item, line) => {
    if (index.has(item.id)) throw new EvalFailure(`${itemsPath}:${line}: item ${item.id} stands here a second time`)
    index.set(item.id, items.length)
    items.push(item)
  })
  if (items.length === 0) throw new EvalFailure(`${itemsPath}: no items`)
  let events: DatasetEvent[] | null = null
  const allEvents = () => {
    events ??= readEvents(folder)
    return events
  }
  return {
    folder,
    name: description.name,
    items,
    index,
    taskNames: taskNamesIn(folder),
    tasks: (name) => readTasks(folder, name, description.tasks[name]),
    learnable: (spec) => allEvents().filter((event) => mayLearn(event, spec)),
  }
}

function readEvents(folder: string): DatasetEvent[] {
  const path = findFile(folder, 'events.jsonl.gz')
  const events: DatasetEvent[] = []
  if (path !== null) readLines(path, eventSchema, (event) => events.push(event))
  return events
}

function taskNamesIn(folder: string): string[] {
  const inside = join(folder, 'tasks')
  if (!existsSync(inside)) return []
  return readdirSync(inside)
    .flatMap((file) => /^(.+)\.jsonl(?:\.gz)?$/.exec(file)?.[1] ?? [])
    .sort()
}

function readTasks(folder: string, name: string, spec: TaskSpec = { exclude: [] }): TaskFile {
  const names = taskNamesIn(folder)
  const path = names.includes(name) ? findFile(join(folder, 'tasks'), `${name}.jsonl.gz`) : null
  if (path === null)
    throw new EvalFailure(`${folder}: no task "${name}" (it has: ${names.length === 0 ? 'none' : names.join(', ')})`)
  const read: Task[] = []
  readLines(path, taskSchema, (task, line) => {
    const at = isSearch(task) ? undefined : task.at
    if (spec.learnBefore !== undefined && at !== undefined && at < spec.learnBefore)
      throw new EvalFailure(`${path}:${line}: /at lies before what the task learns from (${spec.learnBefore})`)
    read.push({ ...task, line })
    if (isSearch(read[0]!) !== isSearch(task)) throw new EvalFailure(`${path}:${line}: searches and others are mixed`)
  })
  if (read.length === 0) throw new EvalFailure(`${path}: no tasks`)
  if (isSearch(read[0]!)) return { name, spec, kind: 'search', tasks: read as SearchTask[] }
  return { name, spec, kind: 'recommendation', tasks: read as RecommendationTask[] }
}

/** The task file whose answers weights may be fitted on: `valid` of `test`, `next.valid` of `next.test`; null when none is there. */
export function validNameOf(dataset: Dataset, name: string): string | null {
  const valid = name.replace(/(^|\.)test$/, '$1valid')
  return valid !== name && dataset.taskNames.includes(valid) ? valid : null
}
