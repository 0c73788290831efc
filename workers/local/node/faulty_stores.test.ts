/** Every store of the product, found in its folder, meets every fault at every method: none is wrapped by hand. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { seededRng } from '../../../shared/base/rng.ts'
import { type Fault, faulty } from './faulty.ts'

const STORES = join(import.meta.dirname, '../../../shared/store')
type Methods = Record<string, (...args: unknown[]) => unknown>

/** Whatever a store is made of: it is made, and not asked. */
const TEXTS: Record<PropertyKey, string> = { url: 'https://127.0.0.1', token: 'token' }
const material: unknown = new Proxy(() => {}, { get: (_, name) => TEXTS[name] ?? material, apply: () => material })

/** Names of stores with the methods that they really have. */
async function stores(): Promise<Array<{ name: string; methods: string[] }>> {
  const files = (readdirSync(STORES, { recursive: true }) as string[]).filter((path) => /^[\w/]+\.ts$/.test(path))
  const found: Array<{ name: string; methods: string[] }> = []
  for (const file of files) {
    for (const [name, make] of Object.entries((await import(join(STORES, file))) as Record<string, unknown>)) {
      if (!name.startsWith('create') || typeof make !== 'function') continue
      const made = make(material, material, material) as object
      const methods = Object.entries(made).filter(([, member]) => typeof member === 'function')
      if (methods.length > 0) found.push({ name, methods: methods.map(([method]) => method) })
    }
  }
  return found
}

const all = await stores()
const ANSWER = { rows: [1, 2, 3], at: 'now' }

/** An object with a store's methods that counts what reaches it. */
function counted(methods: readonly string[]) {
  const reached: string[] = []
  const store = Object.fromEntries(
    methods.map((method) => [
      method,
      async () => {
        reached.push(method)
        return ANSWER
      },
    ]),
  ) as Methods
  return { store, reached }
}

const under = (store: Methods, fault: Fault, sleep?: (ms: number) => Promise<void>): Methods =>
  faulty(store, { rng: seededRng(1), rules: [{ fault, probability: 1 }], ...(sleep && { sleep }) })

test('the stores are found', () => {
  expect(all.length).toBeGreaterThan(45)
  expect(all.flatMap((store) => store.methods).length).toBeGreaterThan(180)
  expect(all.find((store) => store.name === 'createCacheStore')!.methods).toContain('putVeto')
})

test.each(all)('$name', async ({ methods }) => {
  const error = counted(methods)
  const after = counted(methods)
  const slow = counted(methods)
  const hang = counted(methods)
  const garbage = counted(methods)
  const slept: number[] = []
  for (const method of methods) {
    await expect(under(error.store, { mode: 'error', message: 'no' })[method]!()).rejects.toThrow('no')
    await expect(under(after.store, { mode: 'error', message: 'lost', after: true })[method]!()).rejects.toThrow('lost')
    const waits = async (ms: number) => void slept.push(ms)
    expect(await under(slow.store, { mode: 'slow', ms: 9 }, waits)[method]!()).toBe(ANSWER)
    const hanging = under(hang.store, { mode: 'hang' })[method]!() as Promise<unknown>
    const first = await Promise.race([hanging, new Promise((resolve) => setImmediate(() => resolve('silence')))])
    expect(first).toBe('silence')
    expect(await under(garbage.store, { mode: 'garbage' })[method]!()).not.toEqual(ANSWER)
  }
  expect([error.reached, hang.reached]).toEqual([[], []])
  expect([after.reached, slow.reached, garbage.reached]).toEqual([methods, methods, methods])
  expect(slept).toEqual(methods.map(() => 9))
})

test('negative control: a wrapper that forgets a method is noticed', async () => {
  const { store, reached } = counted(['get', 'put'])
  const forgetful = { ...under(store, { mode: 'error', message: 'no' }), put: store.put! } as Methods
  await expect(forgetful.put!()).resolves.toBe(ANSWER)
  expect(reached).toEqual(['put'])
})
