import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DATASETS } from '../../tests/support/shops.ts'
import { openDataset } from '../dataset/dataset.ts'
import { viewsOf } from '../dataset/task_view.ts'
import { scoreTasks } from '../evaluate.ts'
import { itemFacts, MEASURES } from '../metrics/measures.ts'
import { baselines } from './baselines.ts'
import type { ItemVectors } from './item_vectors.ts'
import { isSkipped } from './ranker.ts'

/** Figures that others computed in another language: NDCG@10 and HR@10 by ranker and task. */
const FIGURES = {
  'online-retail': {
    'next-visit.test': {
      popularity: [0.0292, 0.1929],
      'item-knn': [0.0635, 0.3006],
      'ease-100': [0.0849, 0.4076],
      'ease-400': [0.0887, 0.4084],
      'ease-baskets': [0.0798, 0.3891],
    },
    'cart.test': {
      popularity: [0.0402, 0.2614],
      'item-knn': [0.1405, 0.5269],
      'ease-100': [0.2402, 0.7459],
      'ease-400': [0.2273, 0.7293],
      'ease-baskets': [0.2877, 0.8129],
    },
    'again.test': {
      popularity: [0.3272, 0.8294],
      'item-knn': [0.3203, 0.7579],
      'ease-100': [0.3471, 0.7814],
      'ease-400': [0.3548, 0.7846],
      'ease-baskets': [0.3586, 0.7987],
    },
  },
  movies: {
    test: {
      popularity: [0.0196, 0.0349],
      'item-knn': [0.0458, 0.0826],
      'ease-100': [0.0513, 0.0972],
      'ease-400': [0.0482, 0.0917],
    },
  },
} as const satisfies Record<string, Record<string, Record<string, readonly [ndcg: number, hits: number]>>>
export const WITHIN = 0.001

export type PublishedSet = keyof typeof FIGURES

/** A published figure and what the ranker of that name scores. */
export interface Reproduced {
  task: string
  ranker: string
  measure: 'ndcg@10' | 'hr@10'
  published: number
  own: number
}

export const PUBLISHED_SETS = Object.keys(FIGURES) as PublishedSet[]

const folderOf = (set: PublishedSet): string => join(DATASETS, set)

/** The data is no part of the product: without it there is nothing to compare with. */
export const isPresent = (set: PublishedSet): boolean => existsSync(folderOf(set))

export interface Wanted {
  /** All of the set when absent. */
  tasks?: readonly string[]
  /** All that have figures when absent. */
  rankers?: readonly string[]
}

const NO_VECTORS: ItemVectors = { items: [], ofQuery: () => new Float64Array(0) as unknown as Float32Array }

/** Scores the rankers of a set on the tasks that they were published for, one ranker after another. */
export async function* reproduce(set: PublishedSet, wanted: Wanted = {}): AsyncGenerator<Reproduced> {
  const dataset = openDataset(folderOf(set))
  const tasks = Object.entries<Record<string, readonly [number, number]>>(FIGURES[set]).filter(
    ([task]) => wanted.tasks?.includes(task) ?? true,
  )
  // Every task of the set learns the same: the rankers are made once.
  const specs = tasks.map(([task]) => dataset.tasks(task).spec)
  if (new Set(specs.map((spec) => spec.learnBefore)).size !== 1)
    throw new Error(`${set}: tasks learn from different events`)
  const events = dataset.learnable(specs[0]!)
  const size = dataset.items.length
  const facts = itemFacts(new Float64Array(size), 0, Array(size).fill(new Float32Array(1)))
  for (const offer of baselines(dataset, 'next', events, () => NO_VECTORS)) {
    const own = tasks.filter(([, figures]) => offer.name in figures)
    if (own.length === 0 || wanted.rankers?.includes(offer.name) === false) continue
    const ranker = await offer.make()
    if (isSkipped(ranker)) throw new Error(ranker.skipped)
    for (const [task, figures] of own) {
      const views = viewsOf(dataset.tasks(task), dataset)
      const { columns } = await scoreTasks(ranker, views, size, facts, 1)
      const meanOf = (measure: (typeof MEASURES)[number]) =>
        columns[MEASURES.indexOf(measure)]!.reduce((sum, value) => sum + value, 0) / views.length
      const [ndcg, hits] = figures[offer.name]!
      yield { task, ranker: offer.name, measure: 'ndcg@10', published: ndcg, own: meanOf('ndcg@10') }
      yield { task, ranker: offer.name, measure: 'hr@10', published: hits, own: meanOf('hr@10') }
    }
  }
}

export const isReproduced = ({ published, own }: Reproduced): boolean => Math.abs(own - published) < WITHIN
