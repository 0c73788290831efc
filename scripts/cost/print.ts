import type { Line } from './money.ts'
import { PRICES } from './prices.ts'
import type { Part, Report } from './report.ts'

const whole = (amount: number): string =>
  Math.abs(amount) >= 100 || Number.isInteger(amount)
    ? Math.round(amount).toLocaleString('en-US')
    : amount.toPrecision(3)
const money = (dollars: number): string => `$${dollars.toFixed(dollars !== 0 && Math.abs(dollars) < 0.1 ? 4 : 2)}`

/** The report as people read it. */
export function printed(report: Report): string[] {
  const { replayed, shelves, night, standing, free } = report
  const { shop, items, minutes, requestsPerSecond } = replayed
  const rungs = Object.entries(replayed.rungs)
    .sort()
    .map(([rung, count]) => `${rung} ${((100 * count) / replayed.shelves).toFixed(0)} %`)
  return [
    `Replayed: ${shop}, ${items} items, ${replayed.shelves} shelves and ${replayed.events} events in ${minutes} minutes at ${requestsPerSecond} a second; ${rungs.join(', ')}`,
    `Counted operations at list prices of ${report.pricesAsOf}, without what a plan includes. CPU is measured on this machine, tokens are four characters each.`,
    '',
    ...table(`${whole(shelves.amount)} shelves, with their shoppers' events`, shelves),
    `a million shelves: ${money(shelves.perMillion)}; of it the platform ${money(shelves.platformPerMillion)}`,
    '',
    ...table(`${whole(night.items)} items a night: taken in, understood, embedded, learned`, night),
    '',
    ...table("a month of crons at this shop's size and traffic, learning included", standing),
    '',
    `Workers Paid, a month (${money(PRICES.subscription)} subscription and what goes beyond it, crons as above)`,
    ...aligned(
      report.shops.map((one) => [
        one.name,
        `${whole(one.shelves)} shelves`,
        `${whole(one.items)} items`,
        `${whole(one.itemsANight)} changed a night`,
        `platform ${money(one.platform)}`,
        `tokens ${money(one.tokens)}`,
        money(one.dollars),
      ]),
    ),
    '',
    free.resource === null
      ? 'Workers Free: no daily allowance ends.'
      : free.perDay < 0
        ? `Workers Free: the crons alone use up ${PRICES.resources[free.resource].name}.`
        : `Workers Free: ${whole(Math.floor(free.perDay))} shelves a day, then ${PRICES.resources[free.resource].name} are used up.`,
    ...(report.failures.length === 0
      ? []
      : ['', `${report.failures.length} failures in the workers' logs; the first: ${report.failures[0]}`]),
  ]
}

function table(title: string, { lines, platform, tokens, dollars }: Part): string[] {
  const used = lines.filter(({ amount }) => amount !== 0)
  const sums = [
    ['platform', '', '', money(platform)],
    ['tokens', '', '', money(tokens)],
    ['sum', '', '', money(dollars)],
  ]
  return [title, ...aligned([...used.map(cells), ...sums])]
}

const cells = ({ name, unit, amount, dollars }: Line): string[] => [name, whole(amount), unit, money(dollars)]

/** The first column to the left, the others to the right. */
function aligned(rows: readonly string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map(
    (row) =>
      `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  ')}`,
  )
}
