import type { Command } from 'commander'
import { currencySchema, localeSchema, marketSchema } from '../../shared/domain/ids.ts'
import { DEFAULT_OPTIONS, FEED_FORMATS, type FeedFormat } from '../../shared/ingest/feeds/record.ts'
import { shopDetailsSchema } from '../answers.ts'
import { ATTEMPTS_BULK, type Client } from '../client.ts'
import { chooseShop, findService, knownKey, type Service, type ServiceFlags, serviceOptions } from '../connect.ts'
import { storeShopKeys } from '../credentials.ts'
import { EXIT, ServiceProblem, usage } from '../failure.ts'
import { createShop, keyWorks } from '../import/ensure_shop.ts'
import type { FeedSettings } from '../import/feeds.ts'
import { type ImportResult, importSource } from '../import/import_source.ts'
import { type ImportReport, reportTo } from '../import/report.ts'
import { shopSettings } from '../import/settings.ts'
import { openSource, type Source } from '../import/source.ts'
import { summaryLines } from '../import/summary.ts'
import { type Survey, surveySource } from '../import/survey.ts'
import { createProgress, silentProgress } from '../progress.ts'
import { printJson, type Terminal } from '../terminal.ts'

interface ImportFlags extends ServiceFlags {
  dryRun?: boolean
  format: string
  salt?: string
  dates?: string
  resume: boolean
  market?: string
  currency?: string
  locale?: string
  rejects?: string
  shiftTo?: string
  wait?: boolean
}

/** `shelfwise import`: a dataset, a shop's folder, a product feed or an order history into a shop. */
export function register(program: Command, terminal: Terminal): void {
  serviceOptions(
    program
      .command('import')
      .description(
        'send items and events to a shop; creates the shop when it is missing, goes on where it was interrupted',
      )
      .argument(
        '<source>',
        'a shop folder, a dataset folder, a folder of feeds, or one file (also .gz): items, events, products or orders',
      ),
  )
    .option('--format <format>', `of a file, where its beginning does not tell: ${FEED_FORMATS.join(', ')}`, 'auto')
    .option('--dry-run', 'check every line and say what would happen; write nothing')
    .option('--no-resume', 'start over instead of going on with an interrupted import')
    .option('--market <market>', "a feed's market; a new shop's default market")
    .option('--currency <code>', 'the currency where the source names none')
    .option(
      '--salt <text>',
      'orders name shoppers by e-mail address: keep its hash with this salt (also SHELFWISE_SALT)',
    )
    .option('--dates <order>', 'how 3/4/2025 is meant: dmy or mdy')
    .option('--locale <tag>', "a new shop's language")
    .option('--rejects <file>', 'write every rejected line with its reasons to this file (NDJSON)')
    .option(
      '--shift-to <moment>',
      'move all moments by one offset so that the newest event is at "now" or an ISO moment',
    )
    .option('--wait', 'wait until the items can be recommended and the jobs are done')
    .action(async (path: string, flags: ImportFlags) => importCommand(path, flags, terminal))
}

async function importCommand(path: string, flags: ImportFlags, terminal: Terminal): Promise<void> {
  checkFlags(flags)
  const progress = flags.json ? silentProgress : createProgress(terminal)
  const report = reportTo(terminal, progress)
  try {
    const source = await openSource(path, terminal.directory, flags.format as FeedFormat | 'auto')
    const service = await findService(flags, terminal, ATTEMPTS_BULK)
    const shop = chooseShop(flags, service)
    const feed = await feedSettings(source, service, shop, flags, terminal)
    const survey = await surveySource(source, terminal.signal, feed)
    const { client, fresh } = await shopClient({ service, shop, source, survey, flags, terminal, report })
    const result = await importSource({
      client,
      source,
      survey,
      feed,
      shop,
      directory: terminal.directory,
      report,
      dryRun: flags.dryRun,
      // A shop that was just made has nothing of an earlier, interrupted import.
      resume: flags.resume && !fresh,
      market: flags.market,
      currency: flags.currency,
      locale: flags.locale,
      rejectsFile: flags.rejects,
      shiftTo: flags.shiftTo,
      wait: flags.wait,
      signal: terminal.signal,
    })
    progress.clear()
    if (flags.json) printJson(terminal, result)
    else for (const line of summaryLines(result, flags.rejects)) terminal.out(line)
    terminal.exitWith(exitCodeOf(result))
  } finally {
    progress.clear()
  }
}

/** What feeds are read with; undefined when there is none among the files. */
async function feedSettings(
  source: Source,
  service: Service,
  shop: string,
  flags: ImportFlags,
  terminal: Terminal,
): Promise<FeedSettings | undefined> {
  if (source.files.every((file) => file.format === 'jsonl')) return undefined
  const key = knownKey(service, shop, ['sk'])
  const known = key === null ? null : await marketsOf(service.client.withKey(key), shop)
  const own = known?.find((one) => one.market === flags.market)
  // Offers of a market that the shop does not have would take the items from sale everywhere else.
  if (known !== null && flags.market !== undefined && flags.market !== DEFAULT_OPTIONS.market && own === undefined)
    throw usage(`--market ${flags.market}: shop "${shop}" has ${known.map((one) => one.market).join(', ')}`)
  const all = new Set((known ?? []).map((one) => one.currency))
  return {
    ...DEFAULT_OPTIONS,
    currency: flags.currency ?? own?.currency ?? (all.size === 1 ? [...all][0]! : null),
    market: flags.market ?? DEFAULT_OPTIONS.market,
    markets: known ?? [],
    salt: flags.salt ?? terminal.env.SHELFWISE_SALT ?? null,
    dateOrder: (flags.dates as 'dmy' | 'mdy' | undefined) ?? null,
  }
}

/** Null when there is no such shop yet, or the key is not its own any more. */
async function marketsOf(client: Client, shop: string) {
  const path = `/v1/shops/${encodeURIComponent(shop)}`
  try {
    return (await client.call({ path, answer: shopDetailsSchema })).markets
  } catch (error) {
    if (error instanceof ServiceProblem && [401, 403, 404].includes(error.problem.status)) return null
    throw error
  }
}

function checkFlags(flags: ImportFlags): void {
  if (flags.format !== 'auto' && !FEED_FORMATS.some((one) => one === flags.format))
    throw usage(`--format ${flags.format}: one of auto, ${FEED_FORMATS.join(', ')}`)
  if (flags.dates !== undefined && flags.dates !== 'dmy' && flags.dates !== 'mdy')
    throw usage(`--dates ${flags.dates}: dmy or mdy`)
  const checks = [
    ['--market', flags.market, marketSchema],
    ['--currency', flags.currency, currencySchema],
    ['--locale', flags.locale, localeSchema],
  ] as const
  for (const [name, value, schema] of checks) {
    if (value === undefined) continue
    const parsed = schema.safeParse(value)
    if (!parsed.success) throw usage(`${name} ${value}: ${parsed.error.issues[0]!.message}`)
  }
}

interface ShopNeeds {
  service: Service
  shop: string
  source: Source
  survey: Survey
  flags: ImportFlags
  terminal: Terminal
  report: ImportReport
}

/** The client of a shop that certainly exists; null when a dry run finds none. */
async function shopClient(needs: ShopNeeds): Promise<{ client: Client | null; fresh: boolean }> {
  const { service, shop, flags, report } = needs
  const key = knownKey(service, shop, ['sk'])
  if (key !== null) {
    const client = service.client.withKey(key)
    // A key that was given is the user's word; one that was kept may be older than the service's data.
    if (service.givenKey !== null || (await keyWorks(client))) return { client, fresh: false }
  }
  if (flags.dryRun) {
    report.note(`no working key of shop "${shop}" at ${service.url}: the lines are checked here, as for an empty shop`)
    return { client: null, fresh: true }
  }
  return { client: await newShop(needs), fresh: true }
}

async function newShop({ service, shop, source, survey, flags, terminal, report }: ShopNeeds): Promise<Client> {
  if (service.adminKey === null) {
    throw usage(
      `no working key of shop "${shop}" at ${service.url}, and no admin key to make one: give --key, SHELFWISE_KEY or SHELFWISE_ADMIN_KEY`,
    )
  }
  if (service.foreign) {
    throw usage(
      `the keys kept in this directory belong to ${service.foreign.url}: run from another directory, or give --key`,
    )
  }
  const body = shopSettings(shop, source, survey, flags)
  const admin = service.client.withKey(service.adminKey)
  const { keys, created } = await createShop(admin, shop, body, service.kept?.shops[shop])
  await storeShopKeys(terminal.directory, service.url, shop, keys)
  const markets = `${body.markets.length === 1 ? 'market' : `${body.markets.length} markets, default`} ${body.market}`
  report.note(
    `${created ? 'created shop' : 'made keys for shop'} "${shop}" (${markets}); keys are in .shelfwise/credentials.json`,
  )
  return service.client.withKey(keys.sk)
}

function exitCodeOf(result: ImportResult): number {
  if (result.waited && (!result.waited.settled || result.waited.failed.length > 0)) return EXIT.refused
  return result.rejected > 0 ? EXIT.rejected : EXIT.fine
}
