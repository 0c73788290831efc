import type { PURPOSES } from '../../shared/domain/ranker.ts'
import { connect, type ServiceFlags } from '../connect.ts'
import { CliFailure, EXIT, usage } from '../failure.ts'
import { printJson, type Terminal } from '../terminal.ts'
import { rankerSchema, stateSchema, versionSchema } from './answers.ts'
import { listText, stateText, versionText } from './text.ts'

export interface ShowFlags extends ServiceFlags {
  purpose?: (typeof PURPOSES)[number]
}

const PATH = '/v1/ranker'
const pathOf = (version: string) => `${PATH}/${encodeURIComponent(version)}`

export async function listCommand(flags: ServiceFlags, terminal: Terminal): Promise<void> {
  const { client } = await connect(flags, terminal, ['sk'])
  if (flags.json) return printJson(terminal, await client.raw({ path: PATH }))
  terminal.out(listText(await client.call({ path: PATH, answer: rankerSchema }), terminal.columns))
}

export async function showCommand(version: string | undefined, flags: ShowFlags, terminal: Terminal): Promise<void> {
  const { client } = await connect(flags, terminal, ['sk'])
  const name =
    version === undefined ? (await client.call({ path: PATH, answer: rankerSchema })).version : named(version)
  if (flags.json) return printJson(terminal, await client.raw({ path: pathOf(name) }))
  const shown = await client.call({ path: pathOf(name), answer: versionSchema })
  terminal.out(versionText(shown, flags.purpose, terminal.columns))
}

/** Back to a version; without one, to that before the one in force: again and again ends with the shipped order. */
export async function rollbackCommand(
  version: string | undefined,
  flags: ServiceFlags,
  terminal: Terminal,
): Promise<void> {
  const { client } = await connect(flags, terminal, ['sk'])
  // Named, so that a repeated request does not go back twice.
  const target =
    version === undefined ? (await client.call({ path: PATH, answer: rankerSchema })).previous : named(version)
  if (target === null)
    throw new CliFailure('there is nothing to go back to: the shipped order is in force', EXIT.refused)
  const call = { method: 'POST', path: `${PATH}:rollback`, json: { version: target } } as const
  if (flags.json) return printJson(terminal, await client.raw(call))
  terminal.out(stateText(await client.call({ ...call, answer: stateSchema })))
}

export async function releaseCommand(flags: ServiceFlags, terminal: Terminal): Promise<void> {
  const { client } = await connect(flags, terminal, ['sk'])
  const call = { method: 'POST', path: `${PATH}:release`, json: {} } as const
  if (flags.json) return printJson(terminal, await client.raw(call))
  const state = await client.call({ ...call, answer: stateSchema })
  terminal.out(`${stateText(state)} until learning finds another`)
}

function named(version: string): string {
  if (!/^[\w.-]{1,80}$/.test(version)) throw usage(`"${version}" is not a version; "shelfwise ranker list" shows them`)
  return version
}
