import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command, CommanderError } from 'commander'
import packageJson from '../package.json' with { type: 'json' }
import { register as registerAudience } from './commands/audience.ts'
import { register as registerDoctor } from './commands/doctor.ts'
import { register as registerEnrich } from './commands/enrich.ts'
import { register as registerEvents } from './commands/events.ts'
import { register as registerExplain } from './commands/explain.ts'
import { register as registerExport } from './commands/export.ts'
import { register as registerGate } from './commands/gate.ts'
import { register as registerImport } from './commands/import.ts'
import { register as registerLearn } from './commands/learn.ts'
import { register as registerPs } from './commands/ps.ts'
import { register as registerRanker } from './commands/ranker.ts'
import { register as registerRecommend } from './commands/recommend.ts'
import { register as registerReplay } from './commands/replay.ts'
import { register as registerRules } from './commands/rules.ts'
import { register as registerUsers } from './commands/users.ts'
import { register as registerWebhook } from './commands/webhook.ts'
import { CliFailure, EXIT } from './failure.ts'
import type { Terminal } from './terminal.ts'
import { plain } from './text.ts'

/** Every file of `commands/` exports one: it adds its command to the program. */
export type Register = (program: Command, terminal: Terminal) => void

/** Runs one command line. @returns the exit code; never throws and never exits */
export async function run(argv: readonly string[], outer: Terminal): Promise<number> {
  let exitCode: number = EXIT.fine
  const terminal: Terminal = {
    ...outer,
    exitWith: (code) => {
      exitCode = code
    },
  }
  try {
    const program = await createProgram(argv, terminal)
    await program.parseAsync([...argv], { from: 'user' })
    return exitCode
  } catch (error) {
    return failureCode(error, terminal)
  }
}

async function createProgram(argv: readonly string[], terminal: Terminal): Promise<Command> {
  const program = new Command('shelfwise')
    .description('Recommendations at the edge that can say why.')
    .version(packageJson.version)
    .showHelpAfterError('(shelfwise --help lists commands, shelfwise <command> --help their flags)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
      outputError: (text, write) => write(text.replace(/^error: /, 'shelfwise: ')),
    })
  if (mayNeedUp(argv)) await registerUp(program, terminal)
  registerImport(program, terminal)
  registerExport(program, terminal)
  registerRecommend(program, terminal)
  registerExplain(program, terminal)
  registerAudience(program, terminal)
  registerEvents(program, terminal)
  registerPs(program, terminal)
  registerRules(program, terminal)
  registerRanker(program, terminal)
  registerGate(program, terminal)
  registerUsers(program, terminal)
  registerReplay(program, terminal)
  registerWebhook(program, terminal)
  registerEnrich(program, terminal)
  registerLearn(program, terminal)
  registerDoctor(program, terminal)
  return program
}

/** `up` brings the whole stack with it; the other commands do not pay for loading it. */
function mayNeedUp(argv: readonly string[]): boolean {
  const first = argv.find((argument) => !argument.startsWith('-'))
  return first === undefined || first === 'up' || first === 'help'
}

async function registerUp(program: Command, terminal: Terminal): Promise<void> {
  const module = new URL('./commands/up.ts', import.meta.url)
  if (!existsSync(fileURLToPath(module))) return
  const { register } = (await import(module.href)) as { register: Register }
  register(program, terminal)
}

function failureCode(error: unknown, terminal: Terminal): number {
  // Commander has already said what was wrong.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage
  const known = error instanceof CliFailure
  const message = error instanceof Error ? error.message : String(error)
  terminal.note(`shelfwise: ${plain(known ? message : `unexpected: ${message} (SHELFWISE_DEBUG=1 shows where)`)}`)
  if (terminal.env.SHELFWISE_DEBUG === '1' && error instanceof Error) terminal.note(error.stack ?? '')
  return known ? error.exitCode : EXIT.refused
}
