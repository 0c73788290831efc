import type { R2Bucket } from '@cloudflare/workers-types'
import { convertV4MiniflareOptions, Miniflare, type V4MiniflareOptions } from 'miniflare'

/** As the tomls name it. */
const BUCKET = 'shelfwise-archive'
const NOTHING = 'export default { fetch: () => new Response() }'

/** The archive of a local stack that is not running, for commands that work on it. */
export async function openArchive(
  resourcePersistencePath: string,
): Promise<{ bucket: R2Bucket; close(): Promise<void> }> {
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      host: '127.0.0.1',
      port: 0,
      resourcePersistencePath,
      modules: true,
      script: NOTHING,
      compatibilityDate: '2026-11-01',
      r2Buckets: { ARCHIVE: BUCKET },
    } as V4MiniflareOptions),
  )
  await runtime.ready
  return {
    bucket: (await runtime.getR2Bucket('ARCHIVE')) as unknown as R2Bucket,
    close: () => runtime.dispose(),
  }
}
