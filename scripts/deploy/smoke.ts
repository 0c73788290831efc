import { makeKey, parseKey } from '../../shared/domain/key.ts'
import { VERSION } from '../../workers/api/version.ts'
import { DeployFailure } from './failure.ts'

export interface SmokeOptions {
  address: string
  fetch: typeof fetch
  sleep(ms: number): Promise<void>
  /** A pk_ key of a shop that is there; null: no shelf is asked for. */
  probeKey: string | null
  /** Null where it is not known here. */
  adminKey: string | null
}

interface Check {
  name: string
  path: string
  init: RequestInit
  /** What is wrong with the answer; null when it is as it should be. */
  wrong(status: number, body: Record<string, unknown>): string | null
}

/** A new name under workers.dev may take a minute and a half to be known. */
const TRIES = 45
const AGAIN_MS = 2_000
const ANSWER_MS = 15_000
/** No shop and no key of anybody: looking for them goes through every part, and writes nothing. */
const NOBODY = 'shelfwise-smoke-test'
const NO_SECRET = '0'.repeat(32)

const statusIs = (wanted: number, code?: string) => (status: number, body: Record<string, unknown>) =>
  status === wanted && (code === undefined || body.code === code)
    ? null
    : `answered ${status} ${typeof body.code === 'string' ? body.code : ''}`.trimEnd()

/**
 * Asks the deployed address what tells that all parts are there.
 * @returns what was found, a line each
 * @throws DeployFailure `smoke_failed`, `usage`
 */
export async function smokeTest(options: SmokeOptions): Promise<string[]> {
  const told: string[] = []
  let triesLeft = TRIES
  for (const check of checksOf(options)) {
    // A new address takes some seconds to be known, and an old one some to be the new version.
    for (;;) {
      const wrong = await attempt(check, options)
      if (wrong === null) break
      if (--triesLeft <= 0) throw new DeployFailure('smoke_failed', `${options.address}: ${check.name}: ${wrong}`)
      await options.sleep(AGAIN_MS)
    }
    told.push(check.name)
  }
  if (options.probeKey === null)
    told.push('no shelf was asked for: SHELFWISE_PROBE_KEY, a pk_ key of a shop, has one asked for')
  return told
}

function checksOf({ probeKey, adminKey }: SmokeOptions): Check[] {
  const shop = probeKey === null ? null : parseKey(probeKey)
  if (probeKey !== null && shop?.kind !== 'pk')
    throw new DeployFailure('usage', 'SHELFWISE_PROBE_KEY is not a pk_ key of a shop')
  const bearer = (key: string) => ({ authorization: `Bearer ${key}`, 'content-type': 'application/json' })
  const nobody = makeKey('sk', NOBODY, NO_SECRET)
  const checks: Check[] = [
    {
      name: `api answers, version ${VERSION}`,
      ...{ path: '/health', init: {} },
      wrong: (status, body) =>
        statusIs(200)(status, body) ?? (body.version === VERSION ? null : `version ${String(body.version)}`),
    },
    {
      name: 'api finds no shop for a key of nobody (D1 and KV answer)',
      ...{ path: '/v1/recommendations?placement=home', init: { headers: bearer(nobody) } },
      wrong: statusIs(401, 'unauthorized'),
    },
    {
      name: 'ingest refuses an admin key of nobody (it is bound, and has its secrets)',
      ...{ path: `/v1/shops/${NOBODY}`, init: { method: 'PUT', headers: bearer(`ak_${NO_SECRET}`), body: '{}' } },
      wrong: statusIs(401, 'unauthorized'),
    },
  ]
  if (adminKey !== null)
    checks.push({
      // The body is refused after the key was looked at, so nothing is written.
      name: 'ingest takes the admin key',
      ...{ path: `/v1/shops/${NOBODY}`, init: { method: 'PUT', headers: bearer(adminKey), body: '{}' } },
      wrong: statusIs(400),
    })
  if (shop !== null)
    checks.push({
      name: `a shelf of ${shop.shop}`,
      ...{ path: '/v1/recommendations?placement=home&limit=4', init: { headers: bearer(shop.text) } },
      wrong: (status, body) =>
        statusIs(200)(status, body) ??
        (Array.isArray(body.items) && body.items.length > 0 ? null : 'the shelf is empty: has the shop items?'),
    })
  return checks
}

async function attempt({ path, init, wrong }: Check, { address, fetch }: SmokeOptions): Promise<string | null> {
  try {
    const response = await fetch(`${address}${path}`, { ...init, signal: AbortSignal.timeout(ANSWER_MS) })
    const body = (await response.json().catch(() => ({}))) as Record<string, unknown>
    return wrong(response.status, body)
  } catch (error) {
    return `no answer (${error instanceof Error ? error.message : String(error)})`
  }
}
