import type { Deadlines } from '../domain/limits.ts'
import type { Stages } from '../observe/stages.ts'
import type { ShelfDeps } from './deps.ts'

/** What a stage may take: its own deadline, and never more than is left of the request's. At least a millisecond. */
export const timeFor = (stage: keyof Deadlines, deps: ShelfDeps, stages: Stages): number =>
  Math.max(1, Math.min(deps.deadlines[stage], deps.deadlines.total - stages.elapsedMs()))
