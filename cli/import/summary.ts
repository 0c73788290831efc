import { count, duration, plain, plural } from '../text.ts'
import { type ImportResult, REJECTS_SHOWN } from './import_source.ts'
import type { Tally } from './send.ts'

/** Warnings tend to repeat themselves. */
const WARNINGS_SHOWN = 5
/** What the readers of feeds say where a flag would have helped. */
const HINTS = [
  ['and none was told', 'prices without a currency: say which with --currency, such as --currency EUR'],
  ['say which comes first', 'dates that can be read in two ways: --dates dmy or --dates mdy'],
  [
    'a return of no known shopper',
    'shoppers named by e-mail address alone are known with --salt (any text, kept the same)',
  ],
] as const

/** What an import came to, for people; rejected lines first, the totals last, where the eye is. */
export function summaryLines(result: ImportResult, rejectsFile: string | undefined): string[] {
  const lines = result.rejects.slice(0, REJECTS_SHOWN).flatMap((reject) =>
    reject.errors.map((error) => {
      const id = reject.id === null ? '' : ` (${reject.id})`
      return plain(`${reject.file}:${reject.line}${id}  ${error.pointer || '(line)'}  ${error.detail}`)
    }),
  )
  const hidden = result.rejected - Math.min(result.rejects.length, REJECTS_SHOWN)
  if (hidden > 0)
    lines.push(`... and ${plural(hidden, 'more rejected line')}${rejectsFile ? '' : ' (--rejects FILE keeps all)'}`)
  const details = result.rejects.flatMap((reject) => reject.errors.map((error) => error.detail))
  for (const [wording, hint] of HINTS) if (details.some((detail) => detail.includes(wording))) lines.push(hint)
  if (result.rejected > 0 && rejectsFile) lines.push(`all rejected lines: ${rejectsFile}`)
  for (const { file, line, detail } of result.warnings.slice(0, WARNINGS_SHOWN)) {
    lines.push(plain(`${file}:${line}  warning  ${detail}`))
  }
  if (result.items) lines.push(`items   ${tallyText(result.items)}`)
  if (result.events) lines.push(`events  ${tallyText(result.events)}`)
  const what = result.dry_run ? 'dry run of' : result.resumed ? 'finished (resumed)' : 'imported'
  lines.push(
    `${what} ${plain(result.source)} ${result.dry_run ? 'for' : 'into'} shop "${result.shop}" in ${duration(result.seconds)}`,
  )
  if (result.dry_run) lines.push('nothing was written; whether an event is already there is only known when it is sent')
  return [...lines, ...waitLines(result)]
}

/** Zeros are left out, unless there is nothing else. */
function tallyText(tally: Tally): string {
  const entries = Object.entries(tally).filter(([, number]) => number > 0)
  return entries.length === 0 ? 'none' : entries.map(([outcome, number]) => `${count(number)} ${outcome}`).join(', ')
}

function waitLines({ waited }: ImportResult): string[] {
  if (waited === null) return []
  const failed = waited.failed.map(({ job, error }) => `job "${job}" failed: ${plain(error ?? 'no reason given')}`)
  if (!waited.settled) failed.push('the jobs stopped moving before everything was done; "shelfwise ps" shows where')
  const dead = waited.jobs.waiting.dead_letters
  if (dead > 0) failed.push(`${plural(dead, 'message')} could not be processed (dead letters)`)
  return failed.length > 0 ? failed : [`ready: ${plural(waited.jobs.items.live, 'item')} can be recommended`]
}
