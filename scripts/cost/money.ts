/** What counted operations cost. */
import type { Counts } from './meter.ts'
import { type Allowance, PRICES, type Price, RESOURCES, type Resource } from './prices.ts'

export interface Line {
  resource: string
  name: string
  unit: string
  amount: number
  dollars: number
}

export const DAYS_A_MONTH = 30
const TOKENS = /^tokens\.(?:(?<purpose>\w+)\.(?<side>input|output)|embedding)$/

/** A line for each priced resource in the order of the price list, then one for the tokens of each purpose. */
export function linesOf(counts: Counts): Line[] {
  const platform = RESOURCES.map((resource): Line => {
    const { name, unit, dollars, per } = PRICES.resources[resource]
    const amount = counts[resource] ?? 0
    return { resource, name, unit, amount, dollars: (amount / per) * dollars }
  })
  const tokens = Object.keys(counts)
    .filter((resource) => TOKENS.test(resource))
    .sort()
    .map((resource) => tokenLine(resource, counts[resource]!))
  return [...platform, ...tokens]
}

export const isTokens = ({ resource }: Pick<Line, 'resource'>): boolean => resource.startsWith('tokens.')

function tokenLine(resource: string, amount: number): Line {
  const { purpose, side } = TOKENS.exec(resource)!.groups ?? {}
  const { dollars, per } = PRICES.tokens[(side as 'input' | 'output' | undefined) ?? 'embedding']
  const name = purpose === undefined ? 'embedding tokens' : `${purpose.replaceAll('_', ' ')}, ${side}`
  return { resource, name, unit: 'tokens', amount, dollars: (amount / per) * dollars }
}

export const totalOf = (lines: readonly Line[]): number => lines.reduce((sum, { dollars }) => sum + dollars, 0)

/** A month's bill of Workers Paid: what a plan includes costs nothing beside the subscription. */
export function billOf(month: Counts): { lines: Line[]; dollars: number } {
  const lines = linesOf(month).map((line): Line => {
    if (isTokens(line)) return line
    const price: Price = PRICES.resources[line.resource as Resource]
    const beyond = Math.max(0, line.amount - monthly(price.included))
    return { ...line, dollars: (beyond / price.per) * price.dollars }
  })
  return { lines, dollars: PRICES.subscription + totalOf(lines) }
}

const monthly = ({ amount, per }: Allowance) => (per === 'day' ? amount * DAYS_A_MONTH : amount)

export interface Room {
  /** The allowance that ends first; null where none does. */
  resource: Resource | null
  /** Of what grows, a day, until then: below 0 where what stands still is too much already. */
  perDay: number
}

/**
 * How much of something fits into Workers Free each day.
 * @param each what one of it uses
 * @param standing what a month uses without any
 */
export function roomOnFree(each: Counts, standing: Counts): Room {
  let room: Room = { resource: null, perDay: Number.POSITIVE_INFINITY }
  for (const resource of RESOURCES) {
    const { free } = PRICES.resources[resource] as Price
    const used = each[resource] ?? 0
    const idle = (standing[resource] ?? 0) / DAYS_A_MONTH
    if (free === null) continue
    const left = monthly(free) / DAYS_A_MONTH - idle
    if (used <= 0 && left >= 0) continue
    const perDay = left < 0 ? left : left / used
    if (perDay < room.perDay) room = { resource, perDay }
  }
  return room
}
