import { canonicalJson, sha256 } from '../base/hash.ts'
import type { Partition } from '../store/learning_artefacts.ts'
import type { Learner } from './learner.ts'
import { BUCKET_BYTES, CHUNK_BYTES, PARTITIONS_PER_CHUNK, type Tier, TooMuchToLearn } from './limits.ts'

/** What a run learns from and how it is cut up; written before anything else, and never changed. */
export interface Plan {
  /** Of the form of everything that a run leaves behind. */
  schema: typeof SCHEMA
  shop: string
  run: string
  partitions: Partition[]
  /** Partitions from .. to (exclusive) of each chunk. */
  chunks: Array<readonly [from: number, to: number]>
  /** Parts that shoppers are divided into by their hash. */
  buckets: number
}

export const SCHEMA = 1
/** 132 bits of a digest. */
const RUN_CHARS = 22

/**
 * Lines of a partition never change but by going, so names and sizes say what is in them: the same partitions learned by the
 * same learners are the same run, on whatever machine. Events that were joined into others are another one.
 * @throws TooMuchToLearn
 */
export async function planRun(
  shop: string,
  partitions: readonly Partition[],
  learners: readonly Learner[],
  tier: Tier,
): Promise<Plan> {
  const bytes = partitions.reduce((sum, own) => sum + own.bytes, 0)
  if (bytes > tier.partitionBytes) throw new TooMuchToLearn('bytes of events', tier.partitionBytes, tier)
  const versions = learners.map(({ name, version }) => [name, version])
  const text = canonicalJson([SCHEMA, shop, versions, partitions.map((own) => [own.name, own.bytes])])
  return {
    schema: SCHEMA,
    shop,
    run: (await sha256(text)).slice(0, RUN_CHARS),
    partitions: [...partitions],
    chunks: chunksOf(partitions),
    buckets: Math.max(1, Math.ceil(bytes / BUCKET_BYTES)),
  }
}

/** Cuts partitions in their order into pieces that are read at once: from .. to (exclusive). */
export function chunksOf(partitions: readonly Partition[]): Plan['chunks'] {
  const chunks: Array<readonly [number, number]> = []
  let from = 0
  let bytes = 0
  for (const [at, own] of partitions.entries()) {
    if (at > from && (bytes + own.bytes > CHUNK_BYTES || at - from === PARTITIONS_PER_CHUNK)) {
      chunks.push([from, at])
      from = at
      bytes = 0
    }
    bytes += own.bytes
  }
  if (partitions.length > from) chunks.push([from, partitions.length])
  return chunks
}
