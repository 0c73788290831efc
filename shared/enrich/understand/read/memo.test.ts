import { expect, test } from 'vitest'
import { remembered } from './memo.ts'

test('an answer is computed once while it is used, and old ones are forgotten', () => {
  const asked: string[] = []
  const length = remembered(4, (key) => {
    asked.push(key)
    return key.length
  })
  expect([length('a'), length('bb'), length('a'), length('bb')]).toEqual([1, 2, 1, 2])
  expect(asked).toEqual(['a', 'bb'])
  for (const key of ['c', 'd', 'e', 'f', 'g']) length(key)
  length('a')
  expect(asked.filter((key) => key === 'a').length).toBe(2)
})
