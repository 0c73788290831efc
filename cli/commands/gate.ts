import { Argument, type Command, InvalidArgumentError } from 'commander'
import { GATE_MODES, type GateMode } from '../../shared/domain/gate.ts'
import { type ServiceFlags, serviceOptions } from '../connect.ts'
import {
  type HoldFlags,
  holdCommand,
  listCommand,
  releaseCommand,
  showCommand,
  type WorthFlags,
  worthCommand,
} from '../gate/verbs.ts'
import type { Terminal } from '../terminal.ts'

/** `shelfwise gate`: where a language model's order serves, and a person's word over the evidence. */
export function register(program: Command, terminal: Terminal): void {
  const gate = program.command('gate').description('where a language model’s order serves: look at it, fix it')
  serviceOptions(gate.command('list').description('every placement, and what orders cost')).action(
    (flags: ServiceFlags) => listCommand(flags, terminal),
  )
  serviceOptions(gate.command('show <placement>').description('the figures that a placement stands on')).action(
    (placement: string, flags: ServiceFlags) => showCommand(placement, flags, terminal),
  )
  serviceOptions(gate.command('hold <placement>').description('fix a placement, whatever evidence says'))
    .addArgument(new Argument('<mode>', 'what it does from now on').choices(GATE_MODES))
    .option('--crossing <items>', 'histories up to so many items have the model’s order', whole)
    .action((placement: string, mode: GateMode, flags: HoldFlags) => holdCommand(placement, mode, flags, terminal))
  serviceOptions(gate.command('release <placement>').description('let evidence decide again')).action(
    (placement: string, flags: ServiceFlags) => releaseCommand(placement, flags, terminal),
  )
  serviceOptions(gate.command('worth').description('what shelves are worth: show it, or say it'))
    .option('--click <amount>', 'a click, in units of the budget’s currency', amount)
    .option('--margin <share>', 'what of a price is earned, 0 to 1', amount)
    .option('--cap <amount>', 'the most that one shelf counts for', amount)
    .option('--currency <code>', 'that of the budget; sales in others count as clicks')
    .option('--none', 'count clicks alone again')
    .action((flags: WorthFlags) => worthCommand(flags, terminal))
}

function whole(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('a whole number is needed.')
  return Number(text)
}

function amount(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('a number of 0 or more is needed.')
  return value
}
