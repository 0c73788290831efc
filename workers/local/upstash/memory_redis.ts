import type { Clock } from '../../../shared/base/clock.ts'
import { type Command, type RedisEngine, RedisError } from './engine.ts'
import { checkCommand, runCommand } from './memory_commands.ts'
import { createMemoryValues, type MemoryValues } from './memory_values.ts'

export interface MemoryRedis extends RedisEngine {
  /** Another one that holds what this one holds now: a region that hears of nothing more. */
  copy(): MemoryRedis
}

/**
 * The part of Redis 7 that the product speaks, in memory and on an injected clock; `tests/contract/upstash_door.test.ts` holds it to
 * redis-server command by command. What it does not know it says, as an error that is no answer of Redis.
 */
export function createMemoryRedis(clock: Clock, values: MemoryValues = createMemoryValues(clock)): MemoryRedis {
  const each = (commands: readonly Command[]) => commands.map((command) => runCommand(command, values, clock))
  return {
    copy: () => createMemoryRedis(clock, values.copy()),
    pipeline: async (commands) => each(commands),
    async transaction(commands) {
      for (const command of commands) {
        try {
          checkCommand(command)
        } catch (error) {
          if (!(error instanceof RedisError)) throw error
          throw new RedisError('EXECABORT Transaction discarded because of previous errors.')
        }
      }
      return each(commands)
    },
  }
}
