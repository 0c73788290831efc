import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { build } from 'esbuild'
import wranglerPackage from 'wrangler/package.json' with { type: 'json' }

/** Letters of the name; the platform takes 25. */
const TAG_CHARS = 16

/**
 * Names what is deployed of a worker: its code as it is bundled, its configuration, its static files and the tool that
 * uploads them. Equal names are equal deployments.
 * @param main the worker's entry, absolute
 * @param site folder of its static files, null for none
 */
export async function fingerprintOf(main: string, configuration: unknown, site: string | null): Promise<string> {
  const hash = createHash('sha256')
  hash.update(`wrangler ${wranglerPackage.version}\n`)
  hash.update(`${JSON.stringify(configuration)}\n`)
  const { outputFiles } = await build({
    ...{ entryPoints: [main], bundle: true, minify: true, write: false, format: 'esm', outdir: 'out' },
    ...{ conditions: ['workerd', 'worker', 'browser'], external: ['cloudflare:*', 'node:*'], logLevel: 'silent' },
  })
  for (const { contents } of outputFiles) hash.update(contents)
  if (site !== null)
    for (const file of filesUnder(site)) hash.update(`\n${relative(site, file)}\n`).update(readFileSync(file))
  return hash.digest('hex').slice(0, TAG_CHARS)
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name)
      return statSync(path).isDirectory() ? filesUnder(path) : [path]
    })
}
