import { expect, test } from 'vitest'
import { flagOf, limitOf, wholeNumberSchema } from './query.ts'

const refusal = { code: 'invalid_request' }

test('a flag is true, false or absent, and nothing else', () => {
  expect([flagOf('true', 'dry_run'), flagOf('false', 'dry_run'), flagOf(undefined, 'dry_run')]).toEqual([
    true,
    false,
    false,
  ])
  for (const odd of ['', '1', 'True', 'yes', ' true'])
    expect(() => flagOf(odd, 'dry_run'), odd).toThrow(expect.objectContaining(refusal))
})

test('a limit is written in digits, within its bounds', () => {
  const bounds = { usual: 50, most: 200 }
  expect([limitOf(undefined, bounds), limitOf('1', bounds), limitOf('200', bounds)]).toEqual([50, 1, 200])
  for (const odd of ['', '0', '201', '-1', '007', '1.0', '1e2', '0x10', ' 5', '٣', '9'.repeat(30)])
    expect(() => limitOf(odd, bounds), odd).toThrow(expect.objectContaining(refusal))
})

test('a whole number of an address is none of what Number would make of a blank', () => {
  expect(wholeNumberSchema.parse('0')).toBe(0)
  for (const odd of ['', ' ', '0x0', '1e0', '+1', '-0', '00'])
    expect(wholeNumberSchema.safeParse(odd).success, odd).toBe(false)
})
