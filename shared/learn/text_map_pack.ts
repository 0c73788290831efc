import { decodeArrays, encodeArrays } from './arrays.ts'
import type { Anchors, TextMapSettings } from './text_map.ts'
import type { Whitening } from './text_map_whiten.ts'

/** Everything that placing a text takes. */
export interface TextMap {
  version: string
  settings: TextMapSettings
  whitening: Whitening
  anchors: Anchors
  /** Ids of the anchors, in their order. */
  ids: readonly string[]
}

const SHAPE = {
  mean: 'Float32',
  basis: 'Float32',
  variances: 'Float64',
  texts: 'Float32',
  factors: 'Float32',
  shoppers: 'Int32',
} as const

type Meta = Pick<TextMap, 'version' | 'settings' | 'ids'> & Pick<Whitening, 'rawDims' | 'dims'>

export function encodeTextMap({ version, settings, whitening, anchors, ids }: TextMap): Uint8Array {
  const { rawDims, dims, mean, basis, variances } = whitening
  const { texts, factors, shoppers } = anchors
  const meta: Meta = { version, settings, ids, rawDims, dims }
  return encodeArrays({ mean, basis, variances, texts, factors, shoppers }, meta)
}

/** Views; nothing is copied. */
export function decodeTextMap(bytes: Uint8Array): TextMap {
  const { arrays, meta } = decodeArrays(bytes, SHAPE)
  const { version, settings, ids, rawDims, dims } = meta as Meta
  const { mean, basis, variances, texts, factors, shoppers } = arrays
  const axes = variances.length
  return {
    version,
    settings,
    ids,
    whitening: { rawDims, dims, axes, mean, basis, variances },
    anchors: { count: ids.length, textDims: axes, texts, factors, shoppers },
  }
}
