import type { Command } from 'commander'
import { type ServiceFlags, serviceOptions } from '../connect.ts'
import type { Terminal } from '../terminal.ts'
import { type EraseFlags, eraseCommand, exportCommand, type NameFlags, receiptCommand } from '../users/verbs.ts'

/** `shelfwise users`: what is held of a shopper, and forgetting one. */
export function register(program: Command, terminal: Terminal): void {
  const users = program.command('users').description('what is held of a shopper: show it, forget it')
  named(users.command('export <user>').description('everything that is held of a shopper, as JSON')).action(
    (user: string, flags: NameFlags) => exportCommand(user, flags, terminal),
  )
  named(users.command('erase <user>').description('forget a shopper everywhere, and wait until it is done'))
    .option('--email <address...>', 'addresses that an imported history may know the shopper by')
    .option('--salt <text>', 'with --email: the salt that "shelfwise import" was given')
    .option('--no-wait', 'ask for it, and leave')
    .action((user: string, flags: EraseFlags) => eraseCommand(user, flags, terminal))
  serviceOptions(users.command('receipt <erasure>').description('the receipt of an erasure')).action(
    (erasure: string, flags: ServiceFlags) => receiptCommand(erasure, flags, terminal),
  )
}

const named = (command: Command): Command =>
  serviceOptions(command)
    .option('--anonymous <id...>', 'further names: anonymous visitors')
    .option('--session <id...>', 'further names: sessions')
