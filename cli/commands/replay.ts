import type { Command } from 'commander'
import { connect, type ServiceFlags, serviceOptions } from '../connect.ts'
import { againSchema, recordSchema } from '../replay/answers.ts'
import { againText, recordText } from '../replay/text.ts'
import { printJson, type Terminal } from '../terminal.ts'

interface ReplayFlags extends ServiceFlags {
  again?: boolean
}

/** `shelfwise replay`: what a language model was asked and what it said, and whether it says the same again. */
export function register(program: Command, terminal: Terminal): void {
  serviceOptions(
    program.command('replay <key>').description('what was a language model asked, and what did it answer?'),
  )
    .option('--again', 'ask the same once more, from the budget of the shop, and show what differs')
    .action(async (key: string, flags: ReplayFlags) => {
      const { client } = await connect(flags, terminal, ['sk'])
      const path = `/v1/model/calls/${encodeURIComponent(key)}`
      const call =
        flags.again === true ? ({ method: 'POST', path: `${path}/again`, json: {} } as const) : ({ path } as const)
      if (flags.json) return printJson(terminal, await client.raw(call))
      terminal.out(
        flags.again === true
          ? againText(await client.call({ ...call, answer: againSchema }))
          : recordText(await client.call({ ...call, answer: recordSchema })),
      )
    })
}
