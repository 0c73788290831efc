import * as z from 'zod'
import { decode } from '../../shared/domain/decode.ts'
import { currencySchema, marketSchema } from '../../shared/domain/ids.ts'
import { FEED_FORMATS } from '../../shared/ingest/feeds/record.ts'
import { flagOf } from '../http/query.ts'

const bulkQuerySchema = z.object({
  dry_run: z.string().optional(),
  format: z.enum(['auto', ...FEED_FORMATS]).optional(),
  market: marketSchema.optional(),
  currency: currencySchema.optional(),
  dates: z.enum(['dmy', 'mdy']).optional(),
  resolve: z.enum(['sku']).optional(),
})

/**
 * What a bulk write is told beside its body; a slip of the pen is refused also where the body's form would pass it over.
 * @throws Problem `invalid_request`
 */
export function readBulkQuery(query: Record<string, string>): { dryRun: boolean } {
  return { dryRun: flagOf(decode(bulkQuerySchema, query).dry_run, 'dry_run') }
}
