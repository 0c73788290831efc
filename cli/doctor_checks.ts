import packageJson from '../package.json' with { type: 'json' }
import { healthSchema, type Jobs, jobsSchema, shelfSchema } from './answers.ts'
import type { Client } from './client.ts'
import type { Service } from './connect.ts'
import { readableByOthers } from './credentials.ts'
import { CliFailure, Interrupted, ServiceProblem } from './failure.ts'
import { backlog } from './import/wait.ts'
import { count, errorsText, plural } from './text.ts'

export interface Check {
  level: 'ok' | 'warn' | 'fail'
  what: string
  said: string
  /** What to do about it; absent when all is well. */
  advice?: string
}

const PLACEMENTS = ['home', 'product', 'cart', 'generic'] as const
/** A shelf that takes longer than its own deadline has something wrong underneath. */
const SLOW_MS = 800
const EXPECTED_RUNGS = ['L0', 'L1', 'L2']

const isLoopback = (url: string): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname)

/** Whether the service answers, and with which version. */
export async function checkService(service: Service, directory: string): Promise<Check[]> {
  const checks: Check[] = []
  const what = `service ${service.url}`
  const health = await attempt(what, 'start it with "shelfwise up", or name another with --url', () =>
    service.client.call({ path: '/health', answer: healthSchema }),
  )
  if ('level' in health) checks.push(health)
  else if (health.value.status !== 'ok')
    checks.push({ level: 'warn', what, said: `says "${health.value.status}"`, advice: "look at the service's log" })
  else if (health.value.version !== packageJson.version) {
    const said = `version ${health.value.version}, this command is ${packageJson.version}`
    checks.push({ level: 'warn', what, said, advice: 'update the older of the two' })
  } else checks.push({ level: 'ok', what, said: `version ${health.value.version}` })
  if (service.url.startsWith('http:') && !isLoopback(service.url)) {
    checks.push({ level: 'warn', what: 'connection', said: 'keys travel unencrypted', advice: 'use https' })
  }
  if (service.foreign) {
    const said = `the keys kept here belong to ${service.foreign.url} and are not used`
    checks.push({
      level: 'warn',
      what: 'credentials',
      said,
      advice: 'run where the keys of this service are, or give --key',
    })
  }
  if (await readableByOthers(directory)) {
    const advice = 'chmod 600 .shelfwise/credentials.json'
    checks.push({ level: 'warn', what: 'credentials', said: 'others on this machine can read the keys', advice })
  }
  return checks
}

/** Whether the admin key is taken. An empty body is refused after the key was looked at, so nothing is written. */
export async function checkAdminKey(service: Service, shop: string): Promise<Check> {
  const what = 'admin key'
  if (service.adminKey === null) {
    return { level: 'warn', what, said: 'not known here', advice: 'needed to create shops: set SHELFWISE_ADMIN_KEY' }
  }
  const admin = service.client.withKey(service.adminKey)
  try {
    await admin.raw({ method: 'PUT', path: `/v1/shops/${shop}`, json: {} })
  } catch (error) {
    if (error instanceof ServiceProblem && error.problem.status === 400) return { level: 'ok', what, said: 'valid' }
    return failed(
      what,
      error,
      'check SHELFWISE_ADMIN_KEY or .shelfwise/credentials.json; "shelfwise up" writes a working one',
    )
  }
  return { level: 'warn', what, said: 'the service took an empty shop', advice: 'report this: it must be refused' }
}

/** A shop's keys, counts and shelves. */
export async function checkShop(
  shop: string,
  keys: { sk: string | null; pk: string | null },
  service: Service,
): Promise<Check[]> {
  const checks: Check[] = []
  if (keys.sk === null) {
    const advice = 'give --key, or import with the admin key'
    checks.push({ level: 'warn', what: `${shop} secret key`, said: 'not known here', advice })
  } else checks.push(...(await checkCounts(shop, service.client.withKey(keys.sk))))
  if (keys.pk !== null) {
    const pk = service.client.withKey(keys.pk)
    const shelf = await attempt(`${shop} public key`, 'import again with the admin key, which makes it anew', () =>
      pk.raw({ method: 'POST', path: '/v1/recommendations', json: { placement: 'generic', limit: 1 } }),
    )
    checks.push('level' in shelf ? shelf : { level: 'ok', what: `${shop} public key`, said: 'valid' })
  }
  const key = keys.sk ?? keys.pk
  if (key !== null)
    for (const placement of PLACEMENTS) checks.push(await checkPlacement(shop, placement, service.client.withKey(key)))
  return checks
}

async function checkCounts(shop: string, client: Client): Promise<Check[]> {
  const what = `${shop} secret key`
  const jobs = await attempt(what, `import again with the admin key, or give a valid --key`, () =>
    client.call({ path: '/v1/jobs', answer: jobsSchema }),
  )
  if ('level' in jobs) return [jobs]
  const { items, waiting, jobs: all } = jobs.value
  const todo = backlog(jobs.value)
  const said = `${plural(items.live, 'item')} live, ${todo === 0 ? 'nothing waits' : `${count(todo)} still to be processed`}`
  const checks: Check[] = [{ level: 'ok', what, said: 'valid' }]
  if (items.live === 0 && items.waiting === 0) {
    checks.push({ level: 'warn', what: `${shop} catalogue`, said, advice: `shelfwise import <source> --shop ${shop}` })
  } else checks.push({ level: 'ok', what: `${shop} catalogue`, said })
  for (const job of all.filter((one) => one.state === 'failed')) {
    const again = 'it is tried again by cron; if it fails again, the reason is in the log of the enrich worker'
    const advice = job.error === 'EmbedderFailed' ? `the provider of embeddings: ${WAITS.unavailable!.advice}` : again
    checks.push({ level: 'fail', what: `${shop} job ${job.job}`, said: job.error ?? 'failed', advice })
  }
  checks.push(...enrichmentChecks(shop, jobs.value))
  if (waiting.dead_letters > 0) {
    const advice =
      '"shelfwise webhook list" says why; "shelfwise webhook replay" sends them again once the cause is gone'
    checks.push({ level: 'warn', what: `${shop} queue`, said: plural(waiting.dead_letters, 'dead letter'), advice })
  }
  return checks
}

/** Why a job that asks a model waits for a better moment, and what somebody can do. */
const WAITS: Readonly<Record<string, { said: string; advice: string }>> = {
  unavailable: {
    said: 'the provider does not answer, or does not take the calls',
    advice:
      'it is asked again by itself; look at its base_url and key (PROVIDERS, PROVIDER_KEY_<NAME>) where this stays so',
  },
  budget: {
    said: "today's budget is spent",
    advice: 'it goes on tomorrow; or raise the budget (PUT /v1/shops/{shop}/budget), then "shelfwise enrich --retry"',
  },
}

/** What of a shop's enrichment waits, for a better moment or for somebody. */
function enrichmentChecks(shop: string, { jobs, enrichment }: Jobs): Check[] {
  const checks = jobs.flatMap(({ job, error, state }): Check[] => {
    const waits = state === 'failed' || error === null ? undefined : WAITS[error]
    return waits === undefined ? [] : [{ level: 'warn', what: `${shop} job ${job}`, ...waits }]
  })
  if (enrichment === undefined) return checks
  const { in_doubt, quarantined, rejected } = enrichment
  const said = errorsText({ in_doubt, quarantined, rejected_answers: rejected })
  if (said !== '')
    checks.push({
      level: 'warn',
      what: `${shop} enrichment`,
      said,
      advice: `"shelfwise enrich --shop ${shop}" shows them, "--retry" tries again`,
    })
  return checks
}

async function checkPlacement(shop: string, placement: string, client: Client): Promise<Check> {
  const what = `${shop} ${placement}`
  const answer = await attempt(what, `"shelfwise recommend --shop ${shop} --placement ${placement}" shows more`, () =>
    client.call({ method: 'POST', path: '/v1/recommendations', json: { placement }, answer: shelfSchema }),
  )
  if ('level' in answer) return answer
  const { items, served } = answer.value
  const said = `${plural(items.length, 'item')}, rung ${served.rung}, ${served.ms} ms`
  if (served.degraded.length > 0 || !EXPECTED_RUNGS.includes(served.rung)) {
    const advice = 'something below is slow or down: see the log of the api worker'
    return { level: 'warn', what, said: `${said}, degraded: ${served.degraded.join(', ') || 'yes'}`, advice }
  }
  if (items.length === 0)
    return {
      level: 'warn',
      what,
      said: 'answers, but the shelf is empty',
      advice: 'import items, then "shelfwise ps" until nothing waits',
    }
  if (served.ms > SLOW_MS)
    return { level: 'warn', what, said, advice: 'slow: ask again, a first request after a start is' }
  return { level: 'ok', what, said }
}

async function attempt<T>(what: string, advice: string, work: () => Promise<T>): Promise<{ value: T } | Check> {
  try {
    return { value: await work() }
  } catch (error) {
    return failed(what, error, advice)
  }
}

function failed(what: string, error: unknown, advice: string): Check {
  if (!(error instanceof CliFailure) || error instanceof Interrupted) throw error
  return { level: 'fail', what, said: error.message, advice }
}
