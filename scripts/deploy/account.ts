import { DeployFailure } from './failure.ts'
import type { Platform } from './platform/client.ts'

interface Account {
  id: string
  name: string
}

const ID = /^[0-9a-f]{32}$/

/** The account that everything goes into. @throws DeployFailure */
export async function findAccount(platform: Platform, given: string | undefined): Promise<string> {
  if (given !== undefined && given !== '') {
    if (!ID.test(given))
      throw new DeployFailure('usage', 'CLOUDFLARE_ACCOUNT_ID is not an account’s id: 32 hexadecimal digits')
    return given
  }
  const accounts = await platform.list<Account>('/accounts', 'accounts of the token')
  if (accounts.length === 0) throw new DeployFailure('no_account', 'the token sees no account')
  if (accounts.length > 1) {
    const names = accounts.slice(0, 10).map(({ id, name }) => `  ${id}  ${name}`)
    throw new DeployFailure('account_ambiguous', ['the token sees several accounts:', ...names].join('\n'))
  }
  return accounts[0]!.id
}

/** The account's name under workers.dev. @throws DeployFailure `no_subdomain` */
export async function findSubdomain(platform: Platform, account: string): Promise<string> {
  const found = await platform.find<{ subdomain?: string | null }>(
    `/accounts/${account}/workers/subdomain`,
    'workers.dev',
  )
  if (found?.subdomain) return found.subdomain
  throw new DeployFailure('no_subdomain', 'the account has no name under workers.dev')
}
