import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { jobsSchema } from '../cli/answers.ts'
import { ATTEMPTS_BULK, createClient } from '../cli/client.ts'
import { createShop } from '../cli/import/ensure_shop.ts'
import { importSource } from '../cli/import/import_source.ts'
import { shopSettings } from '../cli/import/settings.ts'
import { openSource } from '../cli/import/source.ts'
import { surveySource } from '../cli/import/survey.ts'
import { isBusy } from '../cli/import/wait.ts'
import { sha256 } from '../shared/base/hash.ts'
import { CRONS } from '../workers/enrich/crons.ts'
import type { Stack } from '../workers/local/stack.ts'

const ADMIN_KEY = 'ak_bench'
const WORK_CRON = CRONS.work
/** Shoppers that ask, spread over the whole log. */
const SHOPPERS = 2_000

export interface BenchShop {
  description: string
  /** The browser key. */
  key: string
  sharedPath: string
  shoppers: string[]
  markets: string[]
}

/** Imports a dataset into the running stack through its HTTP API, and waits until everything is learned. */
async function load(stack: Stack, path: string): Promise<BenchShop> {
  const shop = 'bench'
  const url = stack.url.href.replace(/\/$/, '')
  const directory = await mkdtemp(join(tmpdir(), 'shelfwise-bench-'))
  try {
    const source = await openSource(path, directory)
    const survey = await surveySource(source)
    const settings = shopSettings(shop, source, survey, {})
    const admin = createClient({ url, key: ADMIN_KEY, attempts: ATTEMPTS_BULK })
    const { keys } = await createShop(admin, shop, settings)
    const client = createClient({ url, key: keys.sk, attempts: ATTEMPTS_BULK })
    const startedAt = performance.now()
    const report = { note: (line: string) => console.error(line), progress: () => {} }
    const result = await importSource({ client, source, survey, shop, directory, report })
    const sentMs = performance.now() - startedAt
    for (;;) {
      await stack.cron(WORK_CRON)
      const jobs = await client.call({ path: '/v1/jobs', answer: jobsSchema })
      if (!isBusy(jobs) && jobs.jobs.every((job) => job.state !== 'running')) break
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
    const seconds = (ms: number) => (ms / 1_000).toFixed(1)
    console.error(
      `imported ${basename(path)} in ${seconds(sentMs)} s, ready after ${seconds(performance.now() - startedAt)} s`,
    )
    const events = source.files.find((file) => file.kind === 'events')
    return {
      description: `${basename(path)}: ${result.items?.created ?? 0} items, ${result.events?.accepted ?? 0} events`,
      key: keys.pk,
      sharedPath: `/v1/recommendations?placement=home&key=${keys.pk}`,
      shoppers: events ? await shoppersOf(events.path) : ['nobody'],
      markets: settings.markets.slice(0, 10).map((own) => own.market),
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Ids of shoppers in the order of first sight, at most SHOPPERS. */
async function shoppersOf(path: string): Promise<string[]> {
  const raw = createReadStream(path)
  const lines = createInterface({ input: path.endsWith('.gz') ? raw.pipe(createGunzip()) : raw })
  const seen = new Set<string>()
  for await (const line of lines) {
    const event = JSON.parse(line) as { user?: string; user_id?: string }
    const user = event.user ?? event.user_id
    if (user !== undefined) seen.add(user)
    if (seen.size >= SHOPPERS) break
  }
  raw.destroy()
  return [...seen]
}

export const loadShop = Object.assign(load, { adminKeyHash: await sha256(ADMIN_KEY) })
