import type { Terminal } from './terminal.ts'
import { clip, count, duration } from './text.ts'

const REDRAW_MS = 100
/** Logs of a build machine want a sign of life, not a flood. */
const LINE_EVERY_MS = 5_000
const CLEAR_LINE = '\r\u001b[K'

export interface ProgressState {
  label: string
  done: number
  /** 0 when unknown. */
  total: number
}

/** Shows how far a long work is: one rewritten line on a terminal, a line now and then elsewhere. */
export interface Progress {
  show(state: ProgressState): void
  /** Takes the rewritten line away, before something else is printed. */
  clear(): void
}

export const silentProgress: Progress = { show() {}, clear() {} }

export function createProgress(terminal: Terminal, now: () => number = () => performance.now()): Progress {
  let label: string | null = null
  let startedAt = 0
  let startedWith = 0
  let shownAt = Number.NEGATIVE_INFINITY
  let drawn = false
  const every = terminal.stderrTty ? REDRAW_MS : LINE_EVERY_MS
  return {
    show(state) {
      const at = now()
      if (state.label !== label) {
        label = state.label
        startedAt = at
        // Lines of an earlier, interrupted run say nothing about this run's speed.
        startedWith = state.done
        shownAt = terminal.stderrTty ? Number.NEGATIVE_INFINITY : at
      }
      const complete = state.total > 0 && state.done >= state.total
      if (at - shownAt < every && !(complete && terminal.stderrTty)) return
      shownAt = at
      const line = progressLine(state, state.done - startedWith, (at - startedAt) / 1_000)
      if (!terminal.stderrTty) return terminal.note(line)
      drawn = true
      terminal.rewrite(CLEAR_LINE + clip(line, Math.min(terminal.columns, 200) - 1))
    },
    clear() {
      if (drawn) terminal.rewrite(CLEAR_LINE)
      drawn = false
    },
  }
}

/** `events  120,000 of 322,737  37 %  18,000/s  11 s left` */
export function progressLine(state: ProgressState, doneNow: number, seconds: number): string {
  const rate = seconds > 0 ? doneNow / seconds : 0
  const parts = [state.label, state.total > 0 ? `${count(state.done)} of ${count(state.total)}` : count(state.done)]
  if (state.total > 0) parts.push(`${Math.floor((100 * Math.min(state.done, state.total)) / state.total)} %`)
  if (rate > 0 && state.total > 0) {
    parts.push(`${rate >= 10 ? count(Math.round(rate)) : rate.toFixed(1)}/s`)
    if (state.total > state.done) parts.push(`${duration((state.total - state.done) / rate)} left`)
  }
  // Nobody knows how long it takes: at least it is seen to go on.
  if (state.total === 0 && seconds >= 1) parts.push(`for ${duration(seconds)}`)
  return parts.join('  ')
}
