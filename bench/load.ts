import { Agent, request } from 'node:http'

export interface LoadRequest {
  method: 'GET' | 'POST'
  path: string
  headers?: Record<string, string>
  body?: string
}

export interface LoadResult {
  requests: number
  errors: number
  perSecond: number
  p50Ms: number
  p99Ms: number
}

/**
 * Closed-loop load: `connections` kept-alive sockets, each asking again as soon as it is answered.
 * An error is an answer other than 2xx, or none.
 */
export async function load(
  url: URL,
  next: (index: number) => LoadRequest,
  options: { connections: number; seconds: number },
): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.connections })
  const latencies: number[] = []
  let errors = 0
  let index = 0
  const startedAt = performance.now()
  const endsAt = startedAt + options.seconds * 1_000
  const lane = async () => {
    while (performance.now() < endsAt) {
      const from = performance.now()
      const status = await statusOf(url, next(index++), agent).catch(() => 0)
      latencies.push(performance.now() - from)
      if (status < 200 || status > 299) errors += 1
    }
  }
  await Promise.all(Array.from({ length: options.connections }, lane))
  const seconds = (performance.now() - startedAt) / 1_000
  agent.destroy()
  latencies.sort((a, b) => a - b)
  return {
    requests: latencies.length,
    errors,
    perSecond: latencies.length / seconds,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
  }
}

/** @param sorted ascending; NaN when empty */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN

export const median = (values: readonly number[]): number =>
  quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  )

/** One request, its answer read to the end. @returns the status; rejects where no whole answer comes */
export function statusOf(url: URL, { method, path, headers, body }: LoadRequest, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
    const call = request(
      { agent, host: url.hostname, port: url.port, method, path, headers: { ...headers, ...length } },
      (answer) => {
        answer.resume()
        answer.on('end', () => resolve(answer.statusCode ?? 0))
        answer.on('error', reject)
      },
    )
    call.on('error', reject)
    call.end(body)
  })
}
