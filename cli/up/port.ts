import { createServer } from 'node:net'
import { CliFailure, EXIT, usage } from '../failure.ts'

export const DEFAULT_PORT = 8787

/** The port to listen on: the flag, else PORT, else 8787. @throws CliFailure for what is no port */
export function choosePort(flag: string | undefined, env: Readonly<Record<string, string | undefined>>): number {
  const text = flag ?? env.PORT ?? String(DEFAULT_PORT)
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535 || text.trim() === '') throw usage(`"${text}" is not a port`)
  return port
}

/** @throws CliFailure when something else listens there */
export function assertFree(port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? `port ${port} is taken; choose another: PORT=${port === 65_535 ? 8788 : port + 1} npm start`
          : `port ${port} cannot be used: ${error.message}`
      reject(new CliFailure(reason, EXIT.refused))
    })
    probe.listen(port, host, () => probe.close(() => resolve()))
  })
}
