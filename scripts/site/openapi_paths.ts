import * as z from 'zod'
import { idSchema, placementNameSchema, shopIdSchema } from '../../shared/domain/ids.ts'
import { sourceNameSchema } from '../../shared/domain/webhook_source.ts'

/** What stands in an address, by the name that paths give to it. */
const BY_NAME: Readonly<Record<string, z.ZodType>> = {
  shop: shopIdSchema,
  id: idSchema,
  placement: placementNameSchema,
  source: sourceNameSchema,
  seq: z.int().min(1).max(999_999_999_999_999),
  hash: z.string().min(1),
  key: z.string().min(1).max(300),
}

const OF_PATH: Readonly<Record<string, z.ZodType>> = {
  '/v1/ranker/{version}': z.string().min(1).max(80),
  '/v1/shops/{shop}/rules/versions/{version}': z.int().min(0).max(999_999_999_999_999),
}

/** The schema of a path's parameter; any text where nothing more is known. */
export const pathSchema = (path: string, name: string): z.ZodType =>
  OF_PATH[path] !== undefined && name === 'version' ? OF_PATH[path] : (BY_NAME[name] ?? z.string().min(1))
