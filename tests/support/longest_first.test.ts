import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LONG, longestFirst } from './longest_first.ts'

const ROOT = join(import.meta.dirname, '../..')
const missing = (paths: readonly string[]) => paths.filter((path) => !existsSync(join(ROOT, path)))

test('every file that is named is there, once', () => {
  expect(missing(LONG)).toEqual([])
  expect(new Set(LONG).size).toBe(LONG.length)
  expect(missing([...LONG, 'tests/gone.test.ts'])).toEqual(['tests/gone.test.ts'])
})

test('long files come first, the others stay as they were; none is lost', () => {
  const files = ['b', LONG[2]!, 'a', LONG[0]!]
  expect(longestFirst(files, (file) => file)).toEqual([LONG[0], LONG[2], 'b', 'a'])
})
