import { toBase64 } from '../base/base64.ts'

/**
 * What learning counted of a shop's items, in columns of small integers: one value a shop, made by shared/learn/item_stats.ts
 * and read by ranking. docs/storage.md has the formulas; a feature is its column's unit times the integer.
 */
export const STAT_UNITS = {
  /** log(100 * wishes a day + 0.1), wishes decayed with the half-life in days. */
  p7: 1e-3,
  p14: 1e-3,
  p28: 1e-3,
  p91: 1e-3,
  /** log(wishes + 0.5), of all time. */
  all: 1e-3,
  /** log(wishes + 0.5) of the 30 days that began a year before `asOfMs`; means something where `yearKnown`. */
  year: 1e-3,
  /** UTC days since 1970; 0: never. */
  firstDay: 1,
  lastDay: 1,
  lastPurchaseDay: 1,
  /** log(repeat purchases for each later purchase visit of a buyer), shrunk to the shop's. */
  rr: 1e-3,
  /** Share of buyers who bought again, shrunk. */
  rp: 1e-4,
  /** Mean log(days between purchases + 1), shrunk. */
  cyc: 1e-3,
  /** Mean log(minor units + 1) with every market's mean moved to the shop's; -1: no price is known. */
  price: 1e-3,
} as const
export type StatColumn = keyof typeof STAT_UNITS
export const STAT_COLUMNS = Object.keys(STAT_UNITS) as StatColumn[]

/** Values of a scene: four parts of the day, week and weekend, four quarters; then the markets. */
export const DAY_PARTS = 4
export const WEEK_PARTS = 2
export const QUARTERS = 4
export const TIME_SCENES = DAY_PARTS + WEEK_PARTS + QUARTERS
/** A log-lift of 1. */
export const LIFT_UNITS = 32

/** The artefact as it is written. */
export interface ItemStatsText {
  v: 1
  /** The newest event that was counted. */
  asOfMs: number
  /** Whether the events reach back a year. */
  yearKnown: boolean
  /** In the order of their code units. */
  ids: readonly string[]
  /** Base64 of 16-bit integers, little endian: a number an item. */
  columns: Readonly<Record<StatColumn, string>>
  scenes: {
    /** Those that have lifts of their own. */
    markets: readonly string[]
    /** Hours that are added to UTC in each of `markets`, and at last in any other. */
    shifts: readonly number[]
    /** Base64 of bytes: for each item TIME_SCENES and then `markets` log-lifts in LIFT_UNITS. */
    lifts: string
  }
}

/** Days fill 16 bits until 2149. */
const UNSIGNED: ReadonlySet<StatColumn> = new Set(['firstDay', 'lastDay', 'lastPurchaseDay'])

export const packColumn = (values: Int16Array | Uint16Array | Int8Array): string =>
  toBase64(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))

/** Columns of integers by item row. */
export class ItemStats {
  readonly asOfMs: number
  readonly yearKnown: boolean
  readonly ids: readonly string[]
  readonly columns: Readonly<Record<StatColumn, Int16Array | Uint16Array>>
  readonly markets: readonly string[]
  readonly shifts: readonly number[]
  /** Row `item` of TIME_SCENES + markets numbers. */
  readonly lifts: Int8Array

  constructor(text: ItemStatsText) {
    this.asOfMs = text.asOfMs
    this.yearKnown = text.yearKnown
    this.ids = text.ids
    this.columns = Object.fromEntries(
      STAT_COLUMNS.map((name) => {
        const { buffer } = bytesOf(text.columns[name])
        return [name, UNSIGNED.has(name) ? new Uint16Array(buffer) : new Int16Array(buffer)]
      }),
    ) as Record<StatColumn, Int16Array | Uint16Array>
    this.markets = text.scenes.markets
    this.shifts = text.scenes.shifts
    this.lifts = new Int8Array(bytesOf(text.scenes.lifts).buffer)
  }

  /** The row of an item; -1 when nobody did anything with it. */
  of(id: string): number {
    let low = 0
    let high = this.ids.length - 1
    while (low <= high) {
      const middle = (low + high) >>> 1
      const found = this.ids[middle]!
      if (found === id) return middle
      if (found < id) low = middle + 1
      else high = middle - 1
    }
    return -1
  }

  /** A feature of a row in its own unit; of row -1 what an item has that nobody has ever wanted. */
  value(column: StatColumn, row: number): number {
    return row === -1 ? STAT_ABSENT[column] : this.columns[column][row]! * STAT_UNITS[column]
  }

  /** The number of a market in `markets` and `shifts`; that of any other one is markets.length. */
  marketOf(market: string): number {
    const found = this.markets.indexOf(market)
    return found === -1 ? this.markets.length : found
  }
}

const NO_WISH = Math.log(0.1)
/** Of an item that has no row; repeat statistics of a shop where nobody buys again. */
export const STAT_ABSENT: Readonly<Record<StatColumn, number>> = {
  p7: NO_WISH,
  p14: NO_WISH,
  p28: NO_WISH,
  p91: NO_WISH,
  all: Math.log(0.5),
  year: Math.log(0.5),
  firstDay: 0,
  lastDay: 0,
  lastPurchaseDay: 0,
  rr: Math.log(0.01),
  rp: 0,
  cyc: 0,
  price: -1e-3,
}

/** @throws SyntaxError or TypeError on a text that is no artefact of this version */
export function decodeItemStats(text: string): ItemStats {
  const parsed = JSON.parse(text) as ItemStatsText
  if (parsed?.v !== 1) throw new TypeError('not item statistics of version 1')
  return new ItemStats(parsed)
}

/** Standard base64, of our own making: checking it as strictly as a signature would take longer than all the rest. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64)
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at)
  return bytes
}
