import * as z from 'zod'
import { PROBLEMS } from '../../shared/base/problem.ts'
import * as answers from '../../shared/domain/api_answers.ts'
import { audienceSchema } from '../../shared/domain/audience.ts'
import { eventSchema } from '../../shared/domain/event.ts'
import { explainRequestSchema, explanationSchema } from '../../shared/domain/explanation.ts'
import { localeSchema, marketSchema, momentSchema } from '../../shared/domain/ids.ts'
import { itemBodySchema, itemDeletionSchema, itemLineSchema } from '../../shared/domain/item.ts'
import { itemDetailsSchema } from '../../shared/domain/item_details.ts'
import { keyBodySchema } from '../../shared/domain/key.ts'
import { LIMITS } from '../../shared/domain/limits.ts'
import {
  recommendationRequestSchema,
  recommendationResponseSchema,
  rerankRequestSchema,
} from '../../shared/domain/recommendation.ts'
import { placementBodySchema, shopBodySchema } from '../../shared/domain/shop.ts'
import { answersOf } from './openapi_answers.ts'
import { ENRICHMENT_OPERATIONS } from './openapi_enrichment.ts'
import { EXPORT_OPERATIONS, FEED_CONTENT, feedQuery, REPEATABLE_PROBLEMS, repeatable } from './openapi_feeds.ts'
import { GATE_OPERATIONS } from './openapi_gates.ts'
import { MODEL_OPERATIONS } from './openapi_model.ts'
import { pathSchema } from './openapi_paths.ts'
import { RANKER_OPERATIONS } from './openapi_ranker.ts'
import { RULE_OPERATIONS } from './openapi_rules.ts'
import { USER_OPERATIONS } from './openapi_users.ts'
import { WEBHOOK_OPERATIONS } from './openapi_webhooks.ts'
import type { Operation } from './operation.ts'

type Json = Record<string, unknown>
/** Schemas that refer to themselves; the document keeps them in one place. */
const named = new Map<string, Json>()

const dryRun: Json = {
  name: 'dry_run',
  in: 'query',
  schema: { type: 'boolean' },
  description: 'Checks and reports, writes nothing',
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, $defs, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json
  for (const [name, definition] of Object.entries(($defs ?? {}) as Json)) named.set(name, hoisted(definition))
  return hoisted(rest)
}

function hoisted(schema: unknown): Json {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json
}

/** Query parameters of the GET twin: the body's properties, lists by commas, trees as JSON. */
function queryParameters(body: z.ZodType): Json[] {
  const { properties, required = [] } = schemaOf(body, 'input') as {
    properties: Record<string, Json>
    required?: string[]
  }
  const parameters = Object.entries(properties).map(([name, schema]): Json => {
    const { description, ...rest } = schema
    const base = {
      ...{ name, in: 'query' },
      ...(required.includes(name) ? { required: true } : {}),
      ...(description === undefined ? {} : { description }),
    }
    if (rest.type === 'array' && !['history', 'recent'].includes(name))
      return { ...base, style: 'form', explode: false, schema: rest }
    if (['filter', 'history', 'recent'].includes(name))
      return { ...base, content: { 'application/json': { schema: rest } } }
    return { ...base, schema: rest }
  })
  return [
    ...parameters,
    { name: 'key', in: 'query', schema: { type: 'string' }, description: 'A browser key (pk_), instead of the header' },
  ]
}

const OPERATIONS: Operation[] = [
  {
    method: 'get',
    path: '/v1/recommendations',
    tag: 'Shelves',
    key: 'pk_or_sk',
    summary: 'A shelf, by query string',
    description: 'With the key in `?key=` a browser needs no preflight. Lists are separated by commas or repeated.',
    query: queryParameters(recommendationRequestSchema),
    answer: { status: 200, description: 'The shelf', schema: recommendationResponseSchema },
    problems: ['invalid_cursor', 'forbidden', 'unknown_placement'],
  },
  {
    method: 'post',
    path: '/v1/recommendations',
    tag: 'Shelves',
    key: 'pk_or_sk',
    summary: 'A shelf',
    description:
      "Items that can be sold now in the shopper's market, each with its reason. `served.rung` says which rung of the ladder answered.",
    body: { type: 'application/json', schema: recommendationRequestSchema },
    answer: { status: 200, description: 'The shelf', schema: recommendationResponseSchema },
    problems: ['invalid_cursor', 'forbidden', 'unknown_placement'],
  },
  {
    method: 'post',
    path: '/v1/rerank',
    tag: 'Shelves',
    key: 'pk_or_sk',
    summary: 'Your own candidates, in order',
    description:
      'The candidates that can be sold now, in the order of the placement for this shopper, each with its reason. Nothing else is added.',
    body: { type: 'application/json', schema: rerankRequestSchema },
    answer: { status: 200, description: 'The candidates, best first', schema: recommendationResponseSchema },
    problems: ['forbidden', 'unknown_placement'],
  },
  {
    method: 'get',
    path: '/v1/explain',
    tag: 'Shelves',
    key: 'pk_or_sk',
    summary: 'Why this item, why here, why not that one',
    description:
      'Takes the parameters of a shelf and tells of one item where it stands on it and why; or the first cause why it does not, and the smallest change of a closed list that shows it, tried on the shelf itself. A browser key is told facts, without rules, scores and changes.',
    query: queryParameters(explainRequestSchema),
    answer: { status: 200, description: 'The explanation', schema: explanationSchema },
    problems: ['invalid_cursor', 'forbidden', 'unknown_placement'],
  },
  {
    method: 'get',
    path: '/v1/items/{id}',
    tag: 'Items',
    key: 'pk_or_sk',
    summary: 'One item, with what was understood of its text',
    description:
      'As one market sees it. Every sentence of `understanding` was checked against the item’s own text; what that text does not support is not there.',
    query: [
      {
        name: 'market',
        in: 'query',
        schema: marketSchema,
        description: "The shop's default market when absent",
      },
      {
        name: 'locale',
        in: 'query',
        schema: localeSchema,
        description: "The market's language when absent",
      },
      {
        name: 'key',
        in: 'query',
        schema: { type: 'string' },
        description: 'A browser key (pk_), instead of the header',
      },
    ],
    answer: { status: 200, description: 'The item', schema: itemDetailsSchema },
    problems: ['not_found'],
  },
  {
    method: 'get',
    path: '/v1/items/{id}/audience',
    tag: 'Items',
    key: 'sk',
    summary: 'Who would want an item',
    description:
      'Tastes of the shop whose shoppers want the item more than others, with what they want else. Known for an item without a single event as soon as its text is; `basis`, `shoppers` and `own_share` say what it rests on. No taste has fewer than twenty shoppers, and none of them is named.',
    answer: { status: 200, description: 'At most five tastes, the largest lift first', schema: audienceSchema },
    problems: ['not_found'],
  },
  {
    method: 'post',
    path: '/v1/events',
    tag: 'Events',
    key: 'pk_or_sk',
    summary: 'What shoppers did',
    description: `Up to ${LIMITS.eventsPerRequest} events; each is accepted, rejected or a duplicate by itself. The shopper's next shelf sees them.`,
    body: {
      type: 'application/json',
      schema: z.strictObject({ events: z.array(eventSchema).min(1).max(LIMITS.eventsPerRequest) }),
    },
    answer: { status: 202, description: 'Committed', schema: answers.eventsAnswerSchema },
  },
  {
    method: 'post',
    path: '/v1/events:bulk',
    tag: 'Events',
    key: 'sk',
    summary: 'Many events, one a line',
    description: `Up to ${LIMITS.bulkEventLines} lines of any past time; ids are remembered for ever. Order histories come as tables too; the lines of one order belong in one request.`,
    query: [dryRun, ...feedQuery('events'), repeatable],
    body: { type: 'application/x-ndjson', schema: eventSchema, others: FEED_CONTENT.events },
    answer: { status: 200, description: 'Committed', schema: answers.eventsBulkAnswerSchema },
    problems: REPEATABLE_PROBLEMS,
  },
  {
    method: 'put',
    path: '/v1/items/{id}',
    tag: 'Items',
    key: 'sk',
    summary: 'Creates or changes an item',
    body: { type: 'application/json', schema: itemBodySchema },
    answer: { status: 200, description: 'Committed, or known not to be news', schema: answers.itemAnswerSchema },
  },
  {
    method: 'delete',
    path: '/v1/items/{id}',
    tag: 'Items',
    key: 'sk',
    summary: 'Deletes an item, leaving a tombstone',
    query: [
      {
        name: 'updated_at',
        in: 'query',
        schema: momentSchema,
        description: "The source's clock; now when absent",
      },
    ],
    answer: { status: 200, description: 'Committed', schema: answers.itemAnswerSchema },
  },
  {
    method: 'post',
    path: '/v1/items:bulk',
    tag: 'Items',
    key: 'sk',
    summary: 'Many items, one a line',
    description: `Up to ${LIMITS.bulkItemLines} lines or products; each has its own result, with the line where it begins. Google Merchant and Shopify files are taken as they are.`,
    query: [dryRun, ...feedQuery('items'), repeatable],
    body: {
      type: 'application/x-ndjson',
      schema: z.union([itemLineSchema, itemDeletionSchema]),
      others: FEED_CONTENT.items,
    },
    answer: { status: 200, description: 'One result a line', schema: answers.itemsBulkAnswerSchema },
    problems: REPEATABLE_PROBLEMS,
  },
  {
    method: 'put',
    path: '/v1/placements/{placement}',
    tag: 'Shop',
    key: 'sk',
    summary: 'What a placement shows and how',
    body: { type: 'application/json', schema: placementBodySchema },
    answer: {
      status: 200,
      description: 'The placement',
      schema: placementBodySchema.extend({ placement: z.string() }),
    },
  },
  {
    method: 'get',
    path: '/v1/jobs',
    tag: 'Shop',
    key: 'sk',
    summary: 'Where the background work stands',
    answer: { status: 200, description: 'Backlog and jobs', schema: answers.jobsAnswerSchema },
  },
  {
    method: 'put',
    path: '/v1/shops/{shop}',
    tag: 'Administration',
    key: 'admin',
    summary: 'Creates or changes a shop',
    body: { type: 'application/json', schema: shopBodySchema },
    answer: {
      ...{ status: 200, description: 'The shop was there', others: { 201: 'The shop is new' } },
      schema: answers.shopAnswerSchema,
    },
  },
  {
    method: 'post',
    path: '/v1/shops/{shop}/keys',
    tag: 'Administration',
    key: 'admin',
    summary: 'Makes a key; shown once',
    body: { type: 'application/json', schema: keyBodySchema },
    answer: { status: 201, description: 'The key', schema: answers.keyAnswerSchema },
    problems: ['not_found', 'conflict'],
  },
  {
    method: 'delete',
    path: '/v1/shops/{shop}/keys/{hash}',
    tag: 'Administration',
    key: 'admin',
    summary: 'Revokes a key within a minute',
    answer: { status: 200, description: 'Revoked', schema: answers.revokedAnswerSchema },
    problems: ['not_found'],
  },
  {
    method: 'get',
    path: '/health',
    tag: 'Service',
    key: 'none',
    summary: 'Whether the worker answers',
    answer: { status: 200, description: 'It does', schema: answers.healthAnswerSchema },
  },
]

/** The OpenAPI 3.1 document, made from the schemas that validate. */
export function openApi(version: string): Json {
  const paths: Record<string, Json> = {}
  for (const operation of [
    ...OPERATIONS,
    ...EXPORT_OPERATIONS,
    ...USER_OPERATIONS,
    ...WEBHOOK_OPERATIONS,
    ...ENRICHMENT_OPERATIONS,
    ...RULE_OPERATIONS,
    ...RANKER_OPERATIONS,
    ...GATE_OPERATIONS,
    ...MODEL_OPERATIONS,
  ]) {
    paths[operation.path] ??= {}
    paths[operation.path]![operation.method] = describe(operation)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Shelfwise',
      version,
      description: 'Recommendations at the edge that can say why. Version 1 only ever grows.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    components: {
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description: '`pk_` in browsers, `sk_` on servers, `ak_` for administration',
        },
      },
      schemas: { Problem: schemaOf(answers.problemSchema, 'output'), ...Object.fromEntries(named) },
    },
    paths,
    'x-problems': Object.entries(PROBLEMS).map(([code, { status, title }]) => ({ code, status, title })),
  }
}

function describe(operation: Operation): Json {
  const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map(
    (match): Json => ({
      ...{ name: match[1], in: 'path', required: true },
      schema: schemaOf(pathSchema(operation.path, match[1]!), 'input'),
    }),
  )
  const { body } = operation
  return {
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    operationId: `${operation.method}${operation.path.replace(/[^A-Za-z]+(\w)?/g, (_, next: string | undefined) => next?.toUpperCase() ?? '')}`,
    'x-key': operation.key,
    security: operation.key === 'none' ? [] : [{ key: [] }],
    parameters: [...inPath, ...(operation.query ?? []).map(plainParameter)],
    ...(body === undefined ? {} : { requestBody: { required: body.optional !== true, content: contentOf(body) } }),
    responses: answersOf(operation, schemaOf(operation.answer.schema, 'output')),
  }
}

/** A parameter whose schema is one of those that validate, as JSON. */
const plainParameter = ({ schema, ...rest }: Json): Json =>
  schema === undefined ? rest : { ...rest, schema: schema instanceof z.ZodType ? schemaOf(schema, 'input') : schema }

function contentOf({ type, schema, others = [] }: NonNullable<Operation['body']>): Json {
  const asText = others.map((name) => [name, { schema: { type: 'string' } }] as const)
  return { [type]: { schema: schemaOf(schema, 'input') }, ...Object.fromEntries(asText) }
}
