import type { R2Bucket, R2ObjectBody } from '@cloudflare/workers-types'
import { chunk } from '../base/batch.ts'
import { coveredObjects } from './event_objects.ts'
import { objectNames } from './keys.ts'

/** A run learned here from the partitions, or what another machine learned and hands in. */
export type RunOrigin = 'own' | 'offered'

/** The objects of one run: written once, or again with equal content. */
export interface RunFolder {
  put(name: string, content: Uint8Array | string): Promise<void>
  /** @throws ArtefactMissing */
  bytes(name: string): Promise<Uint8Array>
  /** A part of an object. @throws ArtefactMissing */
  range(name: string, offset: number, length: number): Promise<Uint8Array>
  /** @throws ArtefactMissing */
  text(name: string): Promise<string>
  has(name: string): Promise<boolean>
}

/** What learning reads, and what it keeps between its steps (docs/storage.md, R2). */
export interface LearningArtefacts {
  /** Everything that folds and joinings have left of a shop's events, in the order of names. */
  objects(shop: string): Promise<Partition[]>
  /** A shop's event partitions with their sizes, in the order of their names: every event stands in one. */
  partitions(shop: string): Promise<Partition[]>
  /** Impressions of a day and of those after it, in the order of their names. */
  impressions(shop: string, fromDay: string): Promise<Partition[]>
  /** The lines of a partition, a megabyte of them in memory at a time. @throws PartitionChanged */
  lines(partition: Partition): AsyncGenerator<string[]>
  folder(shop: string, origin: RunOrigin, run: string): RunFolder
  /** Runs that have objects. */
  runs(shop: string, origin: RunOrigin): Promise<string[]>
  /** Removes a run's objects; with `keeps`, only those that it refuses. @returns how many */
  remove(shop: string, origin: RunOrigin, run: string, keeps?: (name: string) => boolean): Promise<number>
  /** Removes everything that learning keeps of a shop. */
  removeAll(shop: string): Promise<number>
  /** The map from texts to item factors (shared/learn/text_map_pack.ts). */
  textMap(shop: string): Promise<Uint8Array | null>
  putTextMap(shop: string, bytes: Uint8Array): Promise<void>
  /** The run that another machine offers. */
  offer(shop: string): Promise<string | null>
  putOffer(shop: string, run: string): Promise<void>
}

export interface Partition {
  name: string
  bytes: number
}

/** An object that a run's progress says is there is not. */
export class ArtefactMissing extends Error {
  constructor(name: string) {
    super(`the object ${name} is missing`)
    this.name = 'ArtefactMissing'
  }
}

/** A partition is not what it was when it was listed: lines of it were erased, or it was joined with others. */
export class PartitionChanged extends Error {
  constructor(name: string) {
    super(`the partition ${name} has changed`)
    this.name = 'PartitionChanged'
  }
}

/** Of a partition in memory at a time: they may be 40 MB, and a worker has 128. */
const READ_BYTES = 1024 * 1024
/** R2 deletes as many at once. */
const KEYS_PER_DELETE = 1_000

export function createLearningArtefacts(bucket: R2Bucket): LearningArtefacts {
  const remove = async (keys: readonly string[]) => {
    for (const part of chunk(keys, KEYS_PER_DELETE)) await bucket.delete(part)
    return keys.length
  }
  const objects = async (shop: string): Promise<Partition[]> =>
    (await listed(bucket, objectNames.eventsOfShop(shop))).map(({ key, size }) => ({ name: key, bytes: size }))
  return {
    objects,
    async partitions(shop) {
      const all = await objects(shop)
      const covered = coveredObjects(all.map(({ name }) => name))
      return all.filter(({ name }) => !covered.has(name))
    },
    lines: (partition) => linesOf(bucket, partition),
    async impressions(shop, fromDay) {
      const prefix = objectNames.impressionsOfShop(shop)
      const objects = await listed(bucket, prefix, `${prefix}${fromDay}`)
      return objects.map(({ key, size }) => ({ name: key, bytes: size }))
    },
    folder: (shop, origin, run) => folderOf(bucket, objectNames.learning(shop, origin, run)),
    async runs(shop, origin) {
      const prefix = objectNames.learning(shop, origin, '').slice(0, -1)
      return delimited(bucket, prefix)
    },
    async remove(shop, origin, run, keeps = () => false) {
      const prefix = objectNames.learning(shop, origin, run)
      const keys = (await listed(bucket, prefix)).map((object) => object.key)
      return remove(keys.filter((key) => !keeps(key.slice(prefix.length))))
    },
    removeAll: async (shop) =>
      remove((await listed(bucket, objectNames.learningOfShop(shop))).map((object) => object.key)),
    async textMap(shop) {
      const object = await bucket.get(objectNames.textMap(shop))
      return object === null ? null : new Uint8Array(await object.arrayBuffer())
    },
    async putTextMap(shop, bytes) {
      await bucket.put(objectNames.textMap(shop), bytes)
    },
    async offer(shop) {
      const object = await bucket.get(objectNames.learningOffer(shop))
      return object === null ? null : ((await object.json()) as { run: string }).run
    },
    async putOffer(shop, run) {
      await bucket.put(objectNames.learningOffer(shop), JSON.stringify({ run }))
    },
  }
}

function folderOf(bucket: R2Bucket, prefix: string): RunFolder {
  const object = async (name: string, range?: { offset: number; length: number }) => {
    const found = await bucket.get(prefix + name, range === undefined ? {} : { range })
    if (found === null) throw new ArtefactMissing(prefix + name)
    return found as R2ObjectBody
  }
  return {
    async put(name, content) {
      await bucket.put(prefix + name, content)
    },
    bytes: async (name) => new Uint8Array(await (await object(name)).arrayBuffer()),
    range: async (name, offset, length) =>
      length === 0 ? new Uint8Array() : new Uint8Array(await (await object(name, { offset, length })).arrayBuffer()),
    text: async (name) => (await object(name)).text(),
    has: async (name) => (await bucket.head(prefix + name)) !== null,
  }
}

async function* linesOf(bucket: R2Bucket, { name, bytes }: Partition): AsyncGenerator<string[]> {
  const decoder = new TextDecoder()
  let rest = ''
  for (let offset = 0; offset < bytes; offset += READ_BYTES) {
    const object = await bucket.get(name, { range: { offset, length: READ_BYTES } })
    if (object === null || object.size !== bytes) throw new PartitionChanged(name)
    const text = rest + decoder.decode(await object.arrayBuffer(), { stream: true })
    const lines = text.split('\n')
    rest = lines.pop()!
    yield lines
  }
  if (rest !== '') yield [rest]
}

async function listed(
  bucket: R2Bucket,
  prefix: string,
  startAfter?: string,
): Promise<Array<{ key: string; size: number }>> {
  const found: Array<{ key: string; size: number }> = []
  let cursor: string | undefined
  do {
    const page = await bucket.list({
      prefix,
      ...(startAfter === undefined ? {} : { startAfter }),
      ...(cursor === undefined ? {} : { cursor }),
    })
    for (const { key, size } of page.objects) found.push({ key, size })
    cursor = page.truncated ? page.cursor : undefined
  } while (cursor !== undefined)
  return found
}

/** The names right below a prefix. */
async function delimited(bucket: R2Bucket, prefix: string): Promise<string[]> {
  const names: string[] = []
  let cursor: string | undefined
  do {
    const page = await bucket.list({ prefix, delimiter: '/', ...(cursor === undefined ? {} : { cursor }) })
    names.push(...page.delimitedPrefixes.map((one) => one.slice(prefix.length, -1)))
    cursor = page.truncated ? page.cursor : undefined
  } while (cursor !== undefined)
  return names
}
