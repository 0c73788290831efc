import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../testing/folder.ts'
import { type Line, readLines } from './lines.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeEach(async () => {
  folder = await temporaryFolder()
})
afterEach(() => folder.remove())

async function read(name: string, bytes: string | Buffer): Promise<Line[]> {
  const path = join(folder.path, name)
  await writeFile(path, bytes)
  const lines: Line[] = []
  for await (const line of readLines(path)) lines.push(line)
  return lines
}

describe('readLines', () => {
  it('numbers lines as an editor does and passes blank ones over', async () => {
    const lines = await read('a.jsonl', '\ufeff{"a":1}\r\n\n  \n{"b":2}')
    expect(lines).toEqual([
      { number: 1, text: '{"a":1}', problem: null },
      { number: 4, text: '{"b":2}', problem: null },
    ])
  })

  it('splits at line feeds only', async () => {
    expect(await read('a.jsonl', '{"a":"x\u2028y"}\n')).toHaveLength(1)
  })

  it('names lines that are too long or not UTF-8, and goes on', async () => {
    const long = Buffer.from(`"${'x'.repeat(300_000)}"\n`)
    const lines = await read('a.jsonl', Buffer.concat([long, Buffer.from([0xff, 0xfe, 0x0a]), Buffer.from('{}\n')]))
    expect(lines.map(({ number, problem }) => [number, problem])).toEqual([
      [1, 'a line has at most 256 KiB'],
      [2, 'not valid UTF-8'],
      [3, null],
    ])
  })

  it('reads gzip across blocks, and says when it is cut off', async () => {
    const text = Array.from({ length: 50_000 }, (_, at) => JSON.stringify({ at, pad: Math.sin(at) })).join('\n')
    const lines = await read('a.jsonl.gz', gzipSync(text))
    expect(lines).toHaveLength(50_000)
    expect(lines.map((line) => line.text).join('\n')).toBe(text)
    await expect(read('b.jsonl.gz', gzipSync(text).subarray(0, 5_000))).rejects.toThrow('b.jsonl.gz cannot be read')
  })
})
