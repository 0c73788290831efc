import type { KVNamespace } from '@cloudflare/workers-types'
import { expect, test } from 'vitest'
import { createMemoryKv } from '../../workers/local/node/memory_kv.ts'
import { manualClock } from '../base/clock.ts'
import { readTexts } from './kv_texts.ts'

async function setUp(values: Record<string, string>) {
  const kv = createMemoryKv({ clock: manualClock(0) })
  for (const [name, text] of Object.entries(values)) await kv.put(name, text)
  const calls: string[][] = []
  const get = (names: string[]) => {
    calls.push(names)
    return kv.get(names, 'text')
  }
  return { calls, kv: { get } as unknown as KVNamespace }
}

test('what is read together is one call, what is read later another', async () => {
  const { kv, calls } = await setUp({ a: '1', b: 'not json {' })
  const [one, other] = await Promise.all([readTexts(kv, ['a', 'x']), readTexts(kv, ['b', 'a'])])
  expect([one.get('a'), one.get('x'), other.get('b'), other.get('a')]).toEqual(['1', null, 'not json {', '1'])
  expect(calls).toEqual([['a', 'x', 'b']])
  await readTexts(kv, ['a'])
  expect(calls).toHaveLength(2)
})

test('a call never has more names than KV takes', async () => {
  const names = Array.from({ length: 230 }, (_, at) => `n${at}`)
  const { kv, calls } = await setUp({ n0: 'first', n229: 'last' })
  const texts = await readTexts(kv, names)
  expect([texts.get('n0'), texts.get('n1'), texts.get('n229'), texts.size]).toEqual(['first', null, 'last', 230])
  expect(calls.map(({ length }) => length)).toEqual([100, 100, 30])
})

test('two namespaces are two calls, and a failure is everybody’s who asked with it and nobody’s after', async () => {
  const one = await setUp({ a: 'one' })
  const other = await setUp({ a: 'other' })
  const [first, second] = await Promise.all([readTexts(one.kv, ['a']), readTexts(other.kv, ['a'])])
  expect([first.get('a'), second.get('a')]).toEqual(['one', 'other'])
  let isDown = true
  const kv = {
    get: async (names: string[]) => {
      if (isDown) throw new Error('KV is down')
      return one.kv.get(names, 'text')
    },
  } as unknown as KVNamespace
  const both = await Promise.allSettled([readTexts(kv, ['a']), readTexts(kv, ['b'])])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  isDown = false
  expect((await readTexts(kv, ['a'])).get('a')).toBe('one')
})
