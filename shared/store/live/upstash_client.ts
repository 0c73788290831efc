import { Redis, type RedisConfigCloudflare } from '@upstash/redis/cloudflare'

export interface UpstashConfig {
  url: string
  token: string
  /** Milliseconds a command may take. The client itself has no limit. */
  timeoutMs: number
}

/** What came of a command that gave nothing usable. */
export type UpstashFault = 'timeout' | 'unreachable' | 'refused' | 'unreadable'

/**
 * Why Upstash gave nothing usable. The client's own messages repeat the command with the shopper and all that was done,
 * or the whole answer, and messages are logged: of them only Redis's word for the kind of refusal is kept.
 */
export class UpstashFailure extends Error {
  readonly fault: UpstashFault
  constructor(fault: UpstashFault, word = '') {
    super(word === '' ? `Upstash: ${fault}` : `Upstash: ${fault} (${word})`)
    this.name = 'UpstashFailure'
    this.fault = fault
  }
}

/**
 * The client's own choices that are wrong here, each put right:
 * - `retry: false` still sends twice, and five retries are usual: an answer that was lost is no reason to write again.
 * - Answers that look like JSON are parsed: the id 007 would come back as 7, a cursor beyond 2^53 as another one.
 * - Commands of one tick are merged, reads and writes apart: a read may pass the write that stands before it.
 * - `keepalive` fetches are refused beyond 64 KiB by the fetch standard.
 * - Latencies are printed, and the sender's platform is told, unless both are off.
 */
export const CLIENT_OPTIONS = {
  retry: { retries: 0 },
  automaticDeserialization: false,
  enableAutoPipelining: false,
  keepAlive: false,
  latencyLogging: false,
  enableTelemetry: false,
} as const satisfies Partial<RedisConfigCloudflare>

export type UpstashClient = (config: UpstashConfig) => Redis

/**
 * A client for one call: it keeps a sync token, which must not leak from one shopper's request into another's. The
 * signal is a function, because with any other an abort resolves like a miss.
 */
export const createUpstashClient: UpstashClient = (config) =>
  new Redis({
    ...CLIENT_OPTIONS,
    url: config.url,
    token: config.token,
    signal: () => AbortSignal.timeout(config.timeoutMs),
  })

/** @throws UpstashFailure instead of whatever the client throws */
export async function asking<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw failureOf(error)
  }
}

/** How Redis begins a refusal: ERR, WRONGTYPE, NOPERM ... What follows may repeat the command. */
const REFUSAL = /^(?:Command \d+ \[ \w+ \] failed: )?([A-Z]{2,20})\b/

function failureOf(error: unknown): UpstashFailure {
  if (error instanceof UpstashFailure) return error
  const { name, message } = error instanceof Error ? error : { name: '', message: '' }
  if (name === 'TimeoutError' || name === 'AbortError') return new UpstashFailure('timeout')
  if (name === 'UpstashJSONParseError') return new UpstashFailure('unreadable')
  if (name === 'UpstashError') return new UpstashFailure('refused', REFUSAL.exec(message)?.[1])
  // The client trips over an answer that has not the form of one; everything else is the network's.
  return new UpstashFailure(
    /not a function|did not return a result|undefined|null/.test(message) ? 'unreadable' : 'unreachable',
  )
}
