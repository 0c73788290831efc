/** The platform understood a call and turned it down. */
export class Refusal extends Error {
  readonly status: number
  readonly codes: readonly number[]
  constructor(status: number, errors: ReadonlyArray<{ code: number; message: string }>) {
    super(errors.map(({ code, message }) => `${message} (code ${code})`).join('; ') || `status ${status}`)
    this.name = 'Refusal'
    this.status = status
    this.codes = errors.map(({ code }) => code)
  }
}

/** Nobody knows whether a writing call was done: look before it is made again. */
export class Unanswered extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'Unanswered'
  }
}
