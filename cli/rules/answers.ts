// What the CLI reads of the answers about rules. Unknown fields are dropped, not refused: the API only ever adds.
import * as z from 'zod'

const changesSchema = z.object({
  added: z.array(z.string()),
  removed: z.array(z.string()),
  changed: z.array(z.object({ id: z.string(), fields: z.array(z.string()) })),
})
export type Changes = z.infer<typeof changesSchema>

const warningsSchema = z.array(z.object({ rule: z.string(), detail: z.string() }))
const versionSchema = z.object({
  version: z.number(),
  restored_from: z.number().nullable(),
  label: z.string(),
  note: z.string(),
  published_at: z.string().nullable(),
})

const ruleSchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  enabled: z.boolean(),
  priority: z.number(),
  from: z.string().optional(),
  until: z.string().optional(),
  when: z.record(z.string(), z.unknown()).optional(),
  action: z.looseObject({ kind: z.string() }),
})
export type ShownRule = z.infer<typeof ruleSchema>

export const rulesSchema = versionSchema.extend({ active: z.boolean(), rules: z.array(ruleSchema) })
export const publishedSchema = versionSchema.extend({
  created: z.boolean(),
  changes: changesSchema,
  warnings: warningsSchema,
})
export const versionsSchema = z.object({
  versions: z.array(
    versionSchema.extend({ active: z.boolean(), rules: z.number(), changes: changesSchema.nullable() }),
  ),
  next: z.number().nullable(),
})
export type Version = z.infer<typeof versionsSchema>['versions'][number]

const effectsSchema = z.array(z.object({ rule: z.string(), effect: z.string() }))
export type Effects = z.infer<typeof effectsSchema>
const previewShelfSchema = z.object({
  rung: z.string(),
  degraded: z.array(z.string()),
  items: z.array(
    z.object({
      rank: z.number(),
      id: z.string(),
      title: z.string(),
      base_rank: z.number().nullable(),
      rules: effectsSchema,
    }),
  ),
})
export const previewSchema = z.object({
  placement: z.string(),
  market: z.string(),
  locale: z.string(),
  at: z.string(),
  active_version: z.number(),
  before: previewShelfSchema,
  after: previewShelfSchema,
  kept_back: z.array(
    z.object({
      id: z.string(),
      title: z.string().nullable(),
      base_rank: z.number().nullable(),
      before_rank: z.number().nullable(),
      rules: effectsSchema,
    }),
  ),
  rules: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      why_not: z.string().nullable(),
      touched: z.number(),
      missing: z.array(z.string()),
    }),
  ),
  warnings: warningsSchema,
})
export type Preview = z.infer<typeof previewSchema>
