import { createHash } from 'node:crypto'
import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import * as z from 'zod'
import { type ShopBody, shopBodySchema } from '../../shared/domain/shop.ts'
import { type FeedFormat, isEventFormat } from '../../shared/ingest/feeds/record.ts'
import { usage } from '../failure.ts'
import { formatOfFile } from './feed_file.ts'
import { readLines } from './lines.ts'

export type LineKind = 'items' | 'events'
/** `dataset`: the evaluation format, which is mapped. `api`: lines as the API takes them. */
export type LineForm = 'dataset' | 'api'

export interface SourceFile {
  path: string
  name: string
  kind: LineKind
  /** `jsonl`: lines as the API or a dataset has them; else a feed, which is read into such lines. */
  format: FeedFormat
}

/** What is imported: items first, so that events find their items. */
export interface Source {
  path: string
  name: string
  form: LineForm
  files: SourceFile[]
  /** The shop as its folder describes it. */
  shop: ShopBody | null
  /** Changes when a file of the source does. */
  fingerprint: string
}

/**
 * Finds out what stands at a path.
 * @param format of a file, or `auto` to look at its beginning
 * @throws CliFailure when it is nothing that can be imported
 */
export async function openSource(
  path: string,
  directory: string,
  format: FeedFormat | 'auto' = 'auto',
): Promise<Source> {
  const found = await realpath(resolve(directory, path)).catch(() => null)
  if (found === null) throw usage(`${path} does not exist`)
  const info = await stat(found)
  if (info.isDirectory()) return openFolder(found)
  const files = [await openFile(found, format)]
  return finish({ path: found, name: basename(found), form: 'api', shop: null, files })
}

async function openFile(path: string, asked: FeedFormat | 'auto'): Promise<SourceFile> {
  const format = asked === 'auto' ? await formatOfFile(path) : asked
  const kind = format === 'jsonl' ? await kindOf(path) : isEventFormat(format) ? 'events' : 'items'
  return { path, name: basename(path), kind, format }
}

/** A folder of feeds, as shop systems export them: items first, so that events find their items. */
async function openFeeds(path: string): Promise<Source | null> {
  const names = (await readdir(path)).filter((name) => FEED_FILE.test(name)).sort()
  if (names.length === 0) return null
  const files: SourceFile[] = []
  for (const name of names) files.push(await openFile(join(path, name), 'auto'))
  files.sort((a, b) => Number(a.kind === 'events') - Number(b.kind === 'events'))
  return finish({ path, name: basename(path), form: 'api', files, shop: null })
}

const FEED_FILE = /\.(?:csv|tsv|txt|xml|rss|atom|jsonl|ndjson)(?:\.gz)?$/i

async function openFolder(path: string): Promise<Source> {
  const files = (await Promise.all([pick(path, 'items'), pick(path, 'events')])).filter((file) => file !== null)
  const dataset = await readJson(join(path, 'dataset.json'))
  const shop = await readJson(join(path, 'shop.json'))
  if (dataset === null && shop === null) {
    const feeds = await openFeeds(path)
    if (feeds !== null) return feeds
    throw usage(
      `${path} holds neither dataset.json nor shop.json nor a feed: it is not a dataset and not a shop's folder`,
    )
  }
  if (files.length === 0) throw usage(`${path} holds neither items.jsonl nor events.jsonl (each may be .gz)`)
  if (dataset !== null) {
    const { name } = z.object({ name: z.string().default(basename(path)) }).parse(dataset)
    return finish({ path, name, form: 'dataset', files, shop: null })
  }
  // A demo folder says more (tagline, colours) than the API takes.
  const known = z
    .object({ name: z.unknown(), locale: z.unknown(), market: z.unknown(), markets: z.unknown() })
    .parse(shop)
  const body = shopBodySchema.safeParse(known)
  if (!body.success) {
    throw usage(`${join(path, 'shop.json')}: /${body.error.issues[0]!.path.join('/')} ${body.error.issues[0]!.message}`)
  }
  return finish({ path, name: body.data.name, form: 'api', files, shop: body.data })
}

async function pick(folder: string, kind: LineKind): Promise<SourceFile | null> {
  for (const name of [`${kind}.jsonl`, `${kind}.jsonl.gz`]) {
    const path = join(folder, name)
    if (await stat(path).catch(() => null)) return { path, name, kind, format: 'jsonl' }
  }
  return null
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null) return null
  try {
    return JSON.parse(text)
  } catch (error) {
    throw usage(`${path} is not valid JSON`, { cause: error })
  }
}

/** Tells item lines from event lines by the first line that is JSON. */
async function kindOf(path: string): Promise<LineKind> {
  for await (const line of readLines(path)) {
    const value = parseObject(line.text)
    if (value === null) continue
    if ('title' in value || 'offers' in value || 'deleted' in value) return 'items'
    if ('type' in value) return 'events'
    break
  }
  throw usage(`${path}: the first line is neither an item (with a title) nor an event (with a type)`)
}

/** A JSON object, or null for anything else. */
export function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

async function finish(source: Omit<Source, 'fingerprint'>): Promise<Source> {
  const hash = createHash('sha256')
  for (const file of source.files) {
    const { size, mtimeMs } = await stat(file.path)
    hash.update(`${file.path}\0${size}\0${mtimeMs}\0`)
  }
  return { ...source, fingerprint: hash.digest('base64url') }
}
