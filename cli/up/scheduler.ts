import type { Stack } from '../../workers/local/stack.ts'

const MINUTE_MS = 60_000

/** Whether a cron's minutes field matches; the other fields of our crons are stars. */
function fires(expression: string, minute: number): boolean {
  const [minutes = '*'] = expression.split(' ')
  const step = /^\*(?:\/(\d+))?$/.exec(minutes)
  return step !== null && minute % Number(step[1] ?? 1) === 0
}

/**
 * Fires the enrich worker's crons as the platform does: every due trigger on the minute, whether or not the last one
 * has ended. Locally nothing else would.
 * @returns a function that stops it
 */
export function startScheduler(stack: Stack, onFailure: (cron: string, error: unknown) => void): () => void {
  let stopped = false
  let timer: NodeJS.Timeout
  const fire = (expression: string) => {
    void stack.cron(expression).catch((error: unknown) => {
      if (!stopped) onFailure(expression, error)
    })
  }
  const next = () => {
    timer = setTimeout(
      () => {
        const minute = Math.round(Date.now() / MINUTE_MS)
        for (const expression of stack.crons) if (fires(expression, minute)) fire(expression)
        next()
      },
      MINUTE_MS - (Date.now() % MINUTE_MS),
    )
  }
  next()
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}
