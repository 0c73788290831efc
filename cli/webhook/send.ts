import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { problemSchema } from '../answers.ts'
import { chooseShop, findService, knownKey, type ServiceFlags } from '../connect.ts'
import { CliFailure, EXIT, ServiceProblem, usage } from '../failure.ts'
import { printJson, type Terminal } from '../terminal.ts'
import { count, plain } from '../text.ts'
import { type Receipt, receiptSchema, sourceSchema } from './answers.ts'
import { keepSecret, keptSecret } from './kept_secrets.ts'
import { SAMPLE_KINDS, SAMPLES, type SampleKind } from './samples.ts'
import { makeSecret, signedHeaders } from './sign.ts'

export interface SendFlags extends ServiceFlags {
  source?: string
  kind?: string
  topic?: string
  file?: string
  sample?: boolean
  secret?: string
}

const TIMEOUT_MS = 30_000

/** Signs a body as the platform does, posts it to the service, and says what came of it. */
export async function sendWebhook(flags: SendFlags, terminal: Terminal): Promise<void> {
  const source = flags.source ?? 'shopify'
  const kind = kindOf(source, flags.kind)
  const topics = Object.keys(SAMPLES[kind])
  const topic = flags.topic ?? topics[0]!
  const service = await findService(flags, terminal)
  const shop = chooseShop(flags, service)
  const body = await bodyOf(flags, kind, topic, terminal)
  const key = knownKey(service, shop, ['sk'])
  const secret = flags.secret ?? (await keptSecret(terminal.directory, service.url, shop, source)) ?? null
  const ready = await ensureSource({ source, kind, secret, key, shop }, service.client, terminal)
  const headers = signedHeaders(kind, ready, topic, body, Date.now())
  const receipt = await post(`${service.url}/webhooks/${source}/${shop}`, headers, body, terminal).catch((error) => {
    if (error instanceof ServiceProblem && error.problem.status === 401 && flags.secret === undefined)
      terminal.note(`the secret kept here is not that of "${source}" any more: give its own with --secret`)
    throw error
  })
  if (receipt.outcome === 'dead_letter' || receipt.outcome === 'partial') terminal.exitWith(EXIT.rejected)
  if (flags.json) return printJson(terminal, { source, shop, ...receipt })
  for (const line of receiptLines(`${source} ${topic}`, receipt)) terminal.out(line)
  terminal.out(nextHint(receipt, kind))
}

function kindOf(source: string, named: string | undefined): SampleKind {
  const kind = named ?? (SAMPLE_KINDS.find((own) => own === source) || undefined)
  if (kind === undefined) throw usage(`which kind of sender is "${source}"? --kind ${SAMPLE_KINDS.join(' or --kind ')}`)
  return kind as SampleKind
}

async function bodyOf(flags: SendFlags, kind: SampleKind, topic: string, terminal: Terminal): Promise<string> {
  if (flags.file !== undefined) {
    if (flags.sample) throw usage('--file and --sample exclude each other')
    try {
      return await readFile(resolve(terminal.directory, flags.file), 'utf8')
    } catch (error) {
      throw usage(`${flags.file} cannot be read: ${(error as Error).message}`, { cause: error })
    }
  }
  const samples = SAMPLES[kind]
  if (!Object.hasOwn(samples, topic))
    throw usage(`there is no sample of ${kind} ${topic}: give --file, or --topic ${Object.keys(samples).join(', ')}`)
  return JSON.stringify(samples[topic]!(Date.now()))
}

/** The secret to sign with; a source that is missing is made with one of its own. */
async function ensureSource(
  {
    source,
    kind,
    secret,
    key,
    shop,
  }: { source: string; kind: SampleKind; secret: string | null; key: string | null; shop: string },
  client: Awaited<ReturnType<typeof findService>>['client'],
  terminal: Terminal,
): Promise<string> {
  if (key === null) {
    if (secret === null)
      throw usage(`no secret of "${source}" is known here: give --secret, or a secret key (sk_...) of shop "${shop}"`)
    return secret
  }
  const path = `/v1/webhooks/${encodeURIComponent(source)}`
  const own = client.withKey(key)
  try {
    await own.call({ path, answer: sourceSchema })
    if (secret === null)
      throw usage(
        `"${source}" is there already, and its secret is not known here: give --secret (the service never shows it)`,
      )
    return secret
  } catch (error) {
    if (!(error instanceof ServiceProblem) || error.problem.status !== 404) throw error
  }
  const made = secret ?? makeSecret(kind)
  await own.call({ method: 'PUT', path, json: { kind, secrets: [made] }, answer: sourceSchema })
  await keepSecret(terminal.directory, own.url, shop, source, { kind, secret: made })
  terminal.note(`made the source "${source}" (${kind}); its secret is in .shelfwise/webhooks.json`)
  return made
}

async function post(url: string, headers: Record<string, string>, body: string, terminal: Terminal): Promise<Receipt> {
  let response: Response
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      signal: AbortSignal.any([terminal.signal, AbortSignal.timeout(TIMEOUT_MS)]),
    })
  } catch (error) {
    const cause = (error as Error).cause as { code?: string } | undefined
    throw new CliFailure(
      `${url} cannot be reached (${cause?.code ?? (error as Error).name}); is it running?`,
      EXIT.refused,
      {
        cause: error,
      },
    )
  }
  const answer: unknown = await response.json().catch(() => null)
  if (response.ok) return receiptSchema.parse(answer)
  const problem = problemSchema.safeParse(answer)
  if (problem.success) throw new ServiceProblem(problem.data, `POST ${new URL(url).pathname}`)
  throw new CliFailure(`${url} answered ${response.status} without JSON: is this a Shelfwise service?`, EXIT.refused)
}

/** A receipt for people. */
export function receiptLines(what: string, receipt: Receipt): string[] {
  const counts = countWords(receipt.counts)
  const told = [...counts, ...(receipt.ignored === undefined ? [] : [receipt.ignored])]
  return [
    plain(`${what}: ${receipt.outcome}${told.length === 0 ? '' : ` (${told.join(', ')})`}`),
    ...receipt.warnings.map((warning) => plain(`  warning: ${warning}`)),
    ...receipt.errors.map((error) => plain(`  ${error.pointer || '(body)'}  ${error.detail}`)),
  ]
}

/** `1 item`, `2 items`: the names are plurals. */
export const countWords = (counts: Readonly<Record<string, number>>): string[] =>
  Object.entries(counts).map(([name, own]) => `${count(own)} ${own === 1 ? name.replace(/s$/, '') : name}`)

function nextHint(receipt: Receipt, kind: SampleKind): string {
  if (receipt.outcome === 'dead_letter' || receipt.outcome === 'partial')
    return 'next: "shelfwise webhook list" shows why, "shelfwise webhook replay" sends it again'
  if (receipt.outcome === 'waiting' && kind === 'bigcommerce')
    return 'next: the product is fetched from the platform; the source needs its api (PUT /v1/webhooks/{source})'
  return 'next: "shelfwise webhook list --deliveries" shows what was taken, "shelfwise recommend" a shelf'
}
