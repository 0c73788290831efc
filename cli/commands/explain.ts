import type { Command } from 'commander'
import { LIMITS } from '../../shared/domain/limits.ts'
import { type Shelf, shelfSchema } from '../answers.ts'
import type { Client } from '../client.ts'
import { connect, serviceOptions } from '../connect.ts'
import { type ContextFlags, contextBody, contextOptions } from '../context_flags.ts'
import { explanationLines, explanationOf } from '../explanation.ts'
import { printJson, type Terminal } from '../terminal.ts'
import { servedLine } from './recommend.ts'

interface ExplainFlags extends ContextFlags {
  item: string
  seed?: string[]
}

/** `shelfwise explain`: why an item is at its place, or where it dropped out. */
export function register(program: Command, terminal: Terminal): void {
  contextOptions(serviceOptions(program.command('explain').description('why is this item shown, or why not?')))
    .requiredOption('--item <id>', 'the item to explain')
    .option('--seed <id...>', 'seed items: what the page is about')
    .action(async (flags: ExplainFlags) => {
      const { client } = await connect(flags, terminal, ['sk', 'pk'])
      // The longest shelf: an item on a later page has its place there.
      const json = { ...contextBody(flags, flags.seed), explain: 'trace', limit: LIMITS.shelfLimit }
      const shelf = await client.call({ method: 'POST', path: '/v1/recommendations', json, answer: shelfSchema })
      const told = explanationOf(flags.item, shelf, await isKnown(client, flags.item, shelf))
      if (flags.json)
        return printJson(terminal, { ...told, served: shelf.served, trace_sources: shelf.trace?.sources ?? {} })
      for (const line of explanationLines(told, shelf)) terminal.out(line)
      terminal.out(servedLine(shelf))
    })
}

/** Whether the shop has the item: a shelf about it says so when it does not. */
async function isKnown(client: Client, item: string, shelf: Shelf): Promise<boolean> {
  if (shelf.items.some((own) => own.id === item) || shelf.trace?.candidates.some((own) => own.id === item)) return true
  const json = { placement: 'product', item_ids: [item], limit: 1, explain: 'none' }
  const about = await client.call({ method: 'POST', path: '/v1/recommendations', json, answer: shelfSchema })
  return !about.missing_item_ids.includes(item)
}
