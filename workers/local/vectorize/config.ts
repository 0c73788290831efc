import type { EngineConfig } from './engine.ts'
import { parseMetadataIndexes } from './metadata.ts'
import type { Metric } from './search.ts'

/** Vars of the worker: defaults for every index. */
export interface VectorizeVars {
  VECTOR_DIMENSIONS?: string
  VECTOR_METRIC?: string
  VECTOR_METADATA_INDEXES?: string
  VECTOR_VISIBILITY_DELAY_MS?: string
}

/** Props of a service binding; each field wins over the var. */
export interface VectorizeProps {
  /** The index's name. */
  index?: string
  dimensions?: number
  metric?: Metric
  /** "field:type" separated by commas. */
  metadataIndexes?: string
  visibilityDelayMs?: number
  /** 'manual': time stands still until it is moved through the control door; for tests. */
  clock?: 'system' | 'manual'
}

/** What an engine is made with, and whose time it keeps. */
export interface IndexConfig extends EngineConfig {
  clock: 'system' | 'manual'
}

export const INDEX_DEFAULT = 'items'
const DIMENSIONS_DEFAULT = 256
const VISIBILITY_DELAY_MS_DEFAULT = 1_000

/** Decodes props and vars; throws on what is not a configuration. */
export function decodeConfig(props: VectorizeProps, vars: VectorizeVars): IndexConfig {
  return {
    dimensions: whole('dimensions', props.dimensions ?? vars.VECTOR_DIMENSIONS ?? DIMENSIONS_DEFAULT),
    metric: metric(props.metric ?? vars.VECTOR_METRIC ?? 'cosine'),
    metadataIndexes: parseMetadataIndexes(props.metadataIndexes ?? vars.VECTOR_METADATA_INDEXES ?? ''),
    visibilityDelayMs: whole(
      'visibilityDelayMs',
      props.visibilityDelayMs ?? vars.VECTOR_VISIBILITY_DELAY_MS ?? VISIBILITY_DELAY_MS_DEFAULT,
    ),
    clock: props.clock ?? 'system',
  }
}

function whole(name: string, value: number | string): number {
  const number = Number(value)
  if (value === '' || !Number.isInteger(number) || number < 0)
    throw new Error(`${name} must be a whole number: ${value}`)
  return number
}

function metric(name: string): Metric {
  if (name === 'cosine' || name === 'euclidean' || name === 'dot-product') return name
  throw new Error(`Unknown metric: ${name}`)
}
