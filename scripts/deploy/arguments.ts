import { parseArgs } from 'node:util'
import { DeployFailure } from './failure.ts'

export interface DeployOptions {
  /** Prints what would be done and writes nothing, neither there nor here. */
  dryRun: boolean
  /** A second installation in the same account: every name ends with it; null for the first. */
  environment: string | null
  /** The address that is tried at the end, where it is not that of wrangler.toml or workers.dev. */
  address: string | null
  /** Secrets that are to be replaced though they are set. */
  renew: readonly string[]
  /** Deploys the workers anew though nothing of them changed. */
  force: boolean
  help: boolean
}

export const USAGE = `usage: npm run deploy -- [--dry-run] [--env NAME] [--address URL] [--renew SECRET]... [--force]

  --dry-run        print what is there and what would be made; nothing is written
  --env NAME       a second installation in the same account: every name ends with -NAME
  --address URL    where to try it at the end, if it has a route of its own
  --renew SECRET   replace a secret that is set already
  --force          deploy the workers though nothing of them changed

CLOUDFLARE_API_TOKEN, and CLOUDFLARE_ACCOUNT_ID where the token sees several accounts. Secrets are taken from the
environment under their own names (the admin key as SHELFWISE_ADMIN_KEY) or asked for; SHELFWISE_PROBE_KEY, a pk_ key of
a shop that is there, has a shelf asked for at the end.`

/** With the longest of our own names an environment's must stay within the platform's 63 characters. */
const ENVIRONMENT = /^[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?$/
const SECRET = /^[A-Z][A-Z0-9_]{2,60}$/

/** @throws DeployFailure `usage` */
export function readOptions(argv: readonly string[]): DeployOptions {
  const { values, positionals } = parsed(argv)
  if (positionals.length > 0) throw usage(`“${positionals[0]!.slice(0, 40)}” is not expected here`)
  const environment = values.env ?? null
  if (environment !== null && !ENVIRONMENT.test(environment))
    throw usage('--env wants lower case letters, digits and hyphens, 20 at most')
  if (environment === 'local') throw usage('--env local is this machine: npm start')
  const address = values.address ?? null
  if (address !== null && !/^https?:\/\//.test(URL.canParse(address) ? address : ''))
    throw usage('--address wants an address such as https://recommendations.shop.example')
  const renew = values.renew ?? []
  const odd = renew.find((name) => !SECRET.test(name))
  if (odd !== undefined) throw usage(`--renew wants the name of a secret, such as SIGNING_SECRET`)
  return {
    ...{ dryRun: values['dry-run'], environment, renew, force: values.force, help: values.help },
    address: address === null ? null : address.replace(/\/+$/, ''),
  }
}

const usage = (message: string) => new DeployFailure('usage', message)

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        'dry-run': { type: 'boolean', default: false },
        env: { type: 'string' },
        address: { type: 'string' },
        renew: { type: 'string', multiple: true },
        force: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    // Node's own words go on with advice that does not apply here.
    throw usage((error instanceof Error ? error.message : String(error)).split('. ')[0]!)
  }
}
