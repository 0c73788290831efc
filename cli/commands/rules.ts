import { type Command, Option } from 'commander'
import { RULE_LIMITS } from '../../shared/domain/rule.ts'
import { type ServiceFlags, serviceOptions } from '../connect.ts'
import { contextOptions, limitOption, wholeBetween } from '../context_flags.ts'
import {
  type ListFlags,
  listCommand,
  type PreviewFlags,
  type PublishFlags,
  previewCommand,
  publishCommand,
  rollbackCommand,
  showCommand,
} from '../rules/verbs.ts'
import type { Terminal } from '../terminal.ts'

/** The largest version that a flag may name. */
const VERSION_MAX = 999_999_999

/** `shelfwise rules`: try a draft on a shelf, publish it, see what was published, and go back. */
export function register(program: Command, terminal: Terminal): void {
  const rules = program.command('rules').description('pin, boost, bury, hide: preview, publish and roll back rules')
  contextOptions(
    serviceOptions(
      rules.command('preview <file>').description('a draft on one shelf, before and after; writes nothing'),
    ),
  )
    .option('--item <id...>', 'seed items: what the page is about')
    .addOption(limitOption())
    .option('--as-of <moment>', 'the moment that rules are judged at; may lie ahead')
    .action((file: string, flags: PreviewFlags) => previewCommand(file, flags, terminal))
  writing(rules.command('publish <file>').description('make the rules of a file active, as a new version')).action(
    (file: string, flags: PublishFlags) => publishCommand(file, flags, terminal),
  )
  writing(
    rules.command('rollback [version]').description('make an earlier version active again; 0 is no rules'),
  ).action((version: string | undefined, flags: PublishFlags) => rollbackCommand(version, flags, terminal))
  serviceOptions(rules.command('list').description('what was published, newest first'))
    .addOption(new Option('--limit <n>', 'versions').argParser(wholeBetween(1, RULE_LIMITS.listed)))
    .action((flags: ListFlags) => listCommand(flags, terminal))
  serviceOptions(rules.command('show [version]').description('the active rules, or those of a version')).action(
    (version: string | undefined, flags: ServiceFlags) => showCommand(version, flags, terminal),
  )
}

const writing = (command: Command): Command =>
  serviceOptions(command)
    .option('--note <text>', 'why')
    .option('--label <name>', 'who; the name of the user here when absent')
    .addOption(
      new Option('--expect <version>', 'refuse when another version than this is active').argParser(
        wholeBetween(0, VERSION_MAX),
      ),
    )
