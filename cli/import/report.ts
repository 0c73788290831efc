import type { ProgressState } from '../progress.ts'

/** Where an import tells how it goes. */
export interface ImportReport {
  note(line: string): void
  progress(state: ProgressState): void
}
