/** Says on a terminal how far a run is; says nothing where nobody looks. */
export interface Progress {
  step(what: string): void
  /** Of the present step. */
  at(done: number, total: number): void
  clear(): void
}

const SILENT: Progress = { step: () => {}, at: () => {}, clear: () => {} }
const EVERY_MS = 200

export function createProgress(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) return SILENT
  let step = ''
  let drawnAt = 0
  const draw = (text: string) => void stream.write(`\r\u001b[2K${text.slice(0, (stream.columns ?? 80) - 1)}`)
  return {
    step: (what) => {
      step = what
      draw(what)
    },
    at: (done, total) => {
      const now = performance.now()
      if (now - drawnAt < EVERY_MS && done < total) return
      drawnAt = now
      draw(`${step} ${done}/${total}`)
    },
    clear: () => draw(''),
  }
}
