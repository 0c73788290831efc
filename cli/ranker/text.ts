import { plain, plural, table } from '../text.ts'
import type { RankerList, ShownVersion, State } from './answers.ts'

const number = (value: number): string => String(Number(value.toPrecision(4)))

/** What is in force, and whether learning may replace it. */
export const stateText = ({ version, held }: State): string =>
  plain(`order ${version} is in force${held ? '; it is held until "shelfwise ranker release"' : ''}`)

/** What was learned, newest first. @param columns width of the terminal */
export function listText(ranker: RankerList, columns: number): string {
  const titles = [
    { title: '' },
    { title: 'version' },
    { title: 'learned' },
    { title: 'purpose: NDCG@10 (shipped)', shrinkTo: 24 },
  ]
  const rows = ranker.versions.map((one) => [
    ...[one.in_force ? '*' : '', one.version, one.learned_at],
    Object.entries(one.report)
      .filter(([, { kept }]) => kept)
      .map(([purpose, { ndcg, shipped }]) => `${purpose} ${ndcg.toFixed(3)} (${shipped.toFixed(3)})`)
      .join(', '),
  ])
  const none = 'nothing was learned yet: a shop needs some hundred shoppers who come back'
  return [stateText(ranker), '', rows.length === 0 ? none : table(titles, rows, columns)].join('\n')
}

/** Features of a purpose that are shown where all purposes are. */
const FEATURES_SHOWN = 8

/** What each feature counts for. @param purpose all features of this one; else the weightiest of every one */
export function versionText(version: ShownVersion, purpose: string | undefined, columns: number): string {
  const { in_force, learned_at, orders } = version
  const from = learned_at === null ? 'comes with the release' : `learned ${learned_at}`
  const shown = Object.entries(orders).filter(([name]) => purpose === undefined || name === purpose)
  const parts = shown.map(([name, { learned, features }]) => {
    const most = purpose === undefined ? FEATURES_SHOWN : features.length
    const rows = features
      .slice(0, most)
      .map((one) => [one.feature, number(one.weight), number(one.mean), number(one.deviation)])
    const more = features.length - rows.length
    return [
      '',
      plain(`${name}: ${learned ? learnedText(version, name) : 'the shipped order'}`),
      table(TITLES, rows, columns),
      ...(more > 0 ? [`and ${plural(more, 'lighter feature')}: --purpose ${name}`] : []),
    ].join('\n')
  })
  return [plain(`order ${version.version}${in_force ? ', in force' : ''} (${from})`), ...parts].join('\n')
}

const TITLES = [
  { title: 'feature' },
  { title: 'weight', align: 'right' },
  { title: 'mean', align: 'right' },
  { title: 'deviation', align: 'right' },
] as const

function learnedText({ report }: ShownVersion, purpose: string): string {
  const own = report[purpose]
  if (own === undefined) return 'learned'
  return `learned from ${plural(own.lists, 'list')}; NDCG@10 ${own.ndcg.toFixed(3)} on ${own.judged} of them, ${own.shipped.toFixed(3)} by the shipped order`
}
