import type { Command } from 'commander'
import { shopIdSchema } from '../shared/domain/ids.ts'
import { ATTEMPTS_INTERACTIVE, type Client, createClient } from './client.ts'
import { type Credentials, readCredentials, sameService } from './credentials.ts'
import { usage } from './failure.ts'
import type { Terminal } from './terminal.ts'
import { duration } from './text.ts'

/** Where the local stack listens when nothing else is said. */
export const DEFAULT_URL = 'http://127.0.0.1:8787'

export interface ServiceFlags {
  url?: string
  key?: string
  shop?: string | undefined
  json?: boolean
}

/** The flags that every command has. */
export function serviceOptions(command: Command): Command {
  return command
    .option('--shop <name>', 'the shop; not needed when the key or the only known shop says it')
    .option('--url <url>', 'the service (also SHELFWISE_URL, .shelfwise/credentials.json)')
    .option('--key <key>', 'an API key (also SHELFWISE_KEY, .shelfwise/credentials.json)')
    .option('--json', 'the result as JSON on stdout; everything else on stderr')
}

/** What flags, environment and file say, before a shop is chosen. */
export interface Service {
  url: string
  /** The file's keys, when they belong to this service. */
  kept: Credentials | null
  /** A file that belongs to another service. */
  foreign: Credentials | null
  givenKey: { key: string; from: string } | null
  adminKey: string | null
  client: Client
}

/** Flag before environment before file. */
export async function findService(
  flags: ServiceFlags,
  terminal: Terminal,
  attempts = ATTEMPTS_INTERACTIVE,
): Promise<Service> {
  const { env } = terminal
  const file = await readCredentials(terminal.directory)
  const url = (flags.url ?? env.SHELFWISE_URL ?? file?.url ?? DEFAULT_URL).replace(/\/+$/, '')
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) throw usage(`"${url}" is not an http(s) address`)
  // The keys of one service are never shown to another.
  const kept = file && sameService(file.url, url) ? file : null
  const givenKey = flags.key
    ? { key: flags.key, from: '--key' }
    : env.SHELFWISE_KEY
      ? { key: env.SHELFWISE_KEY, from: 'SHELFWISE_KEY' }
      : null
  const onRetry = (why: string, waitMs: number) =>
    terminal.note(`${why}; trying again in ${waitMs < 1_000 ? 'a moment' : duration(waitMs / 1_000)}`)
  return {
    url,
    kept,
    foreign: file && !kept ? file : null,
    givenKey,
    adminKey: env.SHELFWISE_ADMIN_KEY ?? kept?.admin_key ?? null,
    client: createClient({ url, key: null, attempts, signal: terminal.signal, onRetry }),
  }
}

/** The shop that a key belongs to: `sk_<shop>_<secret>`. */
export const shopOfKey = (key: string): string | null => /^[ps]k_([a-z0-9-]+)_./.exec(key)?.[1] ?? null

/** The shop's keys that are known, best first: what was given, then the file's secret key, then its public one. */
export function knownKey(service: Service, shop: string, kinds: ReadonlyArray<'sk' | 'pk'>): string | null {
  if (service.givenKey) {
    const { key, from } = service.givenKey
    const owner = shopOfKey(key)
    if (owner === null) throw usage(`${from} is not a key of a shop: it looks like sk_<shop>_<secret>`)
    if (owner !== shop) throw usage(`${from} is a key of shop "${owner}", not of "${shop}"`)
    if (!kinds.includes(key.slice(0, 2) as 'sk' | 'pk'))
      throw usage(`${from} is a public key; this command needs a secret key (sk_...)`)
    return key
  }
  const keys = service.kept?.shops[shop]
  for (const kind of kinds) if (keys?.[kind]) return keys[kind]
  return null
}

/** The shop that is meant: named, or said by the key, or the only one known. */
export function chooseShop(flags: ServiceFlags, service: Service): string {
  const known = Object.keys(service.kept?.shops ?? {})
  const shop =
    flags.shop ?? (service.givenKey ? shopOfKey(service.givenKey.key) : known.length === 1 ? known[0] : undefined)
  if (!shop) {
    throw usage(
      known.length === 0 ? 'which shop? name it with --shop' : `which shop? --shop ${known.join(' or --shop ')}`,
    )
  }
  if (!shopIdSchema.safeParse(shop).success) {
    throw usage(`"${shop}" is not a shop's name: lower case letters, digits and inner hyphens, 40 at most`)
  }
  return shop
}

/**
 * The client of one shop.
 * @param kinds the kinds of key that will do, best first
 */
export async function connect(
  flags: ServiceFlags,
  terminal: Terminal,
  kinds: ReadonlyArray<'sk' | 'pk'>,
  attempts = ATTEMPTS_INTERACTIVE,
): Promise<{ client: Client; shop: string; service: Service }> {
  const service = await findService(flags, terminal, attempts)
  const shop = chooseShop(flags, service)
  const key = knownKey(service, shop, kinds)
  if (key === null) {
    const hint = service.foreign ? `; the keys kept here belong to ${service.foreign.url}` : ''
    throw usage(
      `no ${kinds[0] === 'sk' ? 'secret ' : ''}key of shop "${shop}" for ${service.url}${hint}: give --key or SHELFWISE_KEY, or run "shelfwise import"`,
    )
  }
  return { client: service.client.withKey(key), shop, service }
}
