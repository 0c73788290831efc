import { plain, plural, table } from '../text.ts'
import type { Changes, Effects, Preview, ShownRule, Version } from './answers.ts'

const byText = (effects: Effects): string => effects.map(({ rule, effect }) => `${effect} by ${rule}`).join(', ')
const placeText = (place: number | null | undefined): string => (place == null ? '-' : String(place))

const RANKS = [
  { title: '#', align: 'right' },
  { title: 'was', align: 'right' },
  { title: 'order', align: 'right' },
] as const
const ITEM = [{ title: 'id', shrinkTo: 8 }, { title: 'title', shrinkTo: 16 }, { title: 'why' }] as const

/** A draft's effect on one shelf, for people. @param columns width of the terminal */
export function previewText(preview: Preview, columns: number): string {
  const { before, after, kept_back } = preview
  const was = new Map(before.items.map((item) => [item.id, item.rank]))
  const rows = after.items.map((item) => [
    ...[String(item.rank), placeText(was.get(item.id)), placeText(item.base_rank)],
    ...[item.id, item.title, byText(item.rules)],
  ])
  const back = kept_back.map((item) => [
    ...[placeText(item.before_rank), placeText(item.base_rank)],
    ...[item.id, item.title ?? '', byText(item.rules) || 'others stand there'],
  ])
  const degraded = after.degraded.length === 0 ? '' : ` · degraded: ${after.degraded.join(', ')}`
  return [
    `${preview.placement}, ${plain(preview.market)}, ${preview.locale} · as of ${preview.at} · rung ${after.rung}${degraded}`,
    `before: version ${preview.active_version}; after: the draft`,
    '',
    rows.length === 0 ? 'the shelf is empty' : table([...RANKS, ...ITEM], rows, columns),
    ...(back.length === 0 ? [] : ['', 'not on the page:', table([RANKS[1], RANKS[2], ...ITEM], back, columns)]),
    '',
    ...preview.rules.map(accountText),
    ...preview.warnings.map(({ rule, detail }) => plain(`warning: ${rule} ${detail}`)),
  ].join('\n')
}

const WHY_NOT: Readonly<Record<string, string>> = {
  disabled: 'is not enabled',
  not_begun: 'has not begun',
  over: 'is over',
  placement: 'is for other placements',
  market: 'is for other markets',
  locale: 'is for other languages',
  query: 'is for requests of the other kind, with or without words',
  shopper: 'is for other shoppers',
}

function accountText(rule: Preview['rules'][number]): string {
  const told =
    rule.why_not === null ? `touched ${plural(rule.touched, 'item')}` : (WHY_NOT[rule.why_not] ?? rule.why_not)
  const missing = rule.missing.length === 0 ? '' : `; cannot be shown here: ${rule.missing.join(', ')}`
  return plain(`rule ${rule.id} ${told}${missing}`)
}

/** `+2 -1 ~summer (priority)`. */
export function changesText({ added, removed, changed }: Changes): string {
  const parts = [
    ...added.map((id) => `+${id}`),
    ...removed.map((id) => `-${id}`),
    ...changed.map(({ id, fields }) => `~${id} (${fields.join(', ')})`),
  ]
  return parts.length === 0 ? 'nothing' : parts.join(' ')
}

export function versionsText(versions: readonly Version[], columns: number): string {
  const titles = [
    ...[{ title: '' }, { title: 'version', align: 'right' }, { title: 'published' }, { title: 'by', shrinkTo: 8 }],
    ...[
      { title: 'rules', align: 'right' },
      { title: 'changes', shrinkTo: 16 },
      { title: 'note', shrinkTo: 12 },
    ],
  ] as const
  const rows = versions.map((one) => [
    ...[one.active ? '*' : '', String(one.version), one.published_at ?? '', one.label, String(one.rules)],
    `${one.restored_from === null ? '' : `back to ${one.restored_from}: `}${one.changes === null ? 'not known' : changesText(one.changes)}`,
    one.note,
  ])
  return table(titles, rows, columns)
}

export function rulesText(rules: readonly ShownRule[], columns: number): string {
  const titles = [
    ...[{ title: 'priority', align: 'right' }, { title: 'id', shrinkTo: 12 }, { title: 'does' }],
    ...[
      { title: 'when', shrinkTo: 16 },
      { title: 'name', shrinkTo: 16 },
    ],
  ] as const
  const strongest = [...rules].sort((a, b) => b.priority - a.priority || (a.id < b.id ? -1 : 1))
  const rows = strongest.map((rule) => [
    ...[String(rule.priority), rule.id, rule.enabled ? rule.action.kind : `${rule.action.kind} (off)`],
    ...[whenText(rule), rule.name],
  ])
  return table(titles, rows, columns)
}

function whenText({ from, until, when }: ShownRule): string {
  const window = [from === undefined ? '' : `from ${from}`, until === undefined ? '' : `until ${until}`]
  const scene = Object.entries(when ?? {}).map(([name, value]) => `${name} ${[value].flat().join('|')}`)
  return [...window, ...scene].filter((part) => part !== '').join(', ') || 'always'
}
