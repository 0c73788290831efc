/** Every way in which a deployment ends badly. The union is closed: a new code does not compile until it is here. */
export const FAILURES = {
  usage: { exit: 2, next: 'npm run deploy -- --help' },
  no_token: {
    exit: 3,
    next: 'make an API token for this account (docs/operations.md lists its permissions) and set CLOUDFLARE_API_TOKEN',
  },
  token_refused: { exit: 3, next: 'the token is wrong, revoked or out of date: make another one' },
  not_permitted: { exit: 3, next: 'give the token the permission that docs/operations.md lists for this' },
  no_account: { exit: 3, next: 'the token sees no account: include one in its account resources' },
  account_ambiguous: { exit: 3, next: 'set CLOUDFLARE_ACCOUNT_ID to one of them' },
  no_subdomain: {
    exit: 3,
    next: 'open Workers in the dashboard once, which gives the account its workers.dev name, or put a route of your own into wrangler.toml',
  },
  plan_too_small: { exit: 3, next: 'Workers Free does not fit (docs/limits.md): change the account to Workers Paid' },
  not_enabled: { exit: 3, next: 'switch the service on in the dashboard' },
  index_differs: {
    exit: 3,
    next: 'an index keeps its dimensions for good: delete it (enrich fills the new one), or bind another name',
  },
  secret_missing: { exit: 2, next: 'set it in the environment, or run where it can be asked for' },
  secret_unfit: { exit: 2, next: 'docs/operations.md says what each secret is' },
  wrangler_failed: { exit: 3, next: 'its last words stand above; run the same command again once the cause is gone' },
  platform_refused: { exit: 3, next: 'run the same command again once the cause is gone: it goes on where it stopped' },
  platform_unavailable: { exit: 4, next: 'run the same command again later: it goes on where it stopped' },
  did_not_hold: { exit: 4, next: 'run the same command again: it looks at everything anew' },
  smoke_failed: {
    exit: 5,
    next: 'everything is deployed, but it does not answer as it should: look at the logs of the workers',
  },
  interrupted: { exit: 130, next: 'run the same command again: it goes on where it stopped' },
} as const satisfies Record<string, { exit: number; next: string }>

export type FailureCode = keyof typeof FAILURES

/** A deployment that cannot go on: what is wrong in one line for people, without a secret in it. */
export class DeployFailure extends Error {
  readonly code: FailureCode
  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'DeployFailure'
    this.code = code
  }
}
