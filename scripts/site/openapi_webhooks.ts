import * as z from 'zod'
import { shopIdSchema } from '../../shared/domain/ids.ts'
import * as answers from '../../shared/domain/webhook_answers.ts'
import { sourceNameSchema, webhookSourceBodySchema } from '../../shared/domain/webhook_source.ts'
import type { Operation } from './operation.ts'

const inQuery = (name: string, description: string, schema: object = { type: 'string' }) => ({
  name,
  in: 'query',
  schema,
  description,
})
const PAGE = [
  inQuery('cursor', 'Where the page before ended'),
  inQuery('limit', 'Rows of a page', { type: 'integer', minimum: 1, maximum: 200, default: 50 }),
]

const DOOR: Operation = {
  method: 'post',
  path: '/webhooks/{source}/{shop}',
  tag: 'Webhooks',
  key: 'none',
  summary: 'A delivery of a platform',
  description:
    'The signature is the key: Standard Webhooks, Shopify, WooCommerce, BigCommerce, or as the source is configured. 401 means that nobody signed these bytes, 413 that they are too many, 503 that nothing could be committed; every other delivery is answered with 200 and is committed, known, or kept among the dead letters. Nothing limits the rate.',
  body: { type: 'application/json', schema: z.looseObject({}) },
  answer: { status: 200, description: 'What became of it', schema: answers.receiptSchema },
  problems: ['unauthorized', 'payload_too_large', 'unavailable'],
}

const SOURCES: Operation[] = [
  {
    method: 'get',
    path: '/v1/webhooks',
    tag: 'Webhooks',
    key: 'sk',
    summary: 'Who may deliver',
    answer: { status: 200, description: 'Sources by name', schema: answers.webhookSourcesAnswerSchema },
  },
  {
    method: 'put',
    path: '/v1/webhooks/{source}',
    tag: 'Webhooks',
    key: 'sk',
    summary: 'Creates or changes a source',
    description:
      'Secrets are kept sealed and never shown. To exchange one, put both, then the new one alone. Takes effect at once for new secrets and within 30 seconds for everything else.',
    body: { type: 'application/json', schema: webhookSourceBodySchema },
    answer: {
      ...{ status: 200, description: 'The source, changed', others: { 201: 'The source, new' } },
      schema: answers.webhookSourceAnswerSchema,
    },
  },
  {
    method: 'get',
    path: '/v1/webhooks/{source}',
    tag: 'Webhooks',
    key: 'sk',
    summary: 'A source, without its secrets',
    answer: { status: 200, description: 'The source', schema: answers.webhookSourceAnswerSchema },
    problems: ['not_found'],
  },
  {
    method: 'delete',
    path: '/v1/webhooks/{source}',
    tag: 'Webhooks',
    key: 'sk',
    summary: 'Removes a source; its deliveries are refused within 30 seconds',
    answer: { status: 200, description: 'Removed', schema: answers.sourceRemovedSchema },
    problems: ['not_found'],
  },
  {
    method: 'get',
    path: '/v1/webhooks/deliveries',
    tag: 'Webhooks',
    key: 'sk',
    summary: 'Deliveries of the last two weeks, newest first',
    query: [inQuery('source', 'Of this source alone', sourceNameSchema), ...PAGE],
    answer: { status: 200, description: 'A page', schema: answers.deliveriesAnswerSchema },
  },
]

/** The same four operations over a shop's own letters and, with the admin key, over everybody's. */
function letterOperations(base: string, tag: string, key: 'sk' | 'admin', query: Operation['query']): Operation[] {
  return [
    {
      ...{ method: 'get', path: base, tag, key },
      summary: 'What could not be taken, newest first',
      query: [
        inQuery('origin', 'Such as `webhook:shopify` or `queue:shelfwise-events`', answers.letterOriginSchema),
        ...(query ?? []),
        ...PAGE,
      ],
      answer: { status: 200, description: 'A page', schema: answers.deadLettersAnswerSchema },
    },
    {
      ...{ method: 'get', path: `${base}/{seq}`, tag, key },
      summary: 'A dead letter with its body',
      answer: { status: 200, description: 'The letter', schema: answers.deadLetterAnswerSchema },
      problems: ['not_found'],
    },
    {
      ...{ method: 'post', path: `${base}/{seq}/replay`, tag, key },
      summary: 'Sends a dead letter again',
      description: "It is read with the source's configuration of now. Success removes it; failure keeps it.",
      answer: { status: 200, description: 'What became of it', schema: answers.replayAnswerSchema },
      problems: ['not_found', 'conflict'],
    },
    {
      ...{ method: 'delete', path: `${base}/{seq}`, tag, key },
      summary: 'Drops a dead letter',
      answer: { status: 200, description: 'Dropped', schema: answers.droppedAnswerSchema },
      problems: ['not_found'],
    },
  ]
}

export const WEBHOOK_OPERATIONS: Operation[] = [
  DOOR,
  ...SOURCES,
  ...letterOperations('/v1/dead-letters', 'Webhooks', 'sk', []),
  ...letterOperations('/admin/dead-letters', 'Administration', 'admin', [
    inQuery('shop', 'Of this shop alone', shopIdSchema),
  ]),
]
