/** Long work that can be laid down: whoever drives it decides what happens between two slices. */

/** Every `yield` is a place where the thread may be given to others; the result does not depend on what they do. */
export type Sliced<T> = Generator<void, T, void>

/** Rows of a matrix, or documents, of one slice: one to a few milliseconds. */
export const ROWS_PER_SLICE = 256

/** Does all of the work in one go. */
export function atOnce<T>(work: Sliced<T>): T {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
  }
}

/** Does the work slice by slice, with `breathe` between them. */
export async function inSlices<T>(work: Sliced<T>, breathe: () => Promise<void>): Promise<T> {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
    await breathe()
  }
}

/** Calls `work` with the bounds of each slice of `count` rows, in their order. */
export function* slicesOf(count: number, work: (from: number, until: number) => void): Sliced<void> {
  for (let from = 0; from < count; from += ROWS_PER_SLICE) {
    work(from, Math.min(from + ROWS_PER_SLICE, count))
    yield
  }
}
