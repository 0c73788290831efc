/** What a run can end with; scripts rely on these numbers. */
export const EXIT = { fine: 0, mismatch: 1, usage: 2 } as const

/** The command line or the dataset is wrong: one line for people, no stack. */
export class EvalFailure extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'EvalFailure'
  }
}
