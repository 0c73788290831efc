import type OpenAI from 'openai'
import { expect, test } from 'vitest'
import { createBreaker } from '../../shared/base/breaker.ts'
import { manualClock } from '../../shared/base/clock.ts'
import { ask } from './ask.ts'
import { providerSchema } from './config.ts'

const { chat } = providerSchema.parse({
  name: 'unit',
  base_url: 'http://x.test',
  chat: { model: 'm-1', input_price: 1, output_price: 4 },
})
const call = {
  ...{ key: 'k', shop: 's', purpose: 'understand', system: '', user: '', schemaName: 'n', schema: {} },
  maxOutputTokens: 10,
}

test('a call for which the greeting left no time is not begun, and so not in doubt', async () => {
  for (const [greetingMs, outcome, posted] of [
    [980, 'not_taken', 0],
    [900, 'answered', 1],
  ] as const) {
    const clock = manualClock(1_000_000)
    let posts = 0
    const client = {
      get: async () => clock.advance(greetingMs),
      post: async () => {
        posts += 1
        return {}
      },
    } as unknown as OpenAI
    const deps = {
      client,
      heard: { atMs: 0 },
      chat: chat!,
      breaker: createBreaker(clock),
      clock,
      sleep: async () => {},
    }
    expect(await ask(call, 10, 1_000, deps)).toMatchObject({ outcome })
    expect(posts).toBe(posted)
  }
})
