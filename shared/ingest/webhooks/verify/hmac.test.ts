import { createHmac } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { anySigned, importKey } from './hmac.ts'

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
const signatureOf = (secret: string, message: string) =>
  new Uint8Array(createHmac('sha256', secret).update(message).digest())
const keysOf = async (...secrets: string[]) => Promise.all(secrets.map(async (one) => (await importKey(bytes(one)))!))

test('any key with any signature is enough, and no other is', async () => {
  const keys = await keysOf('old', 'new')
  const wrong = signatureOf('other', 'a body')
  expect(await anySigned(keys, [wrong, signatureOf('new', 'a body')], bytes('a body'))).toBe(true)
  expect(await anySigned(keys, [wrong, signatureOf('new', 'a body')], bytes('a bodY'))).toBe(false)
  expect(await anySigned(keys, [signatureOf('new', 'a body').slice(0, 31)], bytes('a body'))).toBe(false)
  expect(await anySigned(keys, [], bytes('a body'))).toBe(false)
  expect(await anySigned([], [wrong], bytes('a body'))).toBe(false)
})

test('a stranger who sends many signatures has the body hashed once a key', async () => {
  const keys = await keysOf('old', 'new')
  const spies = [vi.spyOn(crypto.subtle, 'sign'), vi.spyOn(crypto.subtle, 'verify')]
  const many = Array.from({ length: 20 }, (_, n) => signatureOf(`guess ${n}`, 'a body'))
  expect(await anySigned(keys, many, bytes('a body'))).toBe(false)
  expect(spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0)).toBe(keys.length)
  for (const spy of spies) spy.mockRestore()
})

test('an empty secret is no key', async () => {
  expect(await importKey(bytes(''))).toBeNull()
})
