import { appendFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { DEFAULT_OPTIONS } from '../../shared/ingest/feeds/record.ts'
import type { Client } from '../client.ts'
import { Interrupted, usage } from '../failure.ts'
import { count, plural } from '../text.ts'
import { type Checkpoint, checkpointPath, readCheckpoint, removeCheckpoint, writeCheckpoint } from './checkpoint.ts'
import { type Chunk, cutChunks, type Reject, type Warning } from './chunks.ts'
import { cutFeedChunks } from './feed_chunks.ts'
import { type FeedSettings, identityOfSettings } from './feeds.ts'
import type { ImportReport } from './report.ts'
import { emptyTally, localSender, remoteSender, type SendChunk, sendInOrder, type Tally } from './send.ts'
import { currencyOf, type SettingsFlags } from './settings.ts'
import { shiftOffset } from './shift.ts'
import { type LineKind, openSource, type Source, type SourceFile } from './source.ts'
import { type Survey, surveySource } from './survey.ts'
import { type WaitOptions, type WaitResult, waitForJobs } from './wait.ts'

/** Requests under way at once. Two writes of one item must not overtake each other; events have no order. */
const WIDTH: Record<LineKind, number> = { items: 1, events: 2 }
/** Rejected lines that are kept for the report; the rejects file has all. */
export const REJECTS_SHOWN = 20

export interface ImportOptions extends SettingsFlags {
  /** With the shop's secret key; null for a dry run that only checks the lines here. */
  client: Client | null
  /** A path, or what openSource() made of it. */
  source: string | Source
  shop: string
  /** Where `.shelfwise` is and relative paths start. */
  directory: string
  report: ImportReport
  /** A survey that was already made. */
  survey?: Survey | undefined
  /** What feeds are read with. */
  feed?: FeedSettings | undefined
  dryRun?: boolean | undefined
  /** False starts over. */
  resume?: boolean | undefined
  rejectsFile?: string | undefined
  /** `now` or ISO 8601. */
  shiftTo?: string | undefined
  wait?: boolean | undefined
  signal?: AbortSignal | undefined
  nowMs?: number | undefined
  /** Tests wait without waiting. */
  waiting?: Pick<WaitOptions, 'sleep' | 'now'> | undefined
}

export interface ImportResult {
  shop: string
  source: string
  dry_run: boolean
  /** Whether an interrupted import was continued; the counts then include its first part. */
  resumed: boolean
  items: Tally | null
  events: Tally | null
  rejected: number
  /** The first of them. */
  rejects: Reject[]
  /** The first lines that were taken with a remark. */
  warnings: Warning[]
  offset_ms: number
  seconds: number
  waited: WaitResult | null
}

/** Sends a source's lines to a shop that exists. @throws CliFailure; what was sent is remembered, and sent no more */
export async function importSource(options: ImportOptions): Promise<ImportResult> {
  const startedAt = performance.now()
  const { report, shop, directory, signal } = options
  const dryRun = options.dryRun === true || options.client === null
  const source = typeof options.source === 'string' ? await openSource(options.source, directory) : options.source
  const survey = options.survey ?? (await surveySource(source, signal, options.feed))
  const path = checkpointPath(directory, shop, identityOf(options, source))
  const earlier = dryRun || options.resume === false ? null : await readCheckpoint(path)
  const offset = options.shiftTo === undefined ? 0 : shiftOffset(options.shiftTo, survey, options.nowMs ?? Date.now())
  const checkpoint = earlier ?? fresh(source, options, offset)
  await announce(options, source, survey, earlier)

  const send = options.client === null ? localSender : remoteSender(options.client, dryRun)
  const keep = async () => void (dryRun || (await writeCheckpoint(path, checkpoint)))
  try {
    for (const file of source.files) await sendFile(file, { options, source, survey, checkpoint, send, keep })
  } catch (error) {
    const done = Object.values(checkpoint.files).reduce((sum, file) => sum + file.lines, 0)
    if (!dryRun && done > 0) {
      report.note(
        `stopped after ${plural(done, 'line')}; the same command goes on from there (--no-resume starts over)`,
      )
    }
    throw error
  }
  await removeCheckpoint(path)
  const result = summarise(checkpoint, source, shop, dryRun, earlier !== null)
  if (options.wait && options.client && !dryRun) {
    result.waited = await waitForJobs({ client: options.client, report, signal, ...options.waiting })
  }
  result.seconds = Math.round(performance.now() - startedAt) / 1_000
  return result
}

function identityOf(options: ImportOptions, source: Source): string[] {
  const { client, market, currency, locale, shiftTo } = options
  const feed = options.feed === undefined ? [] : [identityOfSettings(options.feed)]
  return [client?.url ?? '', source.fingerprint, market ?? '', currency ?? '', locale ?? '', shiftTo ?? '', ...feed]
}

function fresh(source: Source, options: ImportOptions, offset: number): Checkpoint {
  const url = options.client?.url ?? ''
  return {
    version: 1,
    source: source.path,
    url,
    shop: options.shop,
    offset_ms: offset,
    files: {},
    rejects: [],
    warnings: [],
  }
}

/** Says what is about to happen that the user may not expect, and opens the rejects file. */
async function announce(
  options: ImportOptions,
  source: Source,
  survey: Survey,
  earlier: Checkpoint | null,
): Promise<void> {
  const { report, rejectsFile } = options
  if (earlier) {
    const parts = Object.entries(earlier.files).map(([name, file]) => `${name} line ${count(file.lines)}`)
    report.note(`going on with an interrupted import after ${parts.join(', ')} (--no-resume starts over)`)
  }
  if (source.form === 'dataset' && survey.itemsWithoutPrice > 0) {
    const items = plural(survey.itemsWithoutPrice, 'item has', 'items have')
    report.note(
      `${items} no price: sent with price 0 ${currencyOf(survey, options)} (--currency), since an item must have an offer`,
    )
  }
  if (rejectsFile === undefined || earlier) return
  await writeFile(resolve(options.directory, rejectsFile), '').catch((error: unknown) => {
    throw usage(`--rejects ${rejectsFile} cannot be written: ${(error as Error).message}`, { cause: error })
  })
}

interface FileRun {
  options: ImportOptions
  source: Source
  survey: Survey
  checkpoint: Checkpoint
  send: SendChunk
  /** Writes the checkpoint. */
  keep: () => Promise<void>
}

async function sendFile(file: SourceFile, run: FileRun): Promise<void> {
  const { options, survey, checkpoint } = run
  checkpoint.files[file.name] ??= { lines: 0, tally: emptyTally(file.kind) }
  const state = checkpoint.files[file.name]!
  const total = survey.lines[file.name] ?? 0
  if (state.lines > 0 && state.lines >= total) return
  const show = () => options.report.progress({ label: file.kind, done: state.lines, total })
  show()
  await sendInOrder(file, chunksOf(file, run, state.lines), run.send, WIDTH[file.kind], async (sent) => {
    if (options.signal?.aborted) throw new Interrupted()
    for (const [outcome, number] of Object.entries(sent.tally))
      state.tally[outcome] = (state.tally[outcome] ?? 0) + number
    state.lines = sent.through
    checkpoint.rejects = [...checkpoint.rejects, ...sent.rejects].slice(0, REJECTS_SHOWN)
    checkpoint.warnings = [...checkpoint.warnings, ...sent.warnings].slice(0, REJECTS_SHOWN)
    if (options.rejectsFile !== undefined && sent.rejects.length > 0) {
      const lines = sent.rejects.map((reject) => `${JSON.stringify(reject)}\n`).join('')
      await appendFile(resolve(options.directory, options.rejectsFile), lines)
    }
    await run.keep()
    show()
  })
}

function chunksOf(file: SourceFile, run: FileRun, after: number): AsyncGenerator<Chunk> {
  const { options, source, survey, checkpoint } = run
  const offsetMs = checkpoint.offset_ms
  if (file.format !== 'jsonl') {
    const groupSizes = survey.groups[file.name] ?? null
    const feed = { ...DEFAULT_OPTIONS, ...options.feed, groupSizes, nowMs: options.nowMs ?? Date.now() }
    return cutFeedChunks(file, feed, offsetMs, after)
  }
  const currency = currencyOf(survey, options)
  const sorted = survey.sorted[file.name] ?? false
  return cutChunks(file, { form: source.form, currency, offsetMs, sorted }, after)
}

function summarise(
  checkpoint: Checkpoint,
  source: Source,
  shop: string,
  dryRun: boolean,
  resumed: boolean,
): ImportResult {
  const tallyOf = (kind: LineKind): Tally | null => {
    const files = source.files.filter((own) => own.kind === kind)
    if (files.length === 0) return null
    const sum = emptyTally(kind)
    for (const file of files)
      for (const [outcome, number] of Object.entries(checkpoint.files[file.name]?.tally ?? {}))
        sum[outcome] = (sum[outcome] ?? 0) + number
    return sum
  }
  const items = tallyOf('items')
  const events = tallyOf('events')
  return {
    shop,
    source: source.path,
    dry_run: dryRun,
    resumed,
    items,
    events,
    rejected: (items?.rejected ?? 0) + (events?.rejected ?? 0),
    rejects: checkpoint.rejects,
    warnings: checkpoint.warnings,
    offset_ms: checkpoint.offset_ms,
    seconds: 0,
    waited: null,
  }
}
