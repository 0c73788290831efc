import { RERANK_LIMITS } from './limits.ts'

/** What was wrong with an answer, counted. */
export interface OrderFaults {
  /** The text is no JSON object with a list "order", or too long to be one. */
  unreadable: boolean
  /** Entries that are no whole number: texts, fractions, lists, null. */
  notWhole: number
  /** Whole numbers that were not in the question. */
  foreign: number
  /** Numbers told before. */
  duplicate: number
  /** Candidates that the answer leaves out. */
  missing: number
  /** Fields beside "order": the schema allows none. */
  extraFields: number
}

/** One pass as it was read. */
export interface ReadOrder {
  /** Base places, the best first: a permutation of the presentation, whatever the model wrote. */
  order: number[]
  /** Right numbers, each once, as a share of the list or of what was told, whichever is longer. */
  validShare: number
  /** Whether the pass says enough to be heard. */
  counts: boolean
  faults: OrderFaults
}

/**
 * Reads a model's order of candidates by their numbers. What is not a number of the list, or told twice, is dropped;
 * what is missing follows in base order. Never throws, and nothing but the presentation's places comes out of it.
 * @param text the model's answer as it came
 * @param presentation base places in the order shown: number k + 1 is presentation[k]
 */
export function readOrder(text: string, presentation: readonly number[]): ReadOrder {
  const n = presentation.length
  const faults: OrderFaults = { unreadable: false, notWhole: 0, foreign: 0, duplicate: 0, missing: 0, extraFields: 0 }
  const told = toldNumbers(text, faults)
  const taken = new Set<number>()
  for (const entry of told) {
    if (typeof entry !== 'number' || !Number.isInteger(entry)) faults.notWhole += 1
    else if (entry < 1 || entry > n) faults.foreign += 1
    else if (taken.has(entry)) faults.duplicate += 1
    else taken.add(entry)
  }
  faults.missing = n - taken.size
  const named = [...taken].map((number) => presentation[number - 1]!)
  const unnamed = presentation.filter((_, index) => !taken.has(index + 1)).sort((a, b) => a - b)
  const validShare = n === 0 ? 0 : taken.size / Math.max(n, told.length)
  return { order: [...named, ...unnamed], validShare, counts: validShare >= RERANK_LIMITS.validShareMin, faults }
}

/** The entries of "order", which may be anything; none where the text is not an answer. */
function toldNumbers(text: string, faults: OrderFaults): readonly unknown[] {
  const value = text.length > RERANK_LIMITS.answerCharsMax ? null : parsed(text)
  // Own fields alone: a list that stands in a prototype was not answered.
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, 'order')) {
    const { order } = value as { order: unknown }
    if (Array.isArray(order)) {
      faults.extraFields = Object.keys(value).length - 1
      return order
    }
  }
  faults.unreadable = true
  return []
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}
