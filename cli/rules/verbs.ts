import type { Client } from '../client.ts'
import { connect, type ServiceFlags } from '../connect.ts'
import { type ContextFlags, contextBody } from '../context_flags.ts'
import { CliFailure, EXIT, usage } from '../failure.ts'
import { printJson, type Terminal } from '../terminal.ts'
import { plain, plural } from '../text.ts'
import { previewSchema, publishedSchema, rulesSchema, versionsSchema } from './answers.ts'
import { readRules } from './file.ts'
import { changesText, previewText, rulesText, versionsText } from './text.ts'

export interface PreviewFlags extends ContextFlags {
  item?: string[]
  limit?: number
  asOf?: string
}

export interface PublishFlags extends ServiceFlags {
  note?: string
  label?: string
  expect?: number
}

export interface ListFlags extends ServiceFlags {
  limit?: number
}

const pathOf = (shop: string, rest = '') => `/v1/shops/${shop}/rules${rest}`
const given = (fields: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/** A draft on one shelf, before and after; nothing is written. */
export async function previewCommand(file: string, flags: PreviewFlags, terminal: Terminal): Promise<void> {
  const { client, shop } = await connect(flags, terminal, ['sk'])
  const more = given({ limit: flags.limit, as_of: flags.asOf })
  const json = { rules: await readRules(file, terminal), request: { ...contextBody(flags, flags.item), ...more } }
  const call = { method: 'POST', path: pathOf(shop, '/preview'), json } as const
  if (flags.json) printJson(terminal, await client.raw(call))
  else terminal.out(previewText(await client.call({ ...call, answer: previewSchema }), terminal.columns))
}

export async function publishCommand(file: string, flags: PublishFlags, terminal: Terminal): Promise<void> {
  const { client, shop } = await connect(flags, terminal, ['sk'])
  const json = { rules: await readRules(file, terminal), ...writing(flags, terminal) }
  await write(client, { method: 'PUT', path: pathOf(shop), json }, flags, terminal)
}

/** Back to a version; without one, to that before the active rules were first published: again and again goes further back. */
export async function rollbackCommand(
  version: string | undefined,
  flags: PublishFlags,
  terminal: Terminal,
): Promise<void> {
  const { client, shop } = await connect(flags, terminal, ['sk'])
  const active = await client.call({ path: pathOf(shop), answer: rulesSchema })
  const target = version === undefined ? (active.restored_from ?? active.version) - 1 : versionOf(version)
  if (target < 0) throw new CliFailure('there is nothing to go back to: no rules are active', EXIT.refused)
  // What was seen is what is left: a repeated request must not go back twice.
  const json = { expect: active.version, ...writing(flags, terminal), version: target }
  await write(client, { method: 'POST', path: pathOf(shop, '/rollback'), json }, flags, terminal)
}

export async function listCommand(flags: ListFlags, terminal: Terminal): Promise<void> {
  const { client, shop } = await connect(flags, terminal, ['sk'])
  const path = pathOf(shop, `/versions${flags.limit === undefined ? '' : `?limit=${flags.limit}`}`)
  if (flags.json) return printJson(terminal, await client.raw({ path }))
  const { versions, next } = await client.call({ path, answer: versionsSchema })
  if (versions.length === 0)
    return terminal.out(`shop ${plain(shop)} has no rules; "shelfwise rules publish FILE" makes some`)
  terminal.out(versionsText(versions, terminal.columns))
  if (next !== null) terminal.out('there are older ones: --limit 50')
}

export async function showCommand(version: string | undefined, flags: ServiceFlags, terminal: Terminal): Promise<void> {
  const { client, shop } = await connect(flags, terminal, ['sk'])
  const path = version === undefined ? pathOf(shop) : pathOf(shop, `/versions/${versionOf(version)}`)
  if (flags.json) return printJson(terminal, await client.raw({ path }))
  const shown = await client.call({ path, answer: rulesSchema })
  const from = shown.published_at === null ? 'nothing was published' : `${shown.label}, ${shown.published_at}`
  terminal.out(
    plain(
      `version ${shown.version}${shown.active ? ', active' : ''}: ${plural(shown.rules.length, 'rule')} (${from})${shown.note === '' ? '' : ` ${shown.note}`}`,
    ),
  )
  if (shown.rules.length > 0) terminal.out(rulesText(shown.rules, terminal.columns))
}

const writing = (flags: PublishFlags, { env }: Terminal) =>
  given({ note: flags.note, label: flags.label ?? (env.USER || undefined), expect: flags.expect })

async function write(
  client: Client,
  call: { method: 'PUT' | 'POST'; path: string; json: unknown },
  flags: PublishFlags,
  terminal: Terminal,
): Promise<void> {
  if (flags.json) return printJson(terminal, await client.raw(call))
  const told = await client.call({ ...call, answer: publishedSchema })
  terminal.out(
    told.created
      ? `version ${told.version} is active: ${plain(changesText(told.changes))}`
      : `version ${told.version} has these rules already; nothing was published`,
  )
  for (const { rule, detail } of told.warnings) terminal.note(plain(`warning: ${rule} ${detail}`))
}

function versionOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw usage(`"${text}" is not a version; "shelfwise rules list" shows them`)
  return Number(text)
}
