import { sha256 } from '../../shared/base/hash.ts'
import type { Declared, WorkerKey } from './declared.ts'
import { DeployFailure } from './failure.ts'
import { providersOf } from './index_shapes.ts'
import type { Surroundings } from './surroundings.ts'

/** A secret of the workers: docs/operations.md says what each is. */
export interface Secret {
  name: string
  workers: readonly WorkerKey[]
  /** The environment's variable that it is taken from. */
  variable: string
  /** What somebody who is asked for it reads. */
  question: string
  /** Made when nothing is typed; null where only somebody else can make it. */
  make: ((random: Surroundings['random']) => string) | null
  /** What is wrong with a value; null when nothing is. */
  unfit(value: string): string | null
  /** What the platform is given of the value. */
  sent(value: string): Promise<string>
  /** Whether a made value is kept here: it is needed again, and the platform gives nothing back. */
  kept: boolean
  /** Only taken where the environment has it. */
  optional: boolean
}

const SECRET_CHARS_MIN = 32
/** The platform's own limit for a text binding. */
const SECRET_CHARS_MAX = 5_000

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

const long = (value: string): string | null =>
  value.length < SECRET_CHARS_MIN ? `shorter than ${SECRET_CHARS_MIN} characters` : null

const OURS: readonly Secret[] = [
  {
    ...{ name: 'SIGNING_SECRET', variable: 'SIGNING_SECRET', workers: ['ingest', 'api'], kept: false, optional: false },
    question: 'SIGNING_SECRET, which signs recommendation ids (Enter: make one)',
    make: (random) => base64url(random(32)),
    unfit: long,
    sent: async (value) => value,
  },
  {
    ...{ name: 'ADMIN_KEY_HASH', variable: 'SHELFWISE_ADMIN_KEY', workers: ['ingest'], kept: true, optional: false },
    question: 'Admin key, ak_…, of which only the hash is sent (Enter: make one)',
    make: (random) => `ak_${base64url(random(32)).replaceAll('_', '-')}`,
    unfit: (value) => (/^ak_\S+$/.test(value) ? long(value) : 'an admin key begins with ak_'),
    sent: sha256,
  },
  {
    ...{
      name: 'WEBHOOK_SECRETS_KEY',
      variable: 'WEBHOOK_SECRETS_KEY',
      workers: ['ingest'],
      kept: true,
      optional: false,
    },
    question: 'WEBHOOK_SECRETS_KEY, which seals the webhook secrets in D1 (Enter: make one)',
    make: (random) => base64(random(32)),
    unfit: long,
    sent: async (value) => value,
  },
]

const UPSTASH = ['UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN'].map(
  (name): Secret => ({
    ...{ name, variable: name, workers: ['enrich', 'ingest', 'api'], kept: false, optional: true },
    question: name,
    make: null,
    unfit: (value) => (name.endsWith('_URL') && !/^https:\/\//.test(value) ? 'not an https address' : null),
    sent: async (value) => value,
  }),
)

/** Every secret that this installation may have. */
export function secretsOf({ workers }: Declared): Secret[] {
  const model = workers.find((one) => one.key === 'model')!
  const providers = providersOf(model).map(
    ({ name }): Secret => ({
      ...{ name: `PROVIDER_KEY_${name.toUpperCase()}`, workers: ['model'], kept: false, optional: false },
      variable: `PROVIDER_KEY_${name.toUpperCase()}`,
      question: `The key of the provider “${name}”`,
      make: null,
      unfit: (value) => (value === '' ? 'empty; a server that asks for no key takes any word' : null),
      sent: async (value) => value,
    }),
  )
  return [...OURS, ...providers, ...UPSTASH]
}

/** The secrets that a worker is not deployed without. */
export const requiredOf = (secrets: readonly Secret[], worker: WorkerKey): string[] =>
  secrets.filter((one) => !one.optional && one.workers.includes(worker)).map((one) => one.name)

export interface Chosen {
  secret: Secret
  value: string
  made: boolean
}

/**
 * A value for each: the environment's, what somebody types, or a made one.
 * @throws DeployFailure `secret_missing`, `secret_unfit`; neither has a value in it
 */
export async function choose(
  secrets: readonly Secret[],
  { env, ask, random }: Pick<Surroundings, 'env' | 'ask' | 'random'>,
): Promise<Chosen[]> {
  const chosen: Chosen[] = []
  for (const secret of secrets) {
    let value = env[secret.variable] ?? ''
    if (value === '' && ask !== null) value = (await ask(secret.question)).trim()
    const made = value === '' && secret.make !== null
    if (made) value = secret.make!(random)
    if (value === '' && ask === null)
      throw new DeployFailure('secret_missing', `${secret.variable} is not set, and nobody can be asked for it here`)
    const unfit = value.length > SECRET_CHARS_MAX ? `longer than ${SECRET_CHARS_MAX} characters` : secret.unfit(value)
    if (unfit !== null) throw new DeployFailure('secret_unfit', `${secret.variable}: ${unfit}`)
    chosen.push({ secret, value, made })
  }
  return chosen
}
