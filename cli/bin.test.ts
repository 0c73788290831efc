import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { apiItem, temporaryFolder, writeLines } from './testing/folder.ts'
import { type StubApi, startStubApi } from './testing/stub_api.ts'

const bin = fileURLToPath(new URL('./bin.mjs', import.meta.url))
const KEY = 'sk_demo_00000000000000000000000000000000'
let stub: StubApi
let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeEach(async () => {
  stub = await startStubApi()
  stub.keys.add(KEY)
  folder = await temporaryFolder()
  await writeLines(
    join(folder.path, 'items.jsonl'),
    Array.from({ length: 2_600 }, (_, at) => apiItem(at)),
  )
})
afterEach(async () => {
  await stub.close()
  await folder.remove()
})

function start(...args: string[]) {
  const env = { ...process.env, SHELFWISE_URL: stub.url, SHELFWISE_KEY: KEY }
  const child = spawn(process.execPath, [bin, ...args], { cwd: folder.path, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const text = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text.out += part))
  child.stderr.setEncoding('utf8').on('data', (part: string) => (text.err += part))
  return { child, text }
}

const ended = async (child: ChildProcess) => (await once(child, 'close')) as [number | null, NodeJS.Signals | null]

/** Calls back when the third chunk arrives, and leaves that one without an answer. */
function atThirdChunk(act: () => void): void {
  stub.intercept = () => {
    if (stub.lines('items').length < 1_000) return false
    act()
    return true
  }
}

it('goes on after it was killed, with the rest and nothing else', async () => {
  const first = start('import', 'items.jsonl', '--shop', 'demo')
  atThirdChunk(() => first.child.kill('SIGKILL'))
  expect(await ended(first.child)).toEqual([null, 'SIGKILL'])
  stub.intercept = () => false
  stub.seen.length = 0
  const second = start('import', 'items.jsonl', '--shop', 'demo', '--json')
  expect(await ended(second.child)).toEqual([0, null])
  expect(stub.lines('items').map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(
    Array.from({ length: 1_600 }, (_, at) => `item-${at + 1_000}`),
  )
  expect(JSON.parse(second.text.out)).toMatchObject({ resumed: true, items: { created: 2_600 } })
  expect(second.text.err).toContain('going on with an interrupted import after items.jsonl line 1,000')
})

it('ends with 130 on Ctrl-C and says how to go on', async () => {
  const { child, text } = start('import', 'items.jsonl', '--shop', 'demo')
  atThirdChunk(() => child.kill('SIGINT'))
  expect(await ended(child)).toEqual([130, null])
  expect(text.err).toContain('stopped after 1,000 lines; the same command goes on from there')
  expect(text.err).not.toContain('    at ')
})
