import { detectFormat, HEAD_CHARS } from '../../shared/ingest/feeds/detect.ts'
import { type FeedFormat, FeedRefused } from '../../shared/ingest/feeds/record.ts'
import { usage } from '../failure.ts'
import { readBytes } from './lines.ts'

/** The format of a file by its beginning. @throws CliFailure when it is none that is understood */
export async function formatOfFile(path: string): Promise<FeedFormat> {
  const decoder = new TextDecoder('utf-8')
  let head = ''
  for await (const bytes of readBytes(path)) {
    head += decoder.decode(bytes, { stream: true })
    if (head.length >= HEAD_CHARS) break
  }
  return refusals(path, async () => detectFormat(head))
}

/** A feed that cannot be read is a wrong file, and its name has to be told. */
export async function refusals<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw refusal(path, error)
  }
}

/** Any other failure stays what it is. */
export const refusal = (path: string, error: unknown): unknown =>
  error instanceof FeedRefused ? usage(`${path}: ${error.message}${hintOf(error.message)}`, { cause: error }) : error

/** Which flag helps, where one does. */
function hintOf(refusal: string): string {
  if (/currency/.test(refusal)) return ' (--currency EUR)'
  return /empty/.test(refusal) ? '' : ' (--format NAME says how to read it; shelfwise import --help lists them)'
}
