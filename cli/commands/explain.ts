import type { Command } from 'commander'
import { explanationSchema } from '../answers.ts'
import { connect, serviceOptions } from '../connect.ts'
import { type ContextFlags, contextBody, contextOptions, limitOption } from '../context_flags.ts'
import { explanationLines } from '../explanation.ts'
import { usage } from '../failure.ts'
import { queryOf } from '../query.ts'
import { printJson, type Terminal } from '../terminal.ts'

interface ExplainFlags extends ContextFlags {
  item?: string
  seed?: string[]
  limit?: number
  insteadOf?: string
}

/** `shelfwise explain`: why an item is at its place, or why it is not on the shelf and what would show it. */
export function register(program: Command, terminal: Terminal): void {
  const command = program.command('explain').description('why is this item shown, why here, or why not?')
  contextOptions(serviceOptions(command.argument('[item]', 'the item to explain')))
    .option('--item <id>', 'the same, as a flag')
    .option('--seed <id...>', 'seed items: what the page is about')
    .option('--instead-of <id>', 'an item to compare it with')
    .addOption(limitOption())
    .action(async (argument: string | undefined, flags: ExplainFlags) => {
      const item = argument ?? flags.item
      if (item === undefined) throw usage('which item? "shelfwise explain ITEM --placement home"')
      const { client } = await connect(flags, terminal, ['sk', 'pk'])
      const query = queryOf({
        ...contextBody(flags, flags.seed),
        item_id: item,
        ...(flags.limit === undefined ? {} : { limit: flags.limit }),
        ...(flags.insteadOf === undefined ? {} : { instead_of: flags.insteadOf }),
      })
      const call = { method: 'GET', path: `/v1/explain?${query}` } as const
      if (flags.json) return printJson(terminal, await client.raw(call))
      for (const line of explanationLines(await client.call({ ...call, answer: explanationSchema }))) terminal.out(line)
    })
}
