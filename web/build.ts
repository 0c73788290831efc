import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const WEB = dirname(fileURLToPath(import.meta.url))
const SHOPS = join(WEB, '..', 'demo', 'shops')
export const WEB_DIST = join(WEB, 'dist')

/** Each page's script and style, by the name under `/assets/`. */
const ENTRIES = {
  demo: join(WEB, 'demo', 'main.tsx'),
  'demo-style': join(WEB, 'demo', 'styles', 'demo.css'),
  docs: join(WEB, 'docs', 'main.tsx'),
  'docs-style': join(WEB, 'docs', 'docs.css'),
  client: join(WEB, 'client', 'client.ts'),
}

/** Files that go out as they are. */
const COPIES: readonly (readonly [from: string, to: string])[] = [
  ['demo/index.html', 'index.html'],
  ['docs/index.html', 'docs/index.html'],
  ['icon.svg', 'assets/icon.svg'],
]

/** Builds the static pages into `outDir`, which is emptied first. The same sources give the same bytes. */
export async function buildWeb(outDir: string = WEB_DIST): Promise<void> {
  await rm(outDir, { recursive: true, force: true })
  await mkdir(join(outDir, 'assets'), { recursive: true })
  await Promise.all([bundle(outDir), catalogues(outDir), ...COPIES.map(([from, to]) => copy(from, join(outDir, to)))])
}

async function bundle(outDir: string): Promise<void> {
  const entries = Object.entries(ENTRIES).map(([name, path]) => ({ in: path, out: name.replace(/-style$/, '') }))
  await build({
    ...{
      entryPoints: entries,
      outdir: join(outDir, 'assets'),
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2022',
    },
    ...{
      jsx: 'automatic',
      jsxImportSource: 'hono/jsx/dom',
      tsconfigRaw: {},
      legalComments: 'none',
      charset: 'utf8',
      logLevel: 'warning',
    },
  })
}

async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  await cp(join(WEB, from), to)
}

/** Product data of the demo shops, for the pages beside the shelves. */
async function catalogues(outDir: string): Promise<void> {
  const shops = await readdir(SHOPS, { withFileTypes: true })
  await Promise.all(
    shops
      .filter((entry) => entry.isDirectory())
      .map(async ({ name }) => {
        const lines = (await readFile(join(SHOPS, name, 'items.jsonl'), 'utf8'))
          .split('\n')
          .filter((line) => line.trim() !== '')
        await mkdir(join(outDir, 'demo', name), { recursive: true })
        await writeFile(join(outDir, 'demo', name, 'items.json'), `[${lines.join(',\n')}]`)
      }),
  )
}

if (import.meta.main) {
  const started = performance.now()
  await buildWeb()
  console.log(`web/dist built in ${Math.round(performance.now() - started)} ms`)
}
