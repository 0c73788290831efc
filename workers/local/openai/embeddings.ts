import { hash32 } from '../../../shared/base/hash.ts'

/** As many as `text-embedding-3-small` gives when not told otherwise. */
const DIMENSIONS_DEFAULT = 1_536
const DIMENSIONS_MAX = 3_072
/** Inputs of one call (platform.openai.com/docs/api-reference/embeddings). */
const INPUTS_MAX = 2_048

export interface EmbeddingsBody {
  input?: string | string[]
  model?: string
  dimensions?: number
  encoding_format?: 'float' | 'base64'
}

/** A text as the signed, hashed counts of its words, letter triples and CJK pairs (feature hashing, Weinberger et al. 2009), unit length. */
export function hashedVector(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions)
  const add = (feature: string, weight: number) => {
    const code = hash32(feature)
    vector[code % dimensions]! += (code & 0x40000000) === 0 ? weight : -weight
  }
  for (const word of text
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? []) {
    add(`w ${word}`, 1)
    const width = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u.test(word) ? 2 : 3
    for (let at = 0; at + width <= word.length; at++) add(`g ${word.slice(at, at + width)}`, 0.4)
  }
  const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
  if (norm > 0) for (let at = 0; at < dimensions; at++) vector[at]! /= norm
  return vector
}

/** The answer to an embeddings request, or why it is refused. */
export function embed(body: EmbeddingsBody): { fault: string } | { body: Record<string, unknown> } {
  const inputs = typeof body.input === 'string' ? [body.input] : body.input
  const dimensions = body.dimensions ?? DIMENSIONS_DEFAULT
  if (!Array.isArray(inputs) || inputs.length === 0 || inputs.length > INPUTS_MAX)
    return { fault: "'input' must hold 1 to 2048 texts." }
  if (inputs.some((own) => typeof own !== 'string' || own === ''))
    return { fault: "'input' cannot hold an empty string." }
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > DIMENSIONS_MAX)
    return { fault: "'dimensions' is out of range." }
  const data = inputs.map((text, index) => {
    const vector = hashedVector(text, dimensions)
    const packed = body.encoding_format === 'base64' ? Buffer.from(vector.buffer).toString('base64') : [...vector]
    return { object: 'embedding', index, embedding: packed }
  })
  const tokens = inputs.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0)
  return {
    body: {
      object: 'list',
      data,
      model: body.model ?? 'scripted-embedding',
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    },
  }
}
