import { expect, test } from 'vitest'
import { createSealer } from './sealed.ts'

const SECRET = 'a secret with enough entropy for a test'

test('what was sealed opens with the same secret and the same context only', async () => {
  const sealer = createSealer(SECRET)
  const sealed = await sealer.seal('whsec_茶', ['shop', 'source'])
  expect(sealed).not.toContain('whsec')
  expect(await createSealer(SECRET).open(sealed, ['shop', 'source'])).toBe('whsec_茶')
  expect(await createSealer(`${SECRET}.`).open(sealed, ['shop', 'source'])).toBeNull()
  for (const context of [['shop', 'other'], ['shops', 'ource'], ['shop'], [], ['shop', 'source', '']])
    expect(await sealer.open(sealed, context), context.join()).toBeNull()
})

test('every changed character is seen, and nonsense opens as nothing', async () => {
  const sealer = createSealer(SECRET)
  const sealed = await sealer.seal('text', ['a'])
  for (let at = 0; at < sealed.length; at++) {
    const changed = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1)
    expect(await sealer.open(changed, ['a']), String(at)).toBeNull()
  }
  for (const text of ['', 'v1.', 'v1.AAAA', `v2.${sealed.slice(3)}`]) expect(await sealer.open(text, ['a'])).toBeNull()
})

test('the same text is never sealed alike, and has one fingerprint a secret', async () => {
  const sealer = createSealer(SECRET)
  expect(await sealer.seal('text', [])).not.toBe(await sealer.seal('text', []))
  expect(await sealer.fingerprint('text')).toBe(await createSealer(SECRET).fingerprint('text'))
  expect(await sealer.fingerprint('text')).not.toBe(await createSealer(`${SECRET}.`).fingerprint('text'))
  expect(await sealer.fingerprint('text')).toMatch(/^[0-9a-f]{8}$/)
})
