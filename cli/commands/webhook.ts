import { type Command, Option } from 'commander'
import { serviceOptions } from '../connect.ts'
import { wholeBetween } from '../context_flags.ts'
import type { Terminal } from '../terminal.ts'
import { dropLetter, type ListFlags, listWebhooks, type ReplayFlags, replayLetters } from '../webhook/letters.ts'
import { SAMPLE_KINDS } from '../webhook/samples.ts'
import { type SendFlags, sendWebhook } from '../webhook/send.ts'

/** `shelfwise webhook`: a platform's delivery made here, and what could not be taken of those that came. */
export function register(program: Command, terminal: Terminal): void {
  const webhook = program.command('webhook').description('send a signed webhook; list, replay and drop dead letters')
  serviceOptions(webhook.command('send').description('sign a body as a platform does and post it'))
    .option('--source <name>', 'the source in the address, by custom its kind', 'shopify')
    .addOption(new Option('--kind <kind>', 'how it signs, when the name does not say it').choices(SAMPLE_KINDS))
    .option('--topic <topic>', 'such as products/update')
    .option('--file <path>', 'the body')
    .option('--sample', 'a built-in body of the topic (when there is no --file)')
    .option('--secret <secret>', "the source's secret; made and kept when the source is new")
    .action((flags: SendFlags) => sendWebhook(flags, terminal))
  serviceOptions(webhook.command('list').description('dead letters, or recent deliveries'))
    .option('--deliveries', 'what came in, and what became of it')
    .option('--source <name>', 'of this source')
    .option('--origin <origin>', 'of this origin, such as queue:shelfwise-events')
    .addOption(new Option('--limit <n>', 'rows').argParser(wholeBetween(1, 200)))
    .action((flags: ListFlags) => listWebhooks(flags, terminal))
  serviceOptions(webhook.command('replay [seq]').description('send dead letters again'))
    .option('--all', 'all of them, oldest first')
    .option('--source <name>', 'with --all: of this source')
    .action((seq: string | undefined, flags: ReplayFlags) => replayLetters(seq, flags, terminal))
  serviceOptions(webhook.command('drop <seq>').description('let a dead letter go')).action(
    (seq: string, flags: ListFlags) => dropLetter(seq, flags, terminal),
  )
}
