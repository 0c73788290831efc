import type { Command } from 'commander'
import { type EnrichmentState, jobsSchema, retrySchema } from '../answers.ts'
import type { Client } from '../client.ts'
import { connect, type ServiceFlags, serviceOptions } from '../connect.ts'
import { CliFailure, EXIT } from '../failure.ts'
import { printJson, type Terminal } from '../terminal.ts'
import { count, errorsText, plain, plural, table } from '../text.ts'

interface EnrichFlags extends ServiceFlags {
  retry?: boolean
}

/** `shelfwise enrich`: what is understood of a shop's items, at which cost, and what waits for somebody. */
export function register(program: Command, terminal: Terminal): void {
  serviceOptions(program.command('enrich').description('what is understood of the items, and what it cost'))
    .option('--retry', 'try again what is in doubt or in quarantine; calls in doubt may be paid for twice')
    .action(async (flags: EnrichFlags) => enrichCommand(flags, terminal))
}

async function enrichCommand(flags: EnrichFlags, terminal: Terminal): Promise<void> {
  const { client, shop } = await connect(flags, terminal, ['sk'])
  // Told before: the retry itself takes items out of doubt.
  const doubtful = flags.retry ? await inDoubt(client) : 0
  const retried = flags.retry
    ? await client.call({ method: 'POST', path: '/v1/enrichment:retry', answer: retrySchema })
    : null
  const { enrichment, items } = await client.call({ path: '/v1/jobs', answer: jobsSchema })
  if (enrichment === undefined) throw new CliFailure('this service does not tell of enrichment', EXIT.refused)
  if (flags.json) {
    printJson(terminal, retried === null ? enrichment : { ...enrichment, retried })
    return
  }
  if (retried !== null) {
    const { forgotten_calls, items: due, quarantined } = retried
    terminal.out(
      `due again: ${plural(due, 'item')}, ${count(quarantined)} from quarantine, ${plural(forgotten_calls, 'call')} forgotten`,
    )
    if (due > 0 && forgotten_calls === 0 && doubtful > 0)
      terminal.out('a call that was begun less than two minutes ago may still be under way: then repeat this later')
  }
  terminal.out(enrichmentText(shop, items.live, enrichment, terminal.columns))
}

const inDoubt = async (client: Client): Promise<number> =>
  (await client.call({ path: '/v1/jobs', answer: jobsSchema })).enrichment?.in_doubt ?? 0

/** A shop's enrichment for people. */
export function enrichmentText(shop: string, live: number, state: EnrichmentState, columns: number): string {
  const { budget } = state
  const daily = budget.daily === null ? "the worker's default" : budget.daily.toFixed(2)
  const claims = Object.values(state.dropped).reduce((total, times) => total + times, 0)
  const lines = [
    `shop ${plain(shop)}: ${count(state.done)} of ${plural(live, 'item')} understood, ${count(state.by_rules)} by rules, ${count(state.missing)} waiting`,
    `claims: ${count(state.kept)} kept, ${count(claims)} dropped${claims === 0 ? '' : ` (${errorsText(state.dropped)})`}`,
    `today: ${budget.spent_today.toFixed(4)} spent, ${budget.reserved_today.toFixed(4)} reserved, budget ${daily}`,
  ]
  const waiting = errorsText({
    in_doubt: state.in_doubt,
    quarantined: state.quarantined,
    rejected_answers: state.rejected,
  })
  if (waiting !== '') lines.push(`waiting for you: ${waiting} (shelfwise enrich --retry)`)
  if (state.flagged > 0)
    lines.push(`${plural(state.flagged, 'item')} with text that speaks to a ranker; those passages stayed out`)
  if (state.quarantine.length === 0) return lines.join('\n')
  const rows = state.quarantine.map((row) => [plain(row.item), row.stage, count(row.attempts), row.error])
  const titles = [
    { title: 'item', shrinkTo: 16 },
    { title: 'stage' },
    { title: 'attempts', align: 'right' },
    { title: 'error' },
  ] as const
  return `${lines.join('\n')}\n${table(titles, rows, columns)}`
}
