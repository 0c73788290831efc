import * as z from 'zod'

const textId = z.union([z.string().min(1), z.number()]).transform(String)
const seconds = z.number().min(0).max(32_503_680_000)

/** What a task may learn from, and which of its lists are not ranked. */
const taskSpecSchema = z.object({
  learnBefore: seconds.optional(),
  exclude: z.array(z.enum(['history', 'cart'])).default([]),
})
export type TaskSpec = z.infer<typeof taskSpecSchema>

export const descriptionSchema = z.object({
  name: z.string().min(1),
  description: z.string().optional(),
  tasks: z.record(z.string(), taskSpecSchema).default({}),
})

export const itemSchema = z.object({
  id: textId,
  title: z.string().min(1),
  description: z.string().optional(),
  categories: z.array(z.string()).optional(),
  brand: z.string().optional(),
  price: z.object({ amount: z.number(), currency: z.string() }).optional(),
  attributes: z.record(z.string(), z.unknown()).optional(),
  stock: z.number().optional(),
})
export type DatasetItem = z.infer<typeof itemSchema>

export const eventSchema = z
  .object({
    user: textId,
    item: textId,
    type: z.enum(['view', 'click', 'add_to_cart', 'purchase', 'rating']),
    value: z.number().optional(),
    ts: seconds,
    session: textId.optional(),
    country: z.string().optional(),
  })
  .refine((event) => event.type !== 'rating' || event.value !== undefined, {
    path: ['value'],
    message: 'a rating has a value',
  })
export type DatasetEvent = z.infer<typeof eventSchema>

/** A past item with its second; null where the dataset tells none. */
export type Past = readonly [id: string, ts: number | null]

const pastSchema = z.union([
  textId.transform((id): Past => [id, null]),
  z.tuple([textId, seconds]).transform(([id, ts]): Past => [id, ts]),
])

const recommendationTaskSchema = z.object({
  user: textId,
  history: z.array(pastSchema).default([]),
  cart: z.array(textId).default([]),
  candidates: z.array(textId).min(1).optional(),
  target: z.array(textId).min(1),
  at: seconds.optional(),
  country: z.string().optional(),
})

const searchTaskSchema = z.object({
  query: z.string().min(1),
  grades: z.record(z.string(), z.number().min(0)),
})

export const taskSchema = z.union([searchTaskSchema, recommendationTaskSchema])
export type SearchTask = z.infer<typeof searchTaskSchema> & { line: number }
export type RecommendationTask = z.infer<typeof recommendationTaskSchema> & { line: number }
export type Task = SearchTask | RecommendationTask

export const isSearch = <T extends object>(task: T): task is Extract<T, { query: string }> => 'query' in task
