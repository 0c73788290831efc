import * as z from 'zod'
import * as answers from '../../shared/domain/api_answers.ts'
import { shopIdSchema } from '../../shared/domain/ids.ts'
import { budgetBodySchema } from '../../shared/domain/shop_budget.ts'
import type { Operation } from './operation.ts'

export const ENRICHMENT_OPERATIONS: Operation[] = [
  {
    method: 'post',
    path: '/v1/enrichment:retry',
    tag: 'Shop',
    key: 'sk',
    summary: 'Tries again what waits for somebody',
    description:
      'Calls to a model whose end is unknown are forgotten, so that they may be paid for again; items in quarantine and items whose answers were of no use are due once more.',
    answer: { status: 202, description: 'How much', schema: answers.enrichmentRetryAnswerSchema },
  },
  {
    method: 'get',
    path: '/admin/jobs',
    tag: 'Administration',
    key: 'admin',
    summary: 'Where the background work of every shop stands',
    query: [
      {
        name: 'after',
        in: 'query',
        schema: z.union([shopIdSchema, z.literal('')]),
        description: '`next` of the page before',
      },
    ],
    answer: { status: 200, description: 'Fifty shops a page', schema: answers.allJobsAnswerSchema },
  },
  {
    method: 'put',
    path: '/v1/shops/{shop}/budget',
    tag: 'Administration',
    key: 'admin',
    summary: 'What a shop may spend on models a day',
    description:
      'In units of the currency that the prices of the model worker are in. Reserved and spent money together never pass it.',
    body: { type: 'application/json', schema: budgetBodySchema },
    answer: { status: 200, description: 'The budget', schema: answers.budgetAnswerSchema },
    problems: ['not_found'],
  },
]
