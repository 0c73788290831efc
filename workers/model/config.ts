import * as z from 'zod'

/** Currency units for a million tokens; the same number is millionths of a unit for one token. */
const priceSchema = z.number().min(0).max(10_000)

const chatSchema = z.strictObject({
  model: z.string().min(1).max(200),
  input_price: priceSchema,
  output_price: priceSchema,
  /** How an answer's form is asked for; without `json_schema` the schema travels in the system text. */
  format: z.enum(['json_schema', 'json_object']).default('json_schema'),
  /** Whether it has /files and /batches, and what a batched call costs of a plain one. */
  batch: z.boolean().default(false),
  batch_price_factor: z.number().min(0).max(1).default(0.5),
  max_output_tokens: z.int().min(1).default(4_096),
  /** Under which name a server takes the limit of output tokens. */
  output_limit_field: z.enum(['max_completion_tokens', 'max_tokens']).default('max_completion_tokens'),
  /** The most alternatives it tells of a token (`top_logprobs`); 0: it tells no log-probabilities. */
  logprobs: z.int().min(0).max(20).default(0),
  /** Whether it takes models of one's own making (`/fine_tuning/jobs`). */
  fine_tuning: z.boolean().default(false),
  /** Whether it remembers how prompts begin, and what a remembered token costs: the plain price where that is not said. */
  prompt_caching: z.boolean().default(false),
  cached_input_price: priceSchema.optional(),
  /** Calls at once from one isolate, and how many may wait for a place. */
  concurrency: z.int().min(1).max(1_000).default(8),
  queue: z.int().min(0).max(10_000).default(200),
  /** Sent with every call as it is: `{"temperature": 0}`. */
  extra: z.record(z.string(), z.json()).default({}),
})

const embeddingsSchema = z.strictObject({
  model: z.string().min(1).max(200),
  dimensions: z.int().min(1).max(1_536),
  /** Whether the server takes `dimensions`; others give what they have. */
  sends_dimensions: z.boolean().default(false),
  /** Some servers refuse base64, the client's own default. */
  encoding: z.enum(['float', 'base64']).default('float'),
  price: priceSchema.default(0),
  inputs_per_call: z.int().min(1).max(2_048).default(100),
})

export const providerSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]{0,29}$/, 'lower case letters, digits and _, 30 at most'),
  base_url: z.url(),
  headers: z.record(z.string(), z.string()).default({}),
  chat: chatSchema.optional(),
  embeddings: embeddingsSchema.optional(),
})
export type ProviderConfig = z.infer<typeof providerSchema> & { key: string }
export type ChatConfig = z.infer<typeof chatSchema>
export type EmbeddingsConfig = z.infer<typeof embeddingsSchema>

export interface ModelConfig {
  /** In the order of preference; empty: the local provider alone. */
  providers: readonly ProviderConfig[]
  /** What a shop without a budget of its own may spend a day, in millionths of the currency unit. */
  dailyMicro: number
}

/** Servers on one's own machine ask for no key, and the client wants one. */
const NO_KEY = 'none'
const DAILY_BUDGET = 5

/**
 * Decodes the worker's variables: `PROVIDERS` (a JSON list), a secret `PROVIDER_KEY_<NAME>` each, and
 * `MODEL_DAILY_BUDGET` in currency units a shop and day.
 * @throws Error that names the variable, never its value
 */
export function decodeConfig(env: Readonly<Record<string, unknown>>): ModelConfig {
  const providers = decodeProviders(env.PROVIDERS).map((provider) => {
    const key = env[`PROVIDER_KEY_${provider.name.toUpperCase()}`]
    return { ...provider, key: typeof key === 'string' && key !== '' ? key : NO_KEY }
  })
  if (new Set(providers.map((provider) => provider.name)).size < providers.length)
    throw new Error('PROVIDERS names a provider twice')
  const daily = z.coerce
    .number()
    .min(0)
    .max(1_000_000)
    .safeParse(env.MODEL_DAILY_BUDGET || DAILY_BUDGET)
  if (!daily.success) throw new Error('MODEL_DAILY_BUDGET is not an amount')
  return { providers, dailyMicro: Math.round(daily.data * 1e6) }
}

function decodeProviders(text: unknown): Array<z.infer<typeof providerSchema>> {
  if (text === undefined || text === '') return []
  let value: unknown
  try {
    // A toml may hold it as a table, a variable as text.
    value = typeof text === 'string' ? JSON.parse(text) : text
  } catch {
    throw new Error('PROVIDERS is not JSON')
  }
  const read = z.array(providerSchema).max(10).safeParse(value)
  if (!read.success) throw new Error(`PROVIDERS: ${z.prettifyError(read.error)}`)
  return read.data
}
