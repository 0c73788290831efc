import type { Command } from 'commander'
import { currencySchema, localeSchema, marketSchema } from '../../shared/domain/ids.ts'
import { ATTEMPTS_BULK, type Client } from '../client.ts'
import { chooseShop, findService, knownKey, type Service, type ServiceFlags, serviceOptions } from '../connect.ts'
import { storeShopKeys } from '../credentials.ts'
import { EXIT, usage } from '../failure.ts'
import { createShop, keyWorks } from '../import/ensure_shop.ts'
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
  resume: boolean
  market?: string
  currency?: string
  locale?: string
  rejects?: string
  shiftTo?: string
  wait?: boolean
}

/** `shelfwise import`: a dataset, a shop's folder or a file of lines into a shop. */
export function register(program: Command, terminal: Terminal): void {
  serviceOptions(
    program
      .command('import')
      .description(
        'send items and events to a shop; creates the shop when it is missing, goes on where it was interrupted',
      )
      .argument('<source>', 'a dataset folder, a shop folder, or a .jsonl / .ndjson file (or .gz) of items or events'),
  )
    .option('--dry-run', 'check every line and say what would happen; write nothing')
    .option('--no-resume', 'start over instead of going on with an interrupted import')
    .option('--market <market>', "a new shop's default market")
    .option('--currency <code>', 'the currency where the source names none')
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
    const source = await openSource(path, terminal.directory)
    const service = await findService(flags, terminal, ATTEMPTS_BULK)
    const shop = chooseShop(flags, service)
    const survey = await surveySource(source, terminal.signal)
    const { client, fresh } = await shopClient({ service, shop, source, survey, flags, terminal, report })
    const result = await importSource({
      client,
      source,
      survey,
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

function checkFlags(flags: ImportFlags): void {
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
