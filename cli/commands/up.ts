import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Command, Option } from 'commander'
import { sha256 } from '../../shared/base/hash.ts'
import { makeKey } from '../../shared/domain/key.ts'
import { CRONS } from '../../workers/enrich/crons.ts'
import type { Stack } from '../../workers/local/stack.ts'
import { jobsSchema } from '../answers.ts'
import { ATTEMPTS_BULK, type Client, createClient } from '../client.ts'
import { type Credentials, readCredentials, stateDirectory, writeCredentials } from '../credentials.ts'
import { Interrupted } from '../failure.ts'
import { createShop, keyWorks } from '../import/ensure_shop.ts'
import { importSource } from '../import/import_source.ts'
import { backlog } from '../import/wait.ts'
import { createProgress, type Progress } from '../progress.ts'
import type { Terminal } from '../terminal.ts'
import { type DemoShop, readDemoShops } from '../up/demo_shops.ts'
import { modelSettings } from '../up/model_variables.ts'
import { keepingSignals } from '../up/own_signals.ts'
import { watchParent } from '../up/parent.ts'
import { assertFree, choosePort } from '../up/port.ts'
import { startScheduler } from '../up/scheduler.ts'
import { closeGates, openGates, type ScriptedModel, startScriptedModel } from '../up/scripted_model.ts'

const ROOT = join(import.meta.dirname, '../..')
const HOST = '127.0.0.1'
/** The cron that does the work, as the enrich worker's toml spells it. */
const WORK_CRON = CRONS.work
/** The cron that has orders of a language model made ahead. */
const WARM_CRON = CRONS.tidy
const POLL_MS = 500

interface UpFlags {
  port?: string
  demo: boolean
  providers?: string
  model?: 'scripted'
  verbose?: boolean
}

/** `shelfwise up`: the whole stack on this machine, with the demo shops in it. */
export function register(program: Command, terminal: Terminal): void {
  program
    .command('up')
    .description('run the whole stack on this machine: workers, databases, demo shops')
    .option('--port <port>', 'where to listen (PORT, else 8787)')
    .option('--no-demo', 'leave the demo shops out')
    .option(
      '--providers <file>',
      'providers of models, a JSON list (also PROVIDERS; keys in PROVIDER_KEY_<NAME>, see docs/enrichment.md)',
    )
    .addOption(
      new Option('--model <which>', 'a language model of this machine, to see in the demo shops what one does')
        .choices(['scripted'])
        .conflicts('providers'),
    )
    .option('--verbose', "show the workers' logs")
    .action((flags: UpFlags) => up(flags, terminal))
}

async function up(flags: UpFlags, terminal: Terminal): Promise<void> {
  const port = choosePort(flags.port, terminal.env)
  if (port !== 0) await assertFree(port, HOST)
  const scripted = flags.model === 'scripted' ? await startScriptedModel() : null
  try {
    await run(port, scripted, flags, terminal)
  } finally {
    await scripted?.stop()
  }
  terminal.note('stopped')
}

async function run(port: number, scripted: ScriptedModel | null, flags: UpFlags, terminal: Terminal): Promise<void> {
  const env = scripted === null ? terminal.env : { ...terminal.env, PROVIDERS: scripted.providers }
  const models = await modelSettings(env, flags.providers, terminal.directory)
  for (const note of models.notes) terminal.note(note)
  const state = stateDirectory(terminal.directory)
  const shops = flags.demo ? await readDemoShops(join(ROOT, 'demo/shops')) : []
  const credentials = await localCredentials(terminal.directory, `http://${HOST}:${port}`, shops)
  const progress = createProgress(terminal)
  const step = stepper(terminal)

  const site = join(state, 'site')
  const { prepareSite } = await import('../up/site.ts')
  await step('pages', () =>
    prepareSite(
      site,
      shops.map((shop) => ({ ...shop, key: credentials.shops[shop.shop]!.pk! })),
    ),
  )
  const stack = await step('workers and databases', () =>
    keepingSignals(async () => {
      // Loaded only here: `--help` must not pay for the whole platform.
      const { startStack } = await import('../../workers/local/stack.ts')
      return startStack({
        port,
        host: HOST,
        persistTo: join(state, 'state'),
        site,
        variables: { ...(await variablesOf(credentials)), 'shelfwise-model': models.variables },
        ...(flags.verbose ? { onOutput: (line) => terminal.note(line) } : {}),
      })
    }),
  )
  const stop = new AbortController()
  const stopped = AbortSignal.any([terminal.signal, stop.signal])
  watchParent(terminal.env, stopped, () => stop.abort())
  const url = stack.url.href.replace(/\/$/, '')
  if (url !== credentials.url) await writeCredentials(terminal.directory, { ...credentials, url })
  let stopScheduler: () => void = () => {}
  try {
    for (const shop of shops) {
      await step(`shop ${shop.name}`, () => loadShop(shop, credentials, url, stack, progress, terminal, stopped))
    }
    const gates = scripted === null ? closeGates : openGates
    for (const { shop } of shops)
      await gates(createClient({ url, key: credentials.shops[shop]!.sk!, attempts: ATTEMPTS_BULK }), state, shop)
    await step('cron, once', () => stack.cron(WORK_CRON))
    if (scripted !== null) await step('orders of the language model', () => stack.cron(WARM_CRON))
    stopScheduler = startScheduler(stack, (cron, error) => terminal.note(`the cron ${cron} failed: ${String(error)}`))
    welcome(url, shops, terminal)
    await untilAborted(stopped)
  } catch (error) {
    if (!stopped.aborted) throw error
  } finally {
    progress.clear()
    stopScheduler()
    await stack.stop()
  }
}

/** Says what is being done when it takes longer than a blink, and how long it took. */
function stepper(terminal: Terminal) {
  return async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now()
    const soon = setTimeout(() => terminal.note(`${name} ...`), 700)
    try {
      const value = await work()
      terminal.note(`${name}: ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`)
      return value
    } finally {
      clearTimeout(soon)
    }
  }
}

/** The secrets of this installation: made once, kept in `.shelfwise`. */
async function localCredentials(directory: string, url: string, shops: readonly DemoShop[]): Promise<Credentials> {
  const kept = await readCredentials(directory)
  const local = kept !== null && new URL(kept.url).hostname === HOST ? kept : null
  const secret = () => randomBytes(16).toString('hex')
  const keys = Object.fromEntries(
    shops.map(({ shop }) => {
      const own = local?.shops[shop]
      return [shop, { pk: own?.pk ?? makeKey('pk', shop, secret()), sk: own?.sk ?? makeKey('sk', shop, secret()) }]
    }),
  )
  const credentials: Credentials = {
    url,
    admin_key: local?.admin_key ?? `ak_${secret()}`,
    shops: { ...local?.shops, ...keys },
  }
  await writeCredentials(directory, credentials)
  return credentials
}

async function variablesOf(credentials: Credentials) {
  // Derived, so that ids and cursors stay valid over a restart without one more secret to keep.
  const SIGNING_SECRET = await sha256(`signing ${credentials.admin_key}`)
  return {
    'shelfwise-api': { SIGNING_SECRET },
    'shelfwise-ingest': { SIGNING_SECRET, ADMIN_KEY_HASH: await sha256(credentials.admin_key!) },
  }
}

/** Loads a demo shop when it is not there, or its data changed since. */
async function loadShop(
  shop: DemoShop,
  credentials: Credentials,
  url: string,
  stack: Stack,
  progress: Progress,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const client = createClient({ url, key: credentials.shops[shop.shop]!.sk!, attempts: ATTEMPTS_BULK, signal })
  const marker = join(stateDirectory(terminal.directory), `demo-${shop.shop}.txt`)
  const loaded = await readFile(marker, 'utf8').catch(() => '')
  if (loaded === shop.digest && (await keyWorks(client))) return
  const { name, locale, market, markets } = shop
  if (!(await keyWorks(client))) {
    const admin = client.withKey(credentials.admin_key!)
    await createShop(admin, shop.shop, { name, locale, market, markets }, credentials.shops[shop.shop])
  }
  const report = { note: (line: string) => terminal.note(line), progress: progress.show }
  await importSource({
    client,
    source: shop.folder,
    shop: shop.shop,
    directory: terminal.directory,
    report,
    shiftTo: 'now',
    signal,
  })
  await settle(client, stack, progress, signal)
  await writeFile(marker, shop.digest)
}

/** Fires the working cron until nothing waits: what the platform's clock would do within minutes. */
async function settle(client: Client, stack: Stack, progress: Progress, signal: AbortSignal): Promise<void> {
  for (;;) {
    if (signal.aborted) throw new Interrupted()
    await stack.cron(WORK_CRON)
    const jobs = await client.call({ path: '/v1/jobs', answer: jobsSchema })
    const waiting = backlog(jobs)
    progress.show({ label: 'enriching', done: jobs.items.live - jobs.items.waiting, total: jobs.items.live })
    const packed = jobs.jobs.some((job) => job.job === 'similar' && job.finished_at !== null)
    if (waiting === 0 && packed && jobs.jobs.every((job) => job.state !== 'running')) return progress.clear()
    await pause(POLL_MS, undefined, { signal }).catch(() => {})
  }
}

function welcome(url: string, shops: readonly DemoShop[], terminal: Terminal): void {
  terminal.out('')
  terminal.out(`  Shelfwise is up: ${url}/`)
  for (const shop of shops) terminal.out(`    ${shop.name.padEnd(20)} ${url}/s/${shop.shop}/`)
  terminal.out(`    ${'API documentation'.padEnd(20)} ${url}/docs`)
  if (shops[0]) terminal.out(`  Ask a shelf: npx shelfwise recommend --shop ${shops[0].shop} --placement home`)
  terminal.out('  Ctrl-C stops it.')
  terminal.out('')
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
