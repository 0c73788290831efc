/** A stage did not answer in its time. */
export class DeadlineExceeded extends Error {
  readonly stage: string
  constructor(stage: string, ms: number) {
    super(`${stage} did not answer within ${ms} ms`)
    this.name = 'DeadlineExceeded'
    this.stage = stage
  }
}

/**
 * Resolves as `work` does, or rejects with DeadlineExceeded after `ms`.
 * The work itself is not stopped (no platform binding takes an abort signal); its late result is dropped.
 */
export function withDeadline<T>(stage: string, ms: number, work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => reject(new DeadlineExceeded(stage, ms)), Math.max(0, ms))
    work.then(
      (value) => {
        clearTimeout(timer)
        resolve(value)
      },
      (error: unknown) => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
}
