import type * as z from 'zod'
import type { CacheStore } from '../store/cache.ts'
import type { FactorStore } from '../store/catalogue/factors.ts'
import type { LearningStore } from '../store/catalogue/learning.ts'
import type { RankerStore } from '../store/catalogue/rankers.ts'
import type { HabitStore } from '../store/live/habits.ts'

/** Where rows are published to. */
export interface RowStores {
  learning: LearningStore
  /** What each shopper buys again. */
  habits: HabitStore
  /** What each feature of the base order counts for. */
  rankers: Pick<RankerStore, 'put'>
  /** Where items lie, and what tastes there are. */
  factors: Pick<FactorStore, 'putFactors' | 'clearFactorsBefore' | 'putTastes' | 'clearTastesBefore' | 'tastes'>
  /** The copies of item statistics and tastes that shelves read. */
  cache: Pick<CacheStore, 'putStats' | 'tastes' | 'putTastes' | 'removeTastes'>
}

/** What a row is published with. */
export interface Publication {
  shop: string
  /** Markets of the shop, with `*`. */
  markets: ReadonlySet<string>
  /** The run's beginning: what bears an older stamp was not learned by it. */
  stampMs: number
}

/** One kind of rows: how they look in an artefact, and what becomes of them. */
export interface RowKind<Row extends readonly [string, ...unknown[]] = readonly [string, ...unknown[]]> {
  readonly schema: z.ZodType<Row>
  /** Whether all rows of a run stand in one object, since what they do not name is taken back. */
  readonly whole: boolean
  /** The row without ids that the shop does not know; null where nothing is left. Counts both. */
  known(row: Row, knows: (id: string) => boolean): Row | null
  /** Repeated after a kill: writes the same again. */
  publish(rows: readonly Row[], to: Publication, stores: RowStores): Promise<void>
  /** Takes back what this run did not name. */
  finish(to: Publication, stores: RowStores): Promise<void>
}

/** A kind as the list of all kinds knows it. */
export const kind = <Row extends readonly [string, ...unknown[]]>(own: RowKind<Row>): RowKind =>
  own as unknown as RowKind
