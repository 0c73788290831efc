import { expect, test } from 'vitest'
import { checkErasure, QUICK } from './erasure/check.ts'

const SEED = 20_261_122

test('a shopper who left something at every door is found nowhere a minute later, whatever dies, and gaps would be seen', async () => {
  const said: string[] = []
  const faults = await checkErasure({ seed: SEED, ...QUICK, say: (line) => void said.push(line) })
  expect(faults, `seed ${SEED}\n${said.join('\n')}`).toEqual([])
  expect(said.filter((line) => line.includes(': caught in'))).toHaveLength(4)
}, 240_000)
