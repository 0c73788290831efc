import { allocateArrays, Column, decodeArrays, encodeArrays, itemNumbers } from '../arrays.ts'

/** A weight of one is kept as this. */
export const WEIGHT_SCALE = 10_000
/** What two bytes take. */
const WEIGHT_MAX = 32_767

/** Weights of a block's targets by target: the anchors that each is explained by. */
const PART_SHAPE = { start: 'Int32', anchor: 'Int32', weight: 'Int16' } as const
/** The same of all targets by anchor, targets ascending. */
const shapeOf = (items: number) => ({ start: 'Int32', target: itemNumbers(items), weight: 'Int16' }) as const

export interface AnchorWeights {
  /** items + 1 offsets. */
  start: Int32Array
  target: Uint16Array | Int32Array
  weight: Int16Array
}

/** Gathers the weights of targets in their order. */
export function createPart() {
  const start = new Column(new Int32Array(0))
  const anchor = new Column(new Int32Array(0))
  const weight = new Column(new Int16Array(0))
  start.push(0)
  return {
    add(anchors: Int32Array, weights: Float64Array) {
      for (let at = 0; at < anchors.length; at++) {
        const rounded = Math.round(weights[at]! * WEIGHT_SCALE)
        if (rounded === 0) continue
        anchor.push(anchors[at]!)
        weight.push(Math.max(-WEIGHT_MAX, Math.min(WEIGHT_MAX, rounded)))
      }
      start.push(anchor.length)
    },
    bytes: () => encodeArrays({ start: start.values, anchor: anchor.values, weight: weight.values }),
  }
}

/** Turns parts, which are read twice in their order, into the weights by anchor. */
export async function transposed(
  items: number,
  parts: number,
  read: (part: number) => Promise<Uint8Array>,
  breathe: () => Promise<void>,
): Promise<Uint8Array> {
  const each = async (use: (part: ReturnType<typeof decodePart>, target: number) => void) => {
    let target = 0
    for (let index = 0; index < parts; index++) {
      const part = decodePart(await read(index))
      use(part, target)
      target += part.start.length - 1
      await breathe()
    }
  }
  const next = new Int32Array(items + 1)
  let total = 0
  await each((part) => {
    for (const anchor of part.anchor) next[anchor + 1]! += 1
    total += part.anchor.length
  })
  const { bytes, arrays } = allocateArrays(
    shapeOf(items),
    { start: items + 1, target: total, weight: total },
    { items },
  )
  for (let item = 0; item < items; item++) next[item + 1]! += next[item]!
  arrays.start.set(next)
  await each((part, first) => {
    for (let own = 0; own + 1 < part.start.length; own++) {
      for (let at = part.start[own]!; at < part.start[own + 1]!; at++) {
        const slot = next[part.anchor[at]!]!++
        arrays.target[slot] = first + own
        arrays.weight[slot] = part.weight[at]!
      }
    }
  })
  return bytes
}

const decodePart = (bytes: Uint8Array) => decodeArrays(bytes, PART_SHAPE).arrays

/** Views of a state that `transposed` made; nothing is copied. */
export function openWeights(state: Uint8Array): AnchorWeights {
  const { items } = decodeArrays(state, {}).meta as { items: number }
  return decodeArrays(state, shapeOf(items)).arrays
}
