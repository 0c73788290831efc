import type { Progress, ProgressState } from '../progress.ts'
import type { Terminal } from '../terminal.ts'

/** Where an import tells how it goes. */
export interface ImportReport {
  note(line: string): void
  progress(state: ProgressState): void
}

/** A report on the terminal: a note takes the progress line away first. */
export function reportTo(terminal: Terminal, progress: Progress): ImportReport {
  return {
    note(line) {
      progress.clear()
      terminal.note(line)
    },
    progress: (state) => progress.show(state),
  }
}
