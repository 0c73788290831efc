/** What the one public worker carries: its size decides how soon a fresh isolate answers, and no provider's client is in it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, stop } from 'esbuild'
import { afterAll, expect, test } from 'vitest'
import { bundle } from '../workers/local/stack.ts'

const ROOT = join(import.meta.dirname, '..')
const API = join(ROOT, 'workers/api/index.ts')
const MODEL = join(ROOT, 'workers/model/index.ts')
const GZIP_KIB_MAX = 150

afterAll(() => stop())

/** The packages of which a worker's bundle has anything, by their names. */
async function packagesIn(main: string): Promise<string[]> {
  const { metafile } = await build({
    ...{ entryPoints: [main], bundle: true, write: false, metafile: true, format: 'esm', outdir: 'out' },
    ...{ conditions: ['workerd', 'worker', 'browser'], external: ['cloudflare:*', 'node:*'], absWorkingDir: ROOT },
  })
  const paths = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs))
  const names = paths.flatMap((path) => path.split('node_modules/')[1]?.match(/^(@[^/]+\/)?[^/]+/)?.[0] ?? [])
  return [...new Set(names)].sort()
}

test('the api worker has nothing of a provider’s client; control: the model worker has', async () => {
  expect(await packagesIn(API)).not.toContain('openai')
  expect(await packagesIn(MODEL)).toContain('openai')
  // As it is deployed: neither the client's address nor its headers.
  const marks = /api\.openai\.com|x-stainless/i
  expect(await bundle(API)).not.toMatch(marks)
  expect(await bundle(MODEL)).toMatch(marks)
})

/** As `minify = true` in the worker's toml has it deployed. */
async function gzipKib(main: string): Promise<number> {
  const { outputFiles } = await build({
    ...{ entryPoints: [main], bundle: true, minify: true, write: false, format: 'esm', outdir: 'out' },
    ...{ conditions: ['workerd', 'worker', 'browser'], external: ['cloudflare:*', 'node:*'], absWorkingDir: ROOT },
  })
  return outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents).length, 0) / 1024
}

test(`the api worker stays within ${GZIP_KIB_MAX} KiB gzip, as it is deployed`, async () => {
  expect(await gzipKib(API)).toBeLessThanOrEqual(GZIP_KIB_MAX)
  expect(readFileSync(join(ROOT, 'wrangler.toml'), 'utf8')).toMatch(/^minify = true$/m)
  // Control: the worker that carries a provider's client breaks the bound.
  expect(await gzipKib(MODEL)).toBeGreaterThan(GZIP_KIB_MAX)
})
