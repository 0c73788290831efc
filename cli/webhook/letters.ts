import type { Client } from '../client.ts'
import { connect, type ServiceFlags } from '../connect.ts'
import { EXIT, usage } from '../failure.ts'
import { printJson, type Terminal } from '../terminal.ts'
import { duration, plain, plural, table } from '../text.ts'
import {
  type Deliveries,
  deliveriesSchema,
  droppedSchema,
  type Letter,
  lettersSchema,
  replaySchema,
} from './answers.ts'
import { countWords, receiptLines } from './send.ts'

export interface ListFlags extends ServiceFlags {
  deliveries?: boolean
  source?: string
  origin?: string
  limit?: number
}

/** Letters of a page when all are meant. */
const PAGE = 200

/** What could not be taken; or, with --deliveries, what came in. */
export async function listWebhooks(flags: ListFlags, terminal: Terminal): Promise<void> {
  const { client, shop } = await connect(flags, terminal, ['sk'])
  const query = new URLSearchParams(flags.limit === undefined ? {} : { limit: String(flags.limit) })
  if (flags.deliveries) {
    if (flags.origin !== undefined) throw usage('--origin is of dead letters; deliveries are chosen by --source')
    if (flags.source !== undefined) query.set('source', flags.source)
    const path = `/v1/webhooks/deliveries?${query}`
    if (flags.json) return printJson(terminal, await client.raw({ path }))
    return terminal.out(
      deliveriesText((await client.call({ path, answer: deliveriesSchema })).deliveries, shop, terminal.columns),
    )
  }
  const origin = flags.origin ?? (flags.source === undefined ? undefined : `webhook:${flags.source}`)
  if (origin !== undefined) query.set('origin', origin)
  const path = `/v1/dead-letters?${query}`
  if (flags.json) return printJson(terminal, await client.raw({ path }))
  const { dead_letters, cursor } = await client.call({ path, answer: lettersSchema })
  terminal.out(lettersText(dead_letters, shop, cursor !== null, terminal.columns))
}

const ago = (moment: string): string => `${duration((Date.now() - Date.parse(moment)) / 1_000)} ago`

function deliveriesText(rows: Deliveries, shop: string, columns: number): string {
  if (rows.length === 0)
    return `no deliveries to shop ${shop} in the last two weeks; "shelfwise webhook send" makes one`
  const titles = [
    { title: 'received' },
    { title: 'source' },
    { title: 'topic' },
    { title: 'outcome' },
    { title: 'what', shrinkTo: 12 },
    { title: 'id', shrinkTo: 12 },
  ] as const
  const lines = rows.map((row) => [
    ...[ago(row.received_at), row.source, row.topic, row.outcome],
    ...[countWords(row.counts).join(', '), row.id],
  ])
  return table(titles, lines, columns)
}

function lettersText(letters: readonly Letter[], shop: string, more: boolean, columns: number): string {
  if (letters.length === 0) return `no dead letters of shop ${shop}`
  const titles = [
    { title: 'seq', align: 'right' },
    { title: 'origin' },
    { title: 'topic' },
    { title: 'code' },
    { title: 'tries', align: 'right' },
    { title: 'last' },
    { title: 'detail', shrinkTo: 20 },
  ] as const
  const lines = letters.map((one) => [
    ...[String(one.seq), one.origin, one.topic, one.code, String(one.attempts), ago(one.last_at)],
    one.detail.replaceAll('\n', '; '),
  ])
  const hint =
    'next: "shelfwise webhook replay <seq>" or "--all" sends them again, "shelfwise webhook drop <seq>" lets one go'
  return `${table(titles, lines, columns)}\n${more ? 'there are more: --limit 200, or fewer by --source\n' : ''}${hint}`
}

export interface ReplayFlags extends ServiceFlags {
  all?: boolean
  source?: string
}

/** Sends dead letters again, one or all, oldest first. */
export async function replayLetters(seq: string | undefined, flags: ReplayFlags, terminal: Terminal): Promise<void> {
  if ((seq === undefined) === (flags.all !== true)) throw usage('replay needs the number of a dead letter, or --all')
  const { client } = await connect(flags, terminal, ['sk'])
  const seqs = seq === undefined ? await allSeqs(client, flags.source) : [seqOf(seq)]
  const results: unknown[] = []
  let failed = 0
  for (const one of seqs) {
    const answer = await client.call({ method: 'POST', path: `/v1/dead-letters/${one}/replay`, answer: replaySchema })
    results.push(answer)
    if (!answer.replayed) failed += 1
    if (flags.json) continue
    if (!answer.replayed) terminal.out(plain(`${one}: failed again, ${answer.code ?? ''}: ${answer.detail ?? ''}`))
    else if (answer.receipt === undefined) terminal.out(`${one}: sent again`)
    else for (const line of receiptLines(String(one), answer.receipt)) terminal.out(line)
  }
  if (failed > 0) terminal.exitWith(EXIT.rejected)
  if (flags.json) return printJson(terminal, seq === undefined ? results : results[0])
  if (seqs.length !== 1) terminal.out(`${plural(seqs.length, 'dead letter')}, ${failed} failed again`)
}

/** Notices are left out: they wait for a person, not for another attempt. */
async function allSeqs(client: Client, source: string | undefined): Promise<number[]> {
  const seqs: number[] = []
  let cursor: string | null = null
  do {
    const query: URLSearchParams = new URLSearchParams({ limit: String(PAGE) })
    if (source !== undefined) query.set('origin', `webhook:${source}`)
    if (cursor !== null) query.set('cursor', cursor)
    const page = await client.call({ path: `/v1/dead-letters?${query}`, answer: lettersSchema })
    seqs.push(...page.dead_letters.filter((letter) => letter.kind !== 'notice').map((letter) => letter.seq))
    cursor = page.cursor
  } while (cursor !== null)
  return seqs.reverse()
}

export async function dropLetter(seq: string, flags: ServiceFlags, terminal: Terminal): Promise<void> {
  const { client } = await connect(flags, terminal, ['sk'])
  const answer = await client.call({ method: 'DELETE', path: `/v1/dead-letters/${seqOf(seq)}`, answer: droppedSchema })
  if (flags.json) return printJson(terminal, answer)
  terminal.out(`${answer.seq}: dropped`)
}

function seqOf(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text))
    throw usage(`"${text}" is not the number of a dead letter; "shelfwise webhook list" shows them`)
  return Number(text)
}
