import type { GateMode } from '../../shared/domain/gate.ts'
import { placementNameSchema } from '../../shared/domain/ids.ts'
import { connect, type ServiceFlags } from '../connect.ts'
import { CliFailure, EXIT, usage } from '../failure.ts'
import { printJson, type Terminal } from '../terminal.ts'
import { gateSchema, gatesSchema, worthSchema } from './answers.ts'
import { gateText, listText, worthText } from './text.ts'

export interface HoldFlags extends ServiceFlags {
  crossing?: number
}

export interface WorthFlags extends ServiceFlags {
  click?: number
  margin?: number
  cap?: number
  currency?: string
  none?: boolean
}

const PATH = '/v1/gates'
const WORTH_PATH = '/v1/gates:worth'
const MICRO = 1e6

export async function listCommand(flags: ServiceFlags, terminal: Terminal): Promise<void> {
  const { client } = await connect(flags, terminal, ['sk'])
  if (flags.json) return printJson(terminal, await client.raw({ path: PATH }))
  terminal.out(listText(await client.call({ path: PATH, answer: gatesSchema }), terminal.columns))
}

export async function showCommand(placement: string, flags: ServiceFlags, terminal: Terminal): Promise<void> {
  const name = named(placement)
  const { client } = await connect(flags, terminal, ['sk'])
  const { gates, default_crossing } = await client.call({ path: PATH, answer: gatesSchema })
  const gate = gates.find((one) => one.placement === name)
  if (gate === undefined)
    throw new CliFailure(
      `no placement "${name}"; there are ${gates.map((one) => one.placement).join(', ')}`,
      EXIT.refused,
    )
  if (flags.json) return printJson(terminal, gate)
  terminal.out(gateText(gate, default_crossing))
}

/** A person's word: the placement stays in this mode until it is released. */
export async function holdCommand(
  placement: string,
  mode: GateMode,
  flags: HoldFlags,
  terminal: Terminal,
): Promise<void> {
  const json = { mode, crossing: flags.crossing ?? null }
  await change(placement, { method: 'PUT', json }, flags, terminal)
}

export const releaseCommand = (placement: string, flags: ServiceFlags, terminal: Terminal): Promise<void> =>
  change(placement, { method: 'DELETE' }, flags, terminal)

async function change(
  placement: string,
  request: { method: 'PUT'; json: unknown } | { method: 'DELETE' },
  flags: ServiceFlags,
  terminal: Terminal,
): Promise<void> {
  const path = `${PATH}/${encodeURIComponent(named(placement))}`
  const { client } = await connect(flags, terminal, ['sk'])
  const call = { ...request, path }
  if (flags.json) return printJson(terminal, await client.raw(call))
  const gate = await client.call({ ...call, answer: gateSchema })
  const { default_crossing } = await client.call({ path: PATH, answer: gatesSchema })
  terminal.out(gateText(gate, default_crossing))
}

/** What shelves are worth: shown, said, or forgotten. */
export async function worthCommand(flags: WorthFlags, terminal: Terminal): Promise<void> {
  const call = worthCall(flags)
  const { client } = await connect(flags, terminal, ['sk'])
  if (flags.json) return printJson(terminal, await client.raw(call))
  terminal.out(worthText((await client.call({ ...call, answer: worthSchema })).worth))
}

function worthCall({ click, margin, cap, currency, none }: WorthFlags) {
  const said = [click, margin, cap, currency].filter((value) => value !== undefined).length
  if (none === true) {
    if (said > 0) throw usage('--none takes nothing beside it')
    return { method: 'DELETE', path: WORTH_PATH } as const
  }
  if (said === 0) return { path: WORTH_PATH } as const
  if (click === undefined || margin === undefined || cap === undefined || currency === undefined)
    throw usage('a worth is --click, --margin, --cap and --currency together')
  const json = { click_micro: Math.round(click * MICRO), margin, cap_micro: Math.round(cap * MICRO), currency }
  return { method: 'PUT', path: WORTH_PATH, json } as const
}

function named(placement: string): string {
  if (!placementNameSchema.safeParse(placement).success)
    throw usage(`"${placement}" is not a placement; "shelfwise gate list" shows them`)
  return placement
}
