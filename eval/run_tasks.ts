import { type Dataset, type TaskFile, validNameOf } from './dataset/dataset.ts'
import type { Task } from './dataset/format.ts'
import { kindOf, type TaskKind, type TaskView, viewsOf } from './dataset/task_view.ts'
import { bucketsOf, type Scored, type Summary, scoreTasks, summarise } from './evaluate.ts'
import { EvalFailure } from './failure.ts'
import { type Ceiling, withCeiling } from './metrics/ceiling.ts'
import { itemFacts } from './metrics/measures.ts'
import type { EvalOptions } from './options.ts'
import { type Adapt, pipelineRanker } from './pipeline/ask.ts'
import { FIT, type Fit } from './pipeline/fit.ts'
import { PARTS } from './pipeline/parts.ts'
import { type EvalShop, openShop } from './pipeline/shop.ts'
import type { Progress } from './progress.ts'
import { baselines, type Offer } from './rankers/baselines.ts'
import { binaryRows } from './rankers/interactions.ts'
import { embedItems, type ItemVectors } from './rankers/item_vectors.ts'
import { isSkipped } from './rankers/ranker.ts'

/** What an evaluation found; with its time and memory this is what `--json` prints. */
export interface TaskReport extends Summary {
  dataset: string
  task: string
  kind: TaskKind
  n: number
  seed: number
  skipped: Record<string, string>
  buckets: ReturnType<typeof bucketsOf>
  /** The best NDCG@10 that a reorder of the whole base order could reach; null where that was not judged. */
  ceiling: Ceiling | null
  /** Seconds of each ranker over all tasks, of learning the shop, and of fitting. */
  timings: Record<string, number>
}

/** The whole base order, as shoppers get it. */
export const WHOLE = 'shelfwise'

/** @param fitter the product's; null leaves the shipped weights */
export async function runTasks(
  dataset: Dataset,
  options: Pick<EvalOptions, 'task' | 'seed' | 'against' | 'rankers' | 'limitTasks'>,
  progress: Progress,
  fitter: Fit | null = FIT,
): Promise<TaskReport> {
  const { seed } = options
  const file = dataset.tasks(options.task!)
  const kind = kindOf(file)
  const events = dataset.learnable(file.spec)
  const views = judged(file, dataset).slice(0, options.limitTasks ?? undefined)
  if (views.length === 0) throw new EvalFailure(`${dataset.folder}: task ${file.name} has nothing to report on`)
  let embedded: ItemVectors | null = null
  const vectors = () => {
    progress.step('texts')
    embedded ??= embedItems(dataset.items)
    return embedded
  }
  const timings: Record<string, number> = {}
  const offers = [
    ...baselines(dataset, kind, events, vectors),
    ...pipelineOffers(dataset, file, kind, fitter, timings, progress),
  ]
  const wanted = chosen(offers, options.rankers, options.against)
  const users = binaryRows(events, dataset.index, 'user')
  const facts = itemFacts(users.counts, users.rows.length, vectors().items)
  const scored: Scored[] = []
  const skipped: Record<string, string> = {}
  let ceiling: Ceiling | null = null
  for (const offer of wanted) {
    progress.step(offer.name)
    const ranker = await offer.make()
    if (isSkipped(ranker)) {
      skipped[ranker.name] = ranker.skipped
      continue
    }
    const noted = offer.name === WHOLE ? withCeiling(ranker, views, seed) : null
    const one = await scoreTasks(noted?.ranker ?? ranker, views, dataset.items.length, facts, seed, (done) =>
      progress.at(done, views.length),
    )
    ceiling = noted?.ceiling() ?? ceiling
    timings[one.name] = one.seconds
    scored.push(one)
  }
  progress.step('intervals')
  const { rankers, paired } = summarise(scored, views, dataset.items.length, seed, options.against)
  const buckets = bucketsOf(scored, views, seed)
  return {
    dataset: dataset.name,
    task: file.name,
    kind,
    n: views.length,
    seed,
    rankers,
    paired,
    buckets,
    ceiling,
    skipped,
    timings,
  }
}

/** Searches are fitted on even lines, counted from 0, and reported on odd ones. */
const isFitted = (task: Task) => (task.line - 1) % 2 === 0

function judged(file: TaskFile, dataset: Dataset): TaskView[] {
  const views = viewsOf(file, dataset)
  return file.kind === 'search' ? views.filter(({ task }) => !isFitted(task)) : views
}

/** The pipeline and its parts, over one shop that is built when the first of them is asked. */
function pipelineOffers(
  dataset: Dataset,
  file: TaskFile,
  kind: TaskKind,
  fitter: Fit | null,
  timings: Record<string, number>,
  progress: Progress,
): Offer[] {
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    progress.step(name)
    const startedAt = performance.now()
    const value = await work()
    timings[name] = (timings[name] ?? 0) + (performance.now() - startedAt) / 1_000
    return value
  }
  const learn = (spec: TaskFile['spec']) => timed('learning', () => openShop(dataset, spec))
  const prepare = async (): Promise<{ shop: EvalShop; fitted: Adapt }> => {
    const unfitted: Adapt = (parts) => parts
    const valid = validNameOf(dataset, file.name)
    if (fitter === null || (valid === null && kind !== 'search'))
      return { shop: await learn(file.spec), fitted: unfitted }
    const sample = valid === null ? file : dataset.tasks(valid)
    const tasks = valid === null ? (file.tasks as Task[]).filter(isFitted) : sample.tasks
    // The shop that is judged is learned only when the one that weights are fitted on is done with.
    const fitted = await learn(sample.spec).then((shop) => timed('fitting', () => fitter(shop, kind, tasks)))
    return { shop: await learn(file.spec), fitted }
  }
  let ready: ReturnType<typeof prepare> | null = null
  const offer = (name: string, adaptOf: (fitted: Adapt) => Adapt): Offer => ({
    name,
    async make() {
      ready ??= prepare()
      const { shop, fitted } = await ready
      return pipelineRanker(name, shop, kind, adaptOf(fitted))
    },
  })
  const parts = PARTS.filter((part) => part.kinds.includes(kind)).map((part) => offer(part.name, () => part.adapt))
  return [...parts, offer(WHOLE, (fitted) => fitted)]
}

/** The rankers that are asked for, and the one that they are compared with. @throws EvalFailure for an unknown name */
function chosen(offers: readonly Offer[], names: readonly string[] | null, against: string | null): Offer[] {
  const means = (offer: Offer, name: string) => offer.name === name || offer.name.startsWith(`${name}-`)
  for (const name of [...(names ?? []), ...(against === null ? [] : [against])])
    if (!offers.some((offer) => means(offer, name)))
      throw new EvalFailure(`no ranker "${name}" (there are: ${offers.map((offer) => offer.name).join(', ')})`)
  if (names === null) return [...offers]
  return offers.filter(
    (offer) => names.some((name) => means(offer, name)) || (against !== null && means(offer, against)),
  )
}
