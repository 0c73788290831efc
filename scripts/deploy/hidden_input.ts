import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { DeployFailure } from './failure.ts'

/** Asks at the terminal and shows nothing of the answer; null where there is no terminal. */
export function hiddenInput(signal: AbortSignal): ((question: string) => Promise<string>) | null {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return null
  return async (question) => {
    process.stderr.write(`${question}: `)
    // What the terminal would echo goes nowhere.
    const output = new Writable({ write: (_chunk, _encoding, done) => done() })
    const lines = createInterface({ input: process.stdin, output, terminal: true })
    // Ctrl-C and Ctrl-D end the reading and nothing else: whoever asked would wait for ever.
    const { promise: left, reject: leave } = Promise.withResolvers<never>()
    lines.once('close', () => leave(new DeployFailure('interrupted', 'stopped at a question')))
    try {
      return await Promise.race([lines.question('', { signal }), left])
    } finally {
      lines.close()
      process.stderr.write('\n')
    }
  }
}
