/** Looks through everything that a platform keeps, byte by byte. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { serialize } from 'node:v8'
import { gunzipSync } from 'node:zlib'
import { DATABASES } from '../../support/migrated.ts'
import type { Trace } from './canaries.ts'
import type { Platform } from './platform.ts'

export interface Place {
  where: string
  bytes: Buffer
}

/** Four bytes may stand anywhere by chance: they are looked for in arrays of learning alone. */
const BYTES_ANYWHERE = 6

/** Everything that is stored, each piece as it is and as what it was packed from. */
export function placesOf(platform: Platform, lines: readonly string[]): Place[] {
  const places: Place[] = []
  const add = (where: string, bytes: Buffer) => {
    places.push({ where, bytes })
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) places.push({ where: `${where} unpacked`, bytes: gunzipSync(bytes) })
  }
  for (const name of DATABASES) {
    const db = platform.databases[name]
    const tables = db.execute([
      { sql: `SELECT name FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL`, params: [] },
    ])
    for (const [table] of tables[0]!.rows as string[][]) {
      // Shadows of the full text index are no tables of their own.
      if (/_(?:text|data|idx|content|docsize|config)$/.test(table!) && !/^(?:item|found)_text$/.test(table!)) continue
      const { rows, columns } = db.execute([{ sql: `SELECT * FROM "${table}"`, params: [] }])[0]!
      for (const row of rows) {
        add(`${name}.${table}`, Buffer.from(JSON.stringify(row)))
        for (const [at, value] of row.entries())
          if (columns[at] === 'body' && typeof value === 'string') addUnpacked(`${name}.${table}`, value, add)
      }
    }
  }
  for (const [key, entry] of platform.entries as unknown as Map<string, { bytes: Uint8Array; metadata: unknown }>) {
    add(`KV key ${folderOf(key)}`, Buffer.from(key))
    add(`KV ${folderOf(key)}`, Buffer.from(entry.bytes))
    add(`KV metadata ${folderOf(key)}`, Buffer.from(JSON.stringify(entry.metadata)))
  }
  for (const [key, object] of platform.objects as unknown as Map<
    string,
    { bytes: Uint8Array; customMetadata: unknown }
  >) {
    add(`R2 key ${folderOf(key)}`, Buffer.from(key))
    add(`R2 ${folderOf(key)}`, Buffer.from(object.bytes))
    add(`R2 metadata ${folderOf(key)}`, Buffer.from(JSON.stringify(object.customMetadata ?? null)))
  }
  for (const [queue, messages] of platform.messages)
    for (const message of messages.values()) add(`queue ${queue}`, Buffer.from(JSON.stringify(message)))
  add('vectors', serialize(platform.vectors.state()))
  for (const line of lines) add('log', Buffer.from(line))
  return places
}

/** The files of the databases, with what was in pages that are free again. */
export const filesOf = (platform: Platform): Place[] =>
  readdirSync(platform.directory)
    .filter((name) => DATABASES.some((own) => name.startsWith(own)))
    .map((name) => ({ where: `file ${name}`, bytes: readFileSync(join(platform.directory, name)) }))

/** A dead letter's body may be gzip in base64. */
function addUnpacked(where: string, value: string, add: (where: string, bytes: Buffer) => void): void {
  if (value.length < 8 || !/^[A-Za-z0-9+/_=-]+$/.test(value)) return
  add(`${where} decoded`, Buffer.from(value, 'base64'))
}

const folderOf = (key: string) => key.split(/[/:]/).slice(0, 2).join(':')

export interface Sighting {
  where: string
  what: string
  form: string
}

/** Forms by how they begin: a store is walked once, whatever is looked for. */
function indexOf(traces: readonly Trace[]) {
  const begins = new Uint8Array(1 << 16)
  const byStart = new Map<number, Trace[]>()
  for (const trace of traces) {
    begins[trace.bytes.readUInt16LE(0)] = 1
    const start = trace.bytes.readUInt32LE(0)
    byStart.set(start, [...(byStart.get(start) ?? []), trace])
  }
  return { begins, byStart }
}

/** Each place with each form that was found there, once. */
export function sightings(places: readonly Place[], traces: readonly Trace[]): Sighting[] {
  const { begins, byStart } = indexOf(traces)
  const found = new Map<string, Sighting>()
  for (const { where, bytes } of places) {
    for (let at = 0; at + 4 <= bytes.length; at++) {
      if (begins[bytes[at]! | (bytes[at + 1]! << 8)] === 0) continue
      for (const { what, form, bytes: wanted } of byStart.get(bytes.readUInt32LE(at)) ?? []) {
        if (wanted.length < BYTES_ANYWHERE && !/^R2 learn/.test(where)) continue
        if (bytes.subarray(at, at + wanted.length).equals(wanted))
          found.set(`${where} ${what} ${form}`, { where, what, form })
      }
    }
  }
  return [...found.values()]
}
