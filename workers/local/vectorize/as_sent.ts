import type { VectorizeQueryOptions } from '@cloudflare/workers-types'

/**
 * Query options as the runtime's own client puts them on the wire, for doors without that client (workerd,
 * src/cloudflare/internal/vectorize-api.ts): an unknown level is refused before anything is sent, `true` becomes 'all',
 * and `false` goes out as it is, which the service cannot read.
 */
export function asSent(options: VectorizeQueryOptions | undefined): VectorizeQueryOptions | undefined {
  const level: unknown = options?.returnMetadata
  if (!level) return options
  if (level === true) return { ...options, returnMetadata: 'all' }
  if (level === 'none' || level === 'indexed' || level === 'all') return options
  throw new Error(`Invalid returnMetadata option. Expected: true, false, "none", "indexed" or "all"; got: ${level}`)
}
