/**
 * The process that is killed: the stack on disk with its crons, as `shelfwise up` runs it, and with a provider of
 * language models. Its one argument is a JSON text of `ChildOptions`; it says `up` once it answers.
 */
import { mkdir } from 'node:fs/promises'
import { startScheduler } from '../../cli/up/scheduler.ts'
import { CRONS } from '../../workers/enrich/crons.ts'
import { startStack } from '../../workers/local/stack.ts'
import type { ChildOptions } from './kill_loop_stack.ts'

const { directory, port, variables } = JSON.parse(process.argv[2]!) as ChildOptions
await mkdir(directory, { recursive: true })
const onOutput = (line: string) => console.error(line.slice(0, 2_000))
const stack = await startStack({ port, persistTo: directory, variables, onOutput })
const failed = (cron: string, error: unknown) => console.error(`the cron ${cron} failed: ${String(error)}`)
const stopScheduler = startScheduler(stack, failed)
process.once('SIGTERM', () => {
  stopScheduler()
  void stack.stop().then(() => process.exit(0))
})
console.log('up')
// What the clock of a platform would do within a minute.
await stack.cron(CRONS.work).catch((error: unknown) => failed(CRONS.work, error))
