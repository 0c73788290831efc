import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { unstable_readConfig as readConfig } from 'wrangler'
import packageJson from '../package.json' with { type: 'json' }
import { VERSION } from '../workers/api/version.ts'
import { CRONS } from '../workers/enrich/crons.ts'
import { QUEUES } from '../workers/enrich/queues.ts'
import { INBOX_QUEUE } from '../workers/ingest/queue.ts'

const ROOT = resolve(import.meta.dirname, '..')
const FOLDERS = ['shared', 'workers', 'cli', 'eval', 'bench', 'web', 'scripts', 'tests', 'demo']
const LINES_MAX = 400

/** Layers of `shared`, lowest first: a file may import from its own layer and from those before it. */
const LAYERS: ReadonlyArray<readonly string[]> = [
  ['base'],
  ['domain'],
  ['observe'],
  ['store'],
  ['model', 'prompt'],
  ['recall', 'rank', 'rerank', 'gate', 'explain', 'converse', 'learn', 'enrich', 'ingest', 'recommend'],
  ['recommend.ts'],
]

interface Source {
  path: string
  text: string
  imports: string[]
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (name === 'node_modules' || name === 'dist' || name.startsWith('.')) return []
    return statSync(path).isDirectory() ? filesUnder(path) : /\.(ts|tsx|mjs)$/.test(name) ? [path] : []
  })
}

function readSource(path: string): Source {
  const text = readFileSync(path, 'utf8')
  const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map((match) => match[1]!)
  return { path: relative(ROOT, path), text, imports }
}

const sources = FOLDERS.filter((folder) => statSync(join(ROOT, folder), { throwIfNoEntry: false }))
  .flatMap((folder) => filesUnder(join(ROOT, folder)))
  .map(readSource)
const product = sources.filter((source) => !/\.test\.tsx?$|^tests\//.test(source.path))

const layerOf = (path: string) => LAYERS.findIndex((layer) => layer.includes(path.split('/')[1]!))
const targetOf = (source: Source, specifier: string) => relative(ROOT, resolve(ROOT, dirname(source.path), specifier))

/** Imports of `shared` that point upwards, or out of it. */
function upwardImports(files: readonly Source[]): string[] {
  return files
    .filter((source) => source.path.startsWith('shared/'))
    .flatMap((source) =>
      source.imports
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => targetOf(source, specifier))
        .filter((target) => !target.startsWith('shared/') || layerOf(target) > layerOf(source.path))
        .map((target) => `${source.path} -> ${target}`),
    )
}

function cycles(files: readonly Source[]): string[] {
  const graph = new Map(
    files.map((source) => [
      source.path,
      source.imports.filter((one) => one.startsWith('.')).map((one) => targetOf(source, one)),
    ]),
  )
  const state = new Map<string, 'open' | 'done'>()
  const found: string[] = []
  const visit = (path: string, trail: readonly string[]) => {
    if (state.get(path) === 'done' || !graph.has(path)) return
    if (state.get(path) === 'open') {
      found.push([...trail.slice(trail.indexOf(path)), path].join(' -> '))
      return
    }
    state.set(path, 'open')
    for (const next of graph.get(path)!) visit(next, [...trail, path])
    state.set(path, 'done')
  }
  for (const path of graph.keys()) visit(path, [])
  return found
}

/** `import type` and comments are not uses. */
function uses(files: readonly Source[], pattern: RegExp): string[] {
  return files
    .filter((source) => pattern.test(source.text.replace(/^\s*(\*|\/\/|\/\*\*?).*$/gm, '')))
    .map((source) => source.path)
}

test('shared is layered and has no cycles', () => {
  expect(layerOf('shared/nowhere/file.ts')).toBe(-1)
  expect(
    product
      .filter((source) => source.path.startsWith('shared/') && layerOf(source.path) === -1)
      .map((source) => source.path),
  ).toEqual([])
  expect(upwardImports(product)).toEqual([])
  expect(cycles(product)).toEqual([])
})

test('the layer and cycle checks see what they must see', () => {
  const planted = (path: string, specifier: string): Source => ({ path, text: '', imports: [specifier] })
  expect(upwardImports([planted('shared/base/a.ts', '../store/keys.ts')])).toHaveLength(1)
  expect(upwardImports([planted('shared/rank/a.ts', '../../workers/api/app.ts')])).toHaveLength(1)
  expect(upwardImports([planted('shared/store/a.ts', '../base/hash.ts')])).toHaveLength(0)
  expect(cycles([planted('shared/a.ts', './b.ts'), planted('shared/b.ts', './a.ts')])).toHaveLength(1)
})

test('shared takes time, chance, network and configuration as arguments', () => {
  const shared = product.filter((source) => source.path.startsWith('shared/'))
  const below = shared.filter(
    (source) => !source.path.startsWith('shared/base/') && !source.path.startsWith('shared/model/'),
  )
  expect(uses(below, /\bDate\.now\(\)|\bMath\.random\(|(?<![.\w])fetch\(/)).toEqual([])
  expect(uses(shared, /\bprocess\.env\b|from 'cloudflare:/)).toEqual([])
})

test('every library has its one place', () => {
  const importers = (name: string) =>
    product
      .filter((source) => source.imports.some((one) => one === name || one.startsWith(`${name}/`)))
      .map((source) => source.path)
  expect(importers('openai').filter((path) => !path.startsWith('workers/model/'))).toEqual([])
  expect(importers('hono').filter((path) => !path.startsWith('workers/') && !path.startsWith('web/'))).toEqual([])
  expect(importers('@upstash/redis').filter((path) => !path.startsWith('shared/store/'))).toEqual([])
  expect(uses(product, /import \{[^}]*\} from 'zod'|import z from 'zod'/)).toEqual([])
})

test('binding types are named by the stores and the workers alone', () => {
  const shared = product.filter(
    (source) => source.path.startsWith('shared/') && !source.path.startsWith('shared/store/'),
  )
  expect(
    shared.filter((source) => source.imports.includes('@cloudflare/workers-types')).map((source) => source.path),
  ).toEqual([])
})

test('files stay small', () => {
  const long = product
    .map((source) => ({ path: source.path, lines: source.text.split('\n').length }))
    .filter((file) => file.lines > LINES_MAX)
  expect(long).toEqual([])
})

const CONFIGS = [
  'wrangler.toml',
  'workers/ingest/wrangler.toml',
  'workers/enrich/wrangler.toml',
  'workers/model/wrangler.toml',
]
const configOf = (config: string, env?: string) =>
  readConfig({ config: join(ROOT, config), ...(env === undefined ? {} : { env }) }, { hideWarnings: true })

test('bindings of one name are one resource in every toml', () => {
  const ids = new Map<string, Set<string>>()
  const note = (name: string, id: string | undefined) => ids.set(name, (ids.get(name) ?? new Set()).add(String(id)))
  for (const config of CONFIGS) {
    for (const env of [undefined, 'local']) {
      const declared = configOf(config, env)
      for (const db of declared.d1_databases) note(`d1 ${db.binding}`, `${db.database_name} ${db.database_id}`)
      for (const kv of declared.kv_namespaces) note(`kv ${kv.binding}`, kv.id)
      for (const bucket of declared.r2_buckets) note(`r2 ${bucket.binding}`, bucket.bucket_name)
      for (const index of declared.vectorize) note(`vectorize ${index.binding}`, index.index_name)
    }
  }
  expect([...ids].filter(([, values]) => values.size > 1)).toEqual([])
  expect(ids.size).toBeGreaterThan(4)
})

test('crons, queues and versions in code are those of the configuration', () => {
  const enrich = configOf('workers/enrich/wrangler.toml')
  expect([...(enrich.triggers.crons ?? [])].sort()).toEqual(Object.values(CRONS).sort())
  expect((enrich.queues.consumers ?? []).map((consumer: { queue: string }) => consumer.queue).sort()).toEqual(
    Object.values(QUEUES).sort(),
  )
  const produced = CONFIGS.flatMap((config) =>
    (configOf(config).queues.producers ?? []).map((producer: { queue: string }) => producer.queue),
  )
  const ingest = configOf('workers/ingest/wrangler.toml')
  expect((ingest.queues.consumers ?? []).map((consumer: { queue: string }) => consumer.queue)).toEqual([INBOX_QUEUE])
  const consumed: string[] = [...Object.values(QUEUES), INBOX_QUEUE]
  expect(produced.filter((queue) => !consumed.includes(queue))).toEqual([])
  expect(VERSION).toBe(packageJson.version)
})

test('stand-ins are never deployed', () => {
  const scripts = readFileSync(join(ROOT, 'scripts/verify.ts'), 'utf8')
  expect(scripts).not.toContain('workers/local')
  const deployed = product.filter((source) => /^workers\/(api|ingest|enrich|model|http)\//.test(source.path))
  expect(
    deployed
      .filter((source) => source.imports.some((one) => targetOf(source, one).startsWith('workers/local')))
      .map((source) => source.path),
  ).toEqual([])
  for (const config of CONFIGS) expect(configOf(config).name).not.toContain('vectorize')
})

test('the product speaks of itself alone', () => {
  const places = new RegExp(['wo' + 'rk', 'fa' + 'rm', 'ro' + 'ot'].map((name) => `(?<![\\w.])/${name}/`).join('|'))
  expect(sources.filter((source) => places.test(source.text)).map((source) => source.path)).toEqual([])
})
