import { randomUUID } from 'node:crypto'
import { type Command, Option } from 'commander'
import { EVENT_TYPES } from '../../shared/domain/event.ts'
import { eventsAnswerSchema } from '../answers.ts'
import { ATTEMPTS_BULK, type Client } from '../client.ts'
import { connect, type ServiceFlags, serviceOptions } from '../connect.ts'
import { wholeBetween } from '../context_flags.ts'
import { EXIT, usage } from '../failure.ts'
import { importSource } from '../import/import_source.ts'
import { reportTo } from '../import/report.ts'
import { openSource } from '../import/source.ts'
import { summaryLines } from '../import/summary.ts'
import { createProgress, silentProgress } from '../progress.ts'
import { printJson, type Terminal } from '../terminal.ts'
import { count, plain } from '../text.ts'

interface EventFlags extends ServiceFlags {
  file?: string
  dryRun?: boolean
  rejects?: string
  type?: string
  user?: string
  anonymous?: string
  session?: string
  item?: string[]
  variant?: string
  market?: string
  value?: string
  quantity?: number
  price?: number
  currency?: string
  order?: string
  position?: number
  recommendation?: string
  at?: string
  id?: string
}

/** `shelfwise events`: one event from flags, or a file of them. */
export function register(program: Command, terminal: Terminal): void {
  const many = wholeBetween(1, 100_000)
  serviceOptions(program.command('events').description('send one event, or a file of events'))
    .option('--file <path>', 'a .jsonl / .ndjson file (or .gz) of events')
    .option('--dry-run', 'with --file: check only')
    .option('--rejects <file>', 'with --file: write every rejected line with its reasons here (NDJSON)')
    .addOption(new Option('--type <type>', 'what happened').choices(EVENT_TYPES))
    .option('--user <id>', 'a known shopper')
    .option('--anonymous <id>', 'an unknown shopper')
    .option('--session <id>', 'a session')
    .option('--item <id...>', 'the item; for impressions and purchases also several')
    .option('--variant <id>', 'the variant of the item')
    .option('--market <market>', 'the market')
    .option('--value <value>', 'feedback: like, dislike, hide or a number from 0 to 5')
    .addOption(new Option('--quantity <n>', 'pieces').argParser(many))
    .addOption(
      new Option('--price <minor>', 'price of one piece in minor units (cents, yen)').argParser(wholeBetween(0, 1e12)),
    )
    .option('--currency <code>', 'the currency of --price')
    .option('--order <id>', 'the order')
    .addOption(new Option('--position <n>', 'place on the shelf').argParser(wholeBetween(1, 1_000)))
    .option('--recommendation <id>', 'the recommendation_id of the shelf that led here')
    .option('--at <moment>', 'when, ISO 8601; now when absent')
    .option('--id <event id>', 'the event id; sending it twice counts once')
    .action(async (flags: EventFlags) => {
      if (flags.file !== undefined) return sendFile(flags.file, flags, terminal)
      const event = eventOf(flags)
      const { client } = await connect(flags, terminal, ['sk', 'pk'])
      await sendOne(client, event, flags, terminal)
    })
}

/** The event that the flags stand for; the service judges whether it is complete. */
export function eventOf(flags: EventFlags): Record<string, unknown> {
  if (flags.type === undefined) throw usage('events needs --type (and --item), or --file')
  const ids = flags.item ?? []
  const several = flags.type === 'impression' ? { item_ids: ids } : { items: ids.map((item_id) => ({ item_id })) }
  const number = Number(flags.value)
  const all = {
    // Made here, so that a repeated request is the same event.
    event_id: flags.id ?? randomUUID(),
    type: flags.type,
    ...(ids.length === 1 && flags.type !== 'impression' ? { item_id: ids[0] } : ids.length > 0 ? several : {}),
    user_id: flags.user,
    anonymous_id: flags.anonymous,
    session_id: flags.session,
    variant_id: flags.variant,
    market: flags.market,
    value: flags.value === undefined || flags.value.trim() === '' || Number.isNaN(number) ? flags.value : number,
    quantity: flags.quantity,
    price: flags.price,
    currency: flags.currency,
    order_id: flags.order,
    position: flags.position,
    recommendation_id: flags.recommendation,
    occurred_at: flags.at,
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

async function sendOne(
  client: Client,
  event: Record<string, unknown>,
  flags: EventFlags,
  terminal: Terminal,
): Promise<void> {
  const call = { method: 'POST', path: '/v1/events', json: { events: [event] }, answer: eventsAnswerSchema } as const
  const answer = await client.call(call)
  if (answer.rejected.length > 0) terminal.exitWith(EXIT.rejected)
  if (flags.json) return printJson(terminal, { event, ...answer })
  for (const { errors } of answer.rejected) {
    for (const error of errors) terminal.out(plain(`rejected: ${error.pointer || '(event)'}  ${error.detail}`))
  }
  for (const warning of answer.warnings) terminal.out(plain(`warning: ${warning.detail}`))
  const { accepted, duplicates, rejected } = answer
  terminal.out(
    `${count(accepted)} accepted, ${count(duplicates)} duplicates, ${count(rejected.length)} rejected (event ${plain(String(event.event_id))})`,
  )
}

async function sendFile(path: string, flags: EventFlags, terminal: Terminal): Promise<void> {
  if (flags.type !== undefined) throw usage('--file and --type exclude each other')
  const source = await openSource(path, terminal.directory)
  if (source.files.some((file) => file.kind !== 'events'))
    throw usage(`${path} holds items; "shelfwise import" sends them`)
  const { client, shop } = await connect(flags, terminal, ['sk'], ATTEMPTS_BULK)
  const progress = flags.json ? silentProgress : createProgress(terminal)
  const report = reportTo(terminal, progress)
  const { directory, signal } = terminal
  const { dryRun, rejects: rejectsFile } = flags
  try {
    const result = await importSource({ client, source, shop, directory, report, dryRun, rejectsFile, signal })
    progress.clear()
    if (flags.json) printJson(terminal, result)
    else for (const line of summaryLines(result, rejectsFile)) terminal.out(line)
    if (result.rejected > 0) terminal.exitWith(EXIT.rejected)
  } finally {
    progress.clear()
  }
}
