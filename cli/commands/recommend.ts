import { type Command, Option } from 'commander'
import { type Shelf, shelfSchema } from '../answers.ts'
import { connect, serviceOptions } from '../connect.ts'
import { type ContextFlags, contextBody, contextOptions, limitOption } from '../context_flags.ts'
import { formatMoney } from '../money.ts'
import { printJson, type Terminal } from '../terminal.ts'
import { plain, plural, table } from '../text.ts'

interface RecommendFlags extends ContextFlags {
  item?: string[]
  limit?: number
  explain?: string
}

/** `shelfwise recommend`: one shelf, as a table. */
export function register(program: Command, terminal: Terminal): void {
  contextOptions(serviceOptions(program.command('recommend').description('ask for one shelf')))
    .option('--item <id...>', 'seed items: what the page is about')
    .addOption(limitOption())
    .addOption(new Option('--explain <how>', 'how much to say about why').choices(['none', 'short', 'full', 'trace']))
    .action(async (flags: RecommendFlags) => {
      const { client } = await connect(flags, terminal, ['sk', 'pk'])
      const { limit, explain } = flags
      const json = {
        ...contextBody(flags, flags.item),
        ...(limit === undefined ? {} : { limit }),
        ...(explain === undefined ? {} : { explain }),
      }
      const call = { method: 'POST', path: '/v1/recommendations', json } as const
      if (flags.json) printJson(terminal, await client.raw(call))
      else terminal.out(shelfText(await client.call({ ...call, answer: shelfSchema }), terminal.columns))
    })
}

/** A shelf for people. @param columns width of the terminal */
export function shelfText(shelf: Shelf, columns: number): string {
  const rows = shelf.items.map((item) => [
    String(item.rank),
    item.id,
    item.title,
    formatMoney(item.price, shelf.locale),
    item.reason?.text ?? '',
  ])
  const headings = [
    { title: '#', align: 'right' },
    { title: 'id', shrinkTo: 8 },
    { title: 'title', shrinkTo: 16 },
    { title: 'price', align: 'right' },
    { title: 'reason', shrinkTo: 16 },
  ] as const
  const heading = `${plain(shelf.title)}  (${shelf.placement}, ${plain(shelf.market)}, ${shelf.locale})`
  const body = rows.length === 0 ? 'the shelf is empty' : table(headings, rows, columns)
  const missing =
    shelf.missing_item_ids.length === 0 ? [] : [`not in this shop: ${shelf.missing_item_ids.map(plain).join(', ')}`]
  return [heading, '', body, '', servedLine(shelf), ...missing, ...traceLines(shelf)].join('\n')
}

/** Which rung answered, how fast, and what was degraded. */
export function servedLine({ served, items }: Shelf): string {
  const parts = [
    plural(items.length, 'item'),
    `rung ${served.rung}`,
    `${served.ms} ms`,
    ...(served.cache === 'hit' ? ['from the cache'] : []),
    served.degraded.length === 0 ? 'nothing degraded' : `degraded: ${served.degraded.join(', ')}`,
    ...(served.availability_as_of ? [`availability as of ${served.availability_as_of}`] : []),
  ]
  return parts.join(' · ')
}

function traceLines({ trace }: Shelf): string[] {
  if (!trace) return []
  const sources = Object.entries(trace.sources).map(([source, number]) => `${source} ${number}`)
  return [
    '',
    `stages:  ${trace.stages.map(({ stage, ms, outcome }) => `${stage} ${ms} ms ${outcome}`).join(', ')}`,
    `sources: ${sources.join(', ') || 'none'}; ${plural(trace.candidates.length, 'candidate')} ("shelfwise explain --item ID" tells about one)`,
  ]
}
