import type OpenAI from 'openai'
import { chunk } from '../../shared/base/batch.ts'
import type { Breaker } from '../../shared/base/breaker.ts'
import { type Clock, HOUR_MS, SECOND_MS } from '../../shared/base/clock.ts'
import { sha256 } from '../../shared/base/hash.ts'
import { createLru } from '../../shared/base/lru.ts'
import { normalizeText } from '../../shared/base/text/normalize.ts'
import type { EmbedAnswer, TextField } from '../../shared/model/embedder_rpc.ts'
import type { Log } from '../../shared/observe/log.ts'
import type { QueryVectorCache } from '../../shared/store/query_vectors.ts'
import type { EmbeddingsConfig } from './config.ts'
import { failureOf } from './openai_client.ts'

/** Many texts at once may take this long; nobody waits for them. */
const ITEMS_DEADLINE_MS = 30 * SECOND_MS
/** A little less than the door waits for a query's vector, so that it hears of a failure and not of silence. */
const QUERY_DEADLINE_MS = 110
/** Of a text; models take about 8,000 tokens, and a fourth of that says what an item is. */
const TEXT_CHARS_MAX = 8_000
const QUERIES_KEPT = 2_000

/** Vectors of one model of one provider. */
export interface ProviderEmbedder {
  version: string
  dimensions: number
  items(items: readonly TextField[][]): Promise<EmbedAnswer>
  /** @param later takes work that the answer does not wait for */
  query(text: string, later?: Later): Promise<Float32Array | null>
}

/** Keeps the worker alive for work that nobody waits for. */
export type Later = (work: Promise<void>) => void

export interface ProviderEmbedderParts {
  provider: string
  config: EmbeddingsConfig
  client: Pick<OpenAI, 'embeddings'>
  breaker: Breaker
  /** Of queries, whose deadline is so short that many end in nothing: background work must not be refused for that. */
  queryBreaker: Breaker
  cache: QueryVectorCache
  clock: Clock
  log: Log
}

export const providerVersion = (provider: string, config: EmbeddingsConfig): string =>
  `${provider}/${config.model}/${config.dimensions}`

/** Any OpenAI-compatible embeddings endpoint. It is never asked twice for one call: whoever needs it asks again later. */
export function createProviderEmbedder(parts: ProviderEmbedderParts): ProviderEmbedder {
  const { config, client, cache, clock, log } = parts
  const version = providerVersion(parts.provider, config)
  const recent = createLru<Float32Array>(QUERIES_KEPT, HOUR_MS)

  async function embed(input: string[], deadlineMs: number, breaker: Breaker): Promise<EmbedAnswer> {
    if (!breaker.allows()) return { ok: false, reason: 'unavailable' }
    try {
      const answer = await client.embeddings.create(
        {
          model: config.model,
          input,
          // Left out, the client asks for base64 and decodes it; named, it would hand it over as it is.
          ...(config.encoding === 'float' ? { encoding_format: 'float' as const } : {}),
          ...(config.sends_dimensions ? { dimensions: config.dimensions } : {}),
        },
        { signal: AbortSignal.timeout(deadlineMs) },
      )
      breaker.succeeded()
      const vectors: Float32Array[] = []
      for (const row of answer.data)
        if (isVector(row.embedding, config.dimensions)) vectors[row.index] = unit(row.embedding)
      if (input.every((_text, index) => vectors[index] !== undefined)) return { ok: true, vectors }
      log.error('embeddings_malformed', new Error('the answer is not one vector a text'), { version })
      return { ok: false, reason: 'unavailable' }
    } catch (error) {
      const failure = failureOf(error)
      if (failure.kind === 'not_taken' && failure.final) return { ok: false, reason: 'refused' }
      breaker.failed()
      log.error('embeddings_failed', error, { version })
      return { ok: false, reason: 'unavailable' }
    }
  }

  return {
    version,
    dimensions: config.dimensions,
    async items(items) {
      const texts = items.map((fields) =>
        fields
          .map((field) => field.text)
          .join('\n')
          .slice(0, TEXT_CHARS_MAX),
      )
      // A text without a letter or digit has no direction; what a model would make of it is chance.
      const worded = [...texts.keys()].filter((index) => /[\p{L}\p{N}]/u.test(texts[index]!))
      const vectors: Float32Array[] = texts.map(() => new Float32Array(config.dimensions))
      for (const part of chunk(worded, config.inputs_per_call)) {
        const answer = await embed(
          part.map((index) => texts[index]!),
          ITEMS_DEADLINE_MS,
          parts.breaker,
        )
        if (!answer.ok) return answer
        for (const [at, index] of part.entries()) vectors[index] = answer.vectors[at]!
      }
      return { ok: true, vectors }
    },
    async query(text, later) {
      const words = normalizeText(text).trim().slice(0, TEXT_CHARS_MAX)
      if (!/[\p{L}\p{N}]/u.test(words)) return new Float32Array(config.dimensions)
      const known = recent.get(words, clock.now())
      if (known) return known
      const digest = await sha256(words)
      const found = await cache.get(version, digest).catch((error: unknown) => {
        log.error('query_vectors_failed', error, { version })
        return null
      })
      if (found?.length === config.dimensions) {
        recent.set(words, found, clock.now())
        return found
      }
      const answer = await embed([words], QUERY_DEADLINE_MS, parts.queryBreaker)
      if (!answer.ok) return null
      const vector = answer.vectors[0]!
      recent.set(words, vector, clock.now())
      const kept = cache.put(version, digest, vector).catch((error: unknown) => {
        log.error('query_vectors_failed', error, { version })
      })
      // A write to KV takes longer than the whole deadline of a search.
      if (later === undefined) await kept
      else later(kept)
      return vector
    },
  }
}

const isVector = (values: unknown, dimensions: number): values is number[] =>
  Array.isArray(values) && values.length === dimensions && values.every((value) => Number.isFinite(value))

/** Of unit length: servers differ, and shortened vectors are not. Zeros stay zeros. */
function unit(values: readonly number[]): Float32Array {
  const vector = Float32Array.from(values)
  const length = Math.hypot(...vector)
  return length > 0 ? vector.map((value) => value / length) : vector
}
