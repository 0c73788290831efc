import { expect, test } from 'vitest'
import type { CompletionCall } from '../model/completer_rpc.ts'
import { parts } from './enrich_batch.ts'

const call = (key: string, chars: number): CompletionCall => ({
  key,
  shop: 's',
  purpose: 'understand',
  system: '',
  user: 'x'.repeat(chars),
  schemaName: 'n',
  schema: {},
  maxOutputTokens: 1,
})

test('calls are handed over in messages of a bounded size, none lost and none twice', () => {
  const calls = [5, 60, 40, 1, 200, 3, 3].map((chars, index) => call(`k${index}`, chars))
  const made = parts(calls, 100)
  expect(made.flat()).toEqual(calls)
  expect(made.map((part) => part.length)).toEqual([2, 2, 1, 2])
  expect(parts([], 100)).toEqual([])
})
