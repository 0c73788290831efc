import { createHash } from 'node:crypto'
import { countGroups, readFeed } from '../../shared/ingest/feeds/read_feed.ts'
import type { FeedOptions } from '../../shared/ingest/feeds/record.ts'
import { refusals } from './feed_file.ts'
import { readBytes } from './lines.ts'
import type { SourceFile } from './source.ts'

/** What a feed is read with beside its own words. */
export type FeedSettings = Omit<FeedOptions, 'groupSizes' | 'nowMs'>

/** Rows of each group of a feed, so that a product can be sent as soon as all its rows were seen. */
export const groupsOf = (file: SourceFile): Promise<Map<string, number> | null> =>
  refusals(file.name, () => countGroups(readBytes(file.path), file.format))

/** The records of a feed as it would be sent. */
export const recordsOf = (file: SourceFile, options: FeedOptions) =>
  readFeed(readBytes(file.path), file.format, options)

/** What of the settings makes two imports different; a salt is not written down. */
export function identityOfSettings(settings: FeedSettings): string {
  const { market, currency, markets, salt, dateOrder } = settings
  return createHash('sha256')
    .update(JSON.stringify([market, currency, markets, salt, dateOrder]))
    .digest('base64url')
}
