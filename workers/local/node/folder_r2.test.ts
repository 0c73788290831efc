/** A folder as a bucket answers as the bucket in memory does, in all that it offers. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { R2Bucket, R2ListOptions } from '@cloudflare/workers-types'
import { afterAll, expect, test } from 'vitest'
import { systemClock } from '../../../shared/base/clock.ts'
import { errorOf } from '../testing/outcome.ts'
import { createFolderR2 } from './folder_r2.ts'
import { createMemoryR2 } from './memory_r2.ts'

const folders: string[] = []
function both(): { folder: R2Bucket; memory: R2Bucket; path: string } {
  const path = mkdtempSync(join(tmpdir(), 'folder-r2-'))
  folders.push(path)
  return { folder: createFolderR2(path), memory: createMemoryR2({ clock: systemClock }), path }
}
afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true, force: true })
})

async function pages(bucket: R2Bucket, options: R2ListOptions) {
  const keys: unknown[] = []
  let cursor: string | undefined
  do {
    const page = await bucket.list({ ...options, ...(cursor === undefined ? {} : { cursor }) })
    keys.push([page.objects.map(({ key, size }) => [key, size]), page.delimitedPrefixes])
    cursor = page.truncated ? page.cursor : undefined
  } while (cursor !== undefined)
  return keys
}

test('objects and ranges of them come back', async () => {
  for (const bucket of Object.values(both()).slice(0, 2) as R2Bucket[]) {
    await bucket.put('a/text', 'hello')
    await bucket.put('a/bytes', new Uint8Array([1, 2, 3]).subarray(1))
    expect(await (await bucket.get('a/text'))!.text()).toBe('hello')
    expect([...new Uint8Array(await (await bucket.get('a/bytes'))!.arrayBuffer())]).toEqual([2, 3])
    const part = await bucket.get('a/text', { range: { offset: 1, length: 2 } })
    expect([await part!.text(), part!.size, part!.range]).toEqual(['el', 5, { offset: 1, length: 2 }])
    expect(await (await bucket.get('a/text', { range: { offset: 3, length: 99 } }))!.text()).toBe('lo')
    expect(await errorOf(() => bucket.get('a/text', { range: { offset: 10, length: 1 } }))).toMatch(/10039/)
    expect((await bucket.head('a/text'))!.size).toBe(5)
    expect([await bucket.get('none'), await bucket.head('none'), await bucket.head('a')]).toEqual([null, null, null])
    await bucket.put('a/text', 'anew')
    await bucket.delete(['a/bytes', 'none'])
    expect(await (await bucket.get('a/text'))!.text()).toBe('anew')
    expect(await pages(bucket, {})).toEqual([[[['a/text', 4]], []]])
  }
})

test('listings agree, page by page', async () => {
  const { folder, memory } = both()
  for (const key of ['a', 'b/1', 'b/2', 'b/c/3', 'b-', 'z', 'b/é ü', 'b.x/..x'])
    for (const bucket of [folder, memory]) await bucket.put(key, key)
  const asked: R2ListOptions[] = [
    {},
    { prefix: 'b/' },
    { prefix: 'b' },
    { delimiter: '/' },
    { prefix: 'b/', delimiter: '/' },
    { startAfter: 'b/1' },
    { prefix: 'none/' },
  ]
  for (const options of asked) {
    for (const limit of [1, 2, 1_000])
      expect(await pages(folder, { ...options, limit })).toEqual(await pages(memory, { ...options, limit }))
  }
})

test('what a killed process left half written is not there, and no key leaves the folder', async () => {
  const { folder, path } = both()
  await folder.put('a', 'whole')
  writeFileSync(join(path, 'b.unfinished'), 'hal')
  expect(await pages(folder, {})).toEqual([[[['a', 5]], []]])
  for (const key of ['../out', 'a/../../out', '']) expect(await errorOf(() => folder.put(key, 'x'))).toMatch(/segment/)
})
