import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { FEATURE_NAMES } from '../shared/rank/features.ts'

/** Names in the first cells of the tables under "Features". */
function documented(text: string): string[] {
  const [, after] = text.split('\n## Features\n')
  const rows = after!
    .split('\n## ')[0]!
    .split('\n')
    .filter((line) => line.startsWith('| `'))
  return rows.flatMap((row) => [...row.split(' | ')[0]!.matchAll(/`(\w+)`/g)].map((match) => match[1]!)).sort()
}

const text = readFileSync(new URL('../docs/ranking.md', import.meta.url), 'utf8')

test('docs/ranking.md names every feature of the base order, and no other', () => {
  expect(documented(text)).toEqual([...FEATURE_NAMES].sort())
})

test('negative control: a feature that is missing there is seen', () => {
  expect(documented(text.replace('| `scene` |', '| scene |'))).not.toEqual([...FEATURE_NAMES].sort())
})
