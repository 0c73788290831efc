const POLL_MS = 1_000

/**
 * Notices when npm, having started us, is gone without having told us (a signal that npm alone got and did not pass on):
 * then nobody is left to stop the stack. Started by hand, the process outlives its shell as any other would.
 */
export function watchParent(
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
  onGone: () => void,
): void {
  if (env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid !== parent) onGone()
  }, POLL_MS)
  timer.unref()
  signal.addEventListener('abort', () => clearInterval(timer), { once: true })
}
