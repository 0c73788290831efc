import type { Task } from '../dataset/format.ts'

/** Orders a catalogue for a task. It knows items by their position in the dataset. */
export interface Ranker {
  readonly name: string
  /**
   * Fills in a score for every item, the larger the better; -Infinity for an item that is not returned. Equal scores are
   * in no order. Items that the task does not rank may get any score.
   * @param out one place an item, all of them -Infinity
   */
  score(task: Task, out: Float64Array): void | Promise<void>
}

/** A ranker that cannot be had here, and why. */
export interface Skipped {
  readonly name: string
  readonly skipped: string
}

export const isSkipped = (ranker: Ranker | Skipped): ranker is Skipped => 'skipped' in ranker
