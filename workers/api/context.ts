import type { Quota } from '../../shared/base/problem.ts'
import type { ApiDeps } from './deps.ts'

/** Runs work after the answer has left; its failure is logged under the label. */
export type Defer = (label: string, work: () => Promise<unknown>) => void

/** What the api's middleware gives to its handlers. */
export type ApiApp = {
  Variables: {
    deps: ApiDeps
    requestId: string
    defer: Defer
    /** What the request was counted by, where it was. */
    quota?: Quota
  }
}
