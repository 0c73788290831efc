import { type Command, Option } from 'commander'
import { PURPOSES } from '../../shared/domain/ranker.ts'
import { type ServiceFlags, serviceOptions } from '../connect.ts'
import { listCommand, releaseCommand, rollbackCommand, type ShowFlags, showCommand } from '../ranker/verbs.ts'
import type { Terminal } from '../terminal.ts'

/** `shelfwise ranker`: what the base order has learned, and the way back. */
export function register(program: Command, terminal: Terminal): void {
  const ranker = program.command('ranker').description('the learned base order: look at it, take it back')
  serviceOptions(ranker.command('list').description('the order in force, and what was learned, newest first')).action(
    (flags: ServiceFlags) => listCommand(flags, terminal),
  )
  serviceOptions(ranker.command('show [version]').description('what each feature counts for; "shipped" is a version'))
    .addOption(new Option('--purpose <name>', 'all features of one purpose').choices(PURPOSES))
    .action((version: string | undefined, flags: ShowFlags) => showCommand(version, flags, terminal))
  serviceOptions(
    ranker.command('rollback [version]').description('put an earlier version in force, and hold it there'),
  ).action((version: string | undefined, flags: ServiceFlags) => rollbackCommand(version, flags, terminal))
  serviceOptions(ranker.command('release').description('let learning choose the order again')).action(
    (flags: ServiceFlags) => releaseCommand(flags, terminal),
  )
}
