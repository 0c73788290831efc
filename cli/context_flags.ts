import { type Command, InvalidArgumentError, Option } from 'commander'
import { LIMITS } from '../shared/domain/limits.ts'
import type { ServiceFlags } from './connect.ts'
import { usage } from './failure.ts'

/** What a shelf is asked for: the shopper, the page, the place. */
export interface ContextFlags extends ServiceFlags {
  placement?: string
  user?: string
  anonymous?: string
  session?: string
  cart?: string[]
  query?: string
  market?: string
  locale?: string
  diversity?: number
  exclude?: string[]
  filter?: string
}

/** The flags that say for whom and where a shelf is. */
export function contextOptions(command: Command): Command {
  return command
    .option('--placement <name>', 'home, product, cart, generic or your own')
    .option('--user <id>', 'a known shopper')
    .option('--anonymous <id>', 'an unknown shopper')
    .option('--session <id>', 'a session')
    .option('--cart <id...>', 'items in the cart')
    .option('--query <text>', 'what was searched for')
    .option('--market <market>', "the market; the shop's default when absent")
    .option('--locale <tag>', 'the language of titles and reasons')
    .addOption(new Option('--diversity <d>', 'variety, from 0 to 1').argParser(numberBetween(0, 1)))
    .option('--exclude <id...>', 'items to leave out')
    .option('--filter <json>', 'a filter tree, such as \'{"field":"price","op":"lt","value":5000}\'')
}

/** The request body that the flags stand for. @param seeds items that the page is about */
export function contextBody(flags: ContextFlags, seeds: readonly string[] | undefined): Record<string, unknown> {
  const all = {
    placement: flags.placement,
    user_id: flags.user,
    anonymous_id: flags.anonymous,
    session_id: flags.session,
    item_ids: seeds,
    cart_item_ids: flags.cart,
    query: flags.query,
    market: flags.market,
    locale: flags.locale,
    diversity: flags.diversity,
    exclude_item_ids: flags.exclude,
    filter: flags.filter === undefined ? undefined : parseFilter(flags.filter),
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

function parseFilter(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw usage(`--filter is not valid JSON: ${(error as Error).message}`, { cause: error })
  }
}

/** A flag's number within bounds. */
export function numberBetween(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (text.trim() !== '' && value >= least && value <= most) return value
    throw new InvalidArgumentError(`a number from ${least} to ${most}`)
  }
}

/** A flag's whole number within bounds. */
export function wholeBetween(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = numberBetween(least, most)(text)
    if (Number.isInteger(value)) return value
    throw new InvalidArgumentError(`a whole number from ${least} to ${most}`)
  }
}

export const limitOption = (): Option =>
  new Option('--limit <n>', 'items on the shelf').argParser(wholeBetween(1, LIMITS.shelfLimit))
