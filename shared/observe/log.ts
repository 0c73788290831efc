/** Structured log lines. Only named fields, only plain values: nothing of a request's body can slip in. */
export interface Log {
  info(event: string, fields?: LogFields): void
  error(event: string, error: unknown, fields?: LogFields): void
}

export type LogFields = Readonly<Record<string, string | number | boolean | null>>

export function consoleLog(worker: string): Log {
  const write = (level: string, event: string, fields: LogFields) =>
    console.log(JSON.stringify({ level, worker, event, ...fields }))
  return {
    info: (event, fields = {}) => write('info', event, fields),
    error: (event, error, fields = {}) => {
      const shown =
        error instanceof Error
          ? { error: error.name, message: error.message.slice(0, 300) }
          : { error: 'unknown', message: '' }
      write('error', event, { ...shown, ...fields })
    },
  }
}

export const silentLog: Log = { info: () => {}, error: () => {} }
