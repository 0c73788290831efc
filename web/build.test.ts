import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildWeb } from './build.ts'

let place: string
const files = async (dir: string): Promise<Map<string, string>> => {
  const names = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  const paths = names.map((entry) => join(entry.parentPath, entry.name)).sort()
  return new Map(
    await Promise.all(paths.map(async (path) => [path.slice(dir.length), await readFile(path, 'utf8')] as const)),
  )
}

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'web-'))
  await Promise.all([buildWeb(join(place, 'a')), buildWeb(join(place, 'b'))])
})
afterAll(() => rm(place, { recursive: true, force: true }))

describe('the built pages', () => {
  it('are the same bytes each time', async () => {
    expect(await files(join(place, 'a'))).toEqual(await files(join(place, 'b')))
  })

  it('hold every file that a page names, and nothing from elsewhere', async () => {
    const built = await files(join(place, 'a'))
    for (const page of ['/index.html', '/docs/index.html']) {
      const named = [...built.get(page)!.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map((match) => match[1]!)
      expect(named.length).toBeGreaterThan(2)
      for (const path of named) expect(built.has(path), path).toBe(true)
      expect(built.get(page)).not.toMatch(/(?:href|src)="https?:/)
    }
  })

  it('keep the client below 3 kB and the schema library out', async () => {
    const built = await files(join(place, 'a'))
    expect(Buffer.byteLength(built.get('/assets/client.js')!)).toBeLessThanOrEqual(3_000)
    expect(Buffer.byteLength(built.get('/assets/demo.js')!)).toBeLessThan(130_000)
  })

  it('carry the catalogues as arrays of the same items', async () => {
    const built = await files(join(place, 'a'))
    const lines = await readFile(new URL('../demo/shops/tsukimi/items.jsonl', import.meta.url), 'utf8')
    const items = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
    expect(JSON.parse(built.get('/demo/tsukimi/items.json')!)).toEqual(items)
  })
})
