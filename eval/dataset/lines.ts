import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type * as z from 'zod'
import { fieldErrors } from '../../shared/domain/decode.ts'
import { EvalFailure } from '../failure.ts'

/** Bytes of one line: an item with its text is far below, and a file that is no NDJSON is told early. */
const LINE_CHARS_MAX = 4 * 1024 * 1024

/** The file under its name or without its `.gz`; null when neither is there. */
export function findFile(folder: string, name: string): string | null {
  for (const candidate of [name, name.replace(/\.gz$/, '')])
    if (existsSync(join(folder, candidate))) return join(folder, candidate)
  return null
}

/** The text of a plain or gzip file. @throws EvalFailure when it cannot be read */
export function readText(path: string): string {
  try {
    const bytes = readFileSync(path)
    return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  } catch (error) {
    throw new EvalFailure(`${path}: cannot be read (${error instanceof Error ? error.message : 'unknown'})`)
  }
}

/** Parses JSON by a schema. @throws EvalFailure that names the place */
export function parseAs<T>(schema: z.ZodType<T>, text: string, place: string): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new EvalFailure(`${place}: not JSON`)
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const told = fieldErrors(parsed.error)
    .slice(0, 3)
    .map(({ pointer, detail }) => `${pointer || '(line)'} ${detail}`)
  throw new EvalFailure(`${place}: ${told.join('; ')}`)
}

/** Every line of an NDJSON file by a schema; empty lines are passed over. @throws EvalFailure with file and line */
export function readLines<T>(path: string, schema: z.ZodType<T>, each: (value: T, line: number) => void): void {
  let number = 0
  for (const text of readText(path).split('\n')) {
    number += 1
    if (text.trim() === '') continue
    if (text.length > LINE_CHARS_MAX) throw new EvalFailure(`${path}:${number}: a line of ${text.length} characters`)
    each(parseAs(schema, text, `${path}:${number}`), number)
  }
}
