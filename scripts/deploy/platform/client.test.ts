import { afterEach, expect, test } from 'vitest'
import { type Fault, type StandIn, startPlatform, TOKEN } from '../../../tests/deploy/platform/server.ts'
import { createPlatform } from './client.ts'
import { findOrCreate } from './ensure.ts'
import { Refusal, Unanswered } from './errors.ts'

let standIn: StandIn
afterEach(() => standIn.close())

const OWN = '/accounts/0123456789abcdef0123456789abcdef'
const waited: number[] = []

async function client(faults: readonly (Fault | null)[] = [], perPageMax = 50) {
  let call = 0
  waited.length = 0
  const habits = { perPageMax, refusesDuplicates: false }
  standIn = await startPlatform({ habits, fault: () => faults[call++] ?? null })
  const sleep = async (ms: number) => void waited.push(ms)
  return createPlatform({ base: standIn.base, token: TOKEN, fetch, sleep })
}

test('reading is repeated, five times at most, and waits as long as it is told to', async () => {
  const platform = await client(['limited', 'before', 'before'])
  expect(await platform.find(`${OWN}/workers/subdomain`, 'it')).toEqual({ subdomain: 'a-shop' })
  expect(waited).toEqual([0, 1_000, 2_000])
  await standIn.close()
  const away = await client(Array(9).fill('before'))
  await expect(away.find(`${OWN}/workers/subdomain`, 'it')).rejects.toMatchObject({ code: 'platform_unavailable' })
  expect(standIn.calls).toHaveLength(5)
})

test('writing is repeated only where nothing was done', async () => {
  const platform = await client(['limited', 'after'])
  await expect(platform.write('POST', `${OWN}/queues`, { queue_name: 'one' })).rejects.toThrow(Unanswered)
  expect(standIn.account.queues).toHaveLength(1)
  await expect(platform.write('POST', `${OWN}/nothing`, {})).rejects.toThrow(Refusal)
})

test('a call whose end nobody knows makes nothing twice; control: repeated blindly it does', async () => {
  const platform = await client([null, 'after'])
  const find = async () =>
    (await platform.list<{ queue_name: string }>(`${OWN}/queues`, 'queues')).find((one) => one.queue_name === 'one') ??
    null
  const create = () => platform.write<{ queue_name: string }>('POST', `${OWN}/queues`, { queue_name: 'one' })
  await findOrCreate('queue one', find, create, async () => {})
  expect(standIn.account.queues).toHaveLength(1)
  await findOrCreate(
    'queue one',
    async () => null,
    create,
    async () => {},
  )
  expect(standIn.account.queues).toHaveLength(2)
})

test('a list has the rows of all pages', async () => {
  const platform = await client([], 3)
  for (let at = 0; at < 8; at++) standIn.account.namespaces.push({ id: String(at), title: `t${at}` })
  expect(await platform.list(`${OWN}/storage/kv/namespaces`, 'namespaces')).toHaveLength(8)
})

test('messages hold neither the token nor the account', async () => {
  const platform = await client(Array(9).fill('before'))
  const error = await platform.list(`${OWN}/queues`, 'queues').catch((thrown: unknown) => thrown as Error)
  expect(String((error as Error).message)).toMatch(/queues/)
  expect(String((error as Error).message)).not.toContain(TOKEN)
  expect(String((error as Error).message)).not.toContain('0123456789abcdef')
})
