import { afterEach, expect, test } from 'vitest'
import { keepingSignals } from './own_signals.ts'

const mine = () => {}
const theirs = () => {}
afterEach(() => {
  process.off('SIGHUP', mine)
  process.off('SIGHUP', theirs)
})

test('listeners that come with the work go after it, those that were there stay', async () => {
  process.on('SIGHUP', mine)
  const result = await keepingSignals(async () => {
    process.once('SIGHUP', theirs)
    expect(process.listeners('SIGHUP')).toContain(theirs)
    return 7
  })
  expect(result).toBe(7)
  expect(process.listeners('SIGHUP')).toContain(mine)
  expect(process.listeners('SIGHUP')).not.toContain(theirs)
})

test('they go when the work fails as well', async () => {
  const failing = keepingSignals(async () => {
    process.on('SIGHUP', theirs)
    throw new Error('taken port')
  })
  await expect(failing).rejects.toThrow('taken port')
  expect(process.listeners('SIGHUP')).not.toContain(theirs)
})
