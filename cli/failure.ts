import type { FieldError } from '../shared/base/problem.ts'

/** What the process says to its caller; scripts rely on these numbers. */
export const EXIT = {
  fine: 0,
  /** Everything was sent, and some of it was rejected. */
  rejected: 1,
  usage: 2,
  /** The service could not be reached, or refused. */
  refused: 3,
  interrupted: 130,
} as const

/** A failure with a message for people: one line, no stack. */
export class CliFailure extends Error {
  readonly exitCode: number
  constructor(message: string, exitCode: number, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CliFailure'
    this.exitCode = exitCode
  }
}

/** The command line, a file of the user or the environment is wrong. */
export const usage = (message: string, options?: ErrorOptions): CliFailure =>
  new CliFailure(message, EXIT.usage, options)

/** The user asked to stop (Ctrl-C, SIGTERM). */
export class Interrupted extends CliFailure {
  constructor() {
    super('interrupted', EXIT.interrupted)
    this.name = 'Interrupted'
  }
}

export interface ProblemBody {
  code: string
  title: string
  status: number
  detail?: string | undefined
  errors?: FieldError[] | undefined
  request_id?: string | undefined
}

/** The service answered with a problem (RFC 9457). */
export class ServiceProblem extends CliFailure {
  readonly problem: ProblemBody
  constructor(problem: ProblemBody, call: string) {
    super(describeProblem(problem, call), EXIT.refused)
    this.name = 'ServiceProblem'
    this.problem = problem
  }
}

function describeProblem(problem: ProblemBody, call: string): string {
  const fields = (problem.errors ?? []).slice(0, 3).map((error) => `${error.pointer || '(body)'} ${error.detail}`)
  const more = (problem.errors?.length ?? 0) - fields.length
  const parts = [
    `${call} answered ${problem.status} ${problem.code}: ${problem.detail ?? problem.title}`,
    ...fields,
    ...(more > 0 ? [`and ${more} more`] : []),
  ]
  const trace = problem.request_id === undefined ? '' : ` (request ${problem.request_id})`
  return parts.join('; ') + trace
}
