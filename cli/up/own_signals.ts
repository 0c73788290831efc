import process from 'node:process'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Does work that makes the local platform listen to signals, and takes those listeners off again: they end the process at
 * once, before the stack is stopped in order. What the platform does when the process exits stays.
 */
export async function keepingSignals<T>(work: () => Promise<T>): Promise<T> {
  const before = new Map(SIGNALS.map((signal) => [signal, new Set(process.listeners(signal))]))
  try {
    return await work()
  } finally {
    for (const [signal, own] of before)
      for (const listener of process.listeners(signal)) if (!own.has(listener)) process.off(signal, listener)
  }
}
