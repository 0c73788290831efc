import { EXIT } from './failure.ts'
import { run } from './program.ts'
import type { Terminal } from './terminal.ts'

/** A terminal sends Ctrl-C to us and to the parent that forwards it: two signals this close together are one. */
const SAME_SIGNAL_MS = 1_000

const stop = new AbortController()
let stoppedAt = 0
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    const now = performance.now()
    if (stop.signal.aborted && now - stoppedAt > SAME_SIGNAL_MS) process.exit(EXIT.interrupted)
    if (!stop.signal.aborted) stoppedAt = now
    stop.abort()
  })
}
// `shelfwise ... | head` closes the pipe: that is the reader's wish, not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.fine)
  throw error
})

const terminal: Terminal = {
  out: (line) => void process.stdout.write(`${line}\n`),
  note: (line) => void process.stderr.write(`${line}\n`),
  rewrite: (text) => void process.stderr.write(text),
  stdoutTty: process.stdout.isTTY ?? false,
  stderrTty: process.stderr.isTTY ?? false,
  columns: (process.stdout.isTTY ? process.stdout.columns : 0) || Number.POSITIVE_INFINITY,
  env: process.env,
  directory: process.cwd(),
  signal: stop.signal,
  exitWith: () => {},
}

process.exitCode = await run(process.argv.slice(2), terminal)
