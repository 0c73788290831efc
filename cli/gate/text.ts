import { count, plain, plural, table } from '../text.ts'
import type { Figure, Gate, Gates, Worth } from './answers.ts'

const MICRO = 1e6
const MODES: Readonly<Record<string, string>> = {
  off: 'the base order; no order is made',
  shadow: 'the base order; the model’s is made and noted',
  trial: 'drafts of both orders',
  live: 'the model’s order',
}
const WHYS: Readonly<Record<string, string>> = {
  new: 'nothing was decided yet',
  held: 'somebody fixed it',
  waits: 'evidence is gathered',
  replay_better: 'logged shelves would have gained',
  orders_enough: 'enough shelves had an order',
  better: 'drafts preferred the model’s order, and it was worth its cost',
  worse: 'drafts preferred the base order',
  not_worth_it: 'what it brought did not reach its cost',
  not_shown: 'a gain could not be shown',
  crossing_lowered: 'it stopped to gain for long histories',
  other_maker: 'another model, prompt or worth: evidence begins anew',
}

const money = (micro: number, currency = ''): string =>
  `${(micro / MICRO).toFixed(Math.abs(micro) < MICRO / 10 ? 4 : 2)}${currency === '' ? '' : ` ${currency}`}`
const signed = (value: number, digits: number): string => `${value > 0 ? '+' : ''}${value.toFixed(digits)}`
const amount = (value: number, unit: 'micro' | 'clicks'): string =>
  unit === 'micro' ? money(value) : `${signed(value, 1)} clicks`

/** Up to which history the model's order serves, where it does. */
function upTo({ mode, crossing }: Gate, fallback: number): string {
  if (mode === 'off' || mode === 'shadow') return ''
  if (crossing === null && mode === 'trial') return 'any'
  return plural(crossing ?? fallback, 'item')
}

const why = ({ evidence }: Gate): string => WHYS[evidence.why] ?? evidence.why

/** Every placement in a line. @param columns width of the terminal */
export function listText({ gates, default_crossing, spent, worth }: Gates, columns: number): string {
  const titles = [
    ...[{ title: 'placement', shrinkTo: 8 }, { title: 'mode' }, { title: 'histories to' }, { title: 'since' }],
    ...[{ title: 'held' }, { title: 'because', shrinkTo: 16 }],
  ]
  const rows = gates.map((gate) => [
    ...[gate.placement, gate.mode, upTo(gate, default_crossing), gate.since ?? ''],
    ...[gate.held ? 'yes' : '', why(gate)],
  ])
  return [
    table(titles, rows, columns),
    '',
    `orders took ${money(spent.micro)} in ${spent.days} days; ${worthText(worth)}`,
  ].join('\n')
}

/** One placement, with the figures it stands on. */
export function gateText(gate: Gate, fallback: number): string {
  const { placement, mode, held, since, evidence } = gate
  const { preference, gain, cost, unit, basis, attempts, rest_until } = evidence
  const reach = upTo(gate, fallback)
  const lines = [
    `${placement}: ${mode}${since === null ? '' : ` since ${since}`}${held ? `; it is held until "shelfwise gate release ${placement}"` : ''}`,
    `shows      ${MODES[mode] ?? mode}${reach === '' ? '' : `, for histories of up to ${reach}`}`,
    `because    ${why(gate)}`,
    ...(basis === null ? [] : [`compares   ${basis}${attempts === 0 ? '' : `, trial ${attempts}`}`]),
    ...(preference === null ? [] : [`preferred  ${boundsText(preference, (value) => signed(value, 3))} a draft`]),
    ...(gain === null ? [] : [`gain       ${boundsText(gain, (value) => amount(value, unit))} a 1,000 shelves`]),
    ...(cost === null || gain === null ? [] : [`cost       ${money(cost)} a 1,000 shelves`]),
    ...(rest_until === null ? [] : [`rests      until ${rest_until}`]),
  ]
  return lines.map(plain).join('\n')
}

const boundsText = ({ n, mean, lower, upper }: Figure, say: (value: number) => string): string =>
  `${say(mean)} (${say(lower)} to ${say(upper)}, ${count(n)} shelves)`

export const worthText = (worth: Worth | null): string =>
  worth === null
    ? 'shelves are worth clicks: cost is not compared'
    : `a click is worth ${money(worth.click_micro, worth.currency)}, a sale ${(worth.margin * 100).toFixed(1)} % of its price, a shelf ${money(worth.cap_micro, worth.currency)} at most`
