import type { Command } from 'commander'
import { type Audience, audienceSchema } from '../answers.ts'
import { connect, type ServiceFlags, serviceOptions } from '../connect.ts'
import { printJson, type Terminal } from '../terminal.ts'
import { type Column, plural, table } from '../text.ts'

const PERCENT = 100

/** `shelfwise audience`: who would want an item, also one that nobody has bought yet. */
export function register(program: Command, terminal: Terminal): void {
  serviceOptions(program.command('audience <item>').description('who would want this item?')).action(
    async (item: string, flags: ServiceFlags) => {
      const { client } = await connect(flags, terminal, ['sk'])
      const told = await client.call({ path: `/v1/items/${encodeURIComponent(item)}/audience`, answer: audienceSchema })
      if (flags.json) return printJson(terminal, told)
      terminal.out(audienceText(told, terminal.columns))
    },
  )
}

const BASIS: Record<string, string> = {
  none: 'nothing is known of it yet: the shop has too few shoppers, or its text is not indexed',
  text: 'by its text alone',
  behaviour: 'by those who wanted it',
  both: 'by those who wanted it and by its text',
}

const COLUMNS: Column[] = [
  { title: 'LIFT', align: 'right' },
  { title: 'SHOPPERS', align: 'right' },
  { title: 'TASTE' },
  { title: 'WANTS' },
]

/** For people. */
export function audienceText(told: Audience, columns: number): string {
  const share = told.basis === 'both' ? `, ${Math.round(told.own_share * PERCENT)} % of it theirs` : ''
  const heading = `${told.item_id}: ${BASIS[told.basis] ?? told.basis} (${plural(told.shoppers, 'shopper')}${share})`
  if (told.tastes.length === 0) return told.basis === 'none' ? heading : `${heading}\nno taste stands out`
  const rows = told.tastes.map((taste) => [
    `${taste.lift.toFixed(1)}x`,
    `${(taste.share_of_shoppers * PERCENT).toFixed(1)} %`,
    taste.name || '(no name)',
    taste.top_items.map(({ title }) => title).join(', '),
  ])
  return `${heading}\n${table(COLUMNS, rows, columns)}`
}
