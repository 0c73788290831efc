import { parseArgs } from 'node:util'

export interface CostOptions {
  /** Shelves that are asked about. */
  shelves: number
  json: boolean
  /** A dataset's folder; null for the demo shop. */
  dataset: string | null
}

export const USAGE = 'usage: npm run -s cost -- [SHELVES] [--json] [--dataset DIR]     SHELVES such as 1M, 250k, 40000'

/** The command line is wrong: one line for people, no stack. */
export class CostFailure extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'CostFailure'
  }
}

const SHELVES = '1M'
const AMOUNT = /^(\d{1,15}(?:\.\d{1,9})?)([kKM]?)$/
const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, K: 1e3, M: 1e6 }
/** A thousand shelves a second for thirty years. */
const SHELVES_MAX = 1e12

/** @throws CostFailure */
export function readOptions(argv: readonly string[]): CostOptions {
  const { values, positionals } = parsed(argv)
  if (positionals.length > 1) throw new CostFailure(`one number of shelves, not ${positionals.length}`)
  if (values.dataset === '') throw new CostFailure('--dataset wants a folder')
  return { shelves: readAmount(positionals[0] ?? SHELVES), json: values.json, dataset: values.dataset ?? null }
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false }, dataset: { type: 'string' } },
    })
  } catch (error) {
    // Node's own words go on with advice that does not apply here.
    throw new CostFailure((error instanceof Error ? error.message : String(error)).split('. ')[0]!)
  }
}

/** `1M`, `250k`, `40000`. @throws CostFailure */
export function readAmount(text: string): number {
  const match = AMOUNT.exec(text)
  const amount = match === null ? Number.NaN : Math.round(Number(match[1]) * UNITS[match[2]!]! * 1e6) / 1e6
  if (Number.isInteger(amount) && amount >= 1 && amount <= SHELVES_MAX) return amount
  throw new CostFailure(
    `“${text.slice(0, 40)}” is no number of shelves: 1M, 250k or 40000, from 1 to a million million`,
  )
}
