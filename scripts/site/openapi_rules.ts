import { RULE_LIMITS, rollbackBodySchema, rulesBodySchema } from '../../shared/domain/rule.ts'
import * as answers from '../../shared/domain/rule_answers.ts'
import type { Operation } from './operation.ts'

const published = {
  ...{ status: 201, description: 'Active', others: { 200: 'These rules were active already' } },
  schema: answers.rulesPublishedSchema,
}

/** All of them take the shop's secret key or the admin key. */
export const RULE_OPERATIONS: Operation[] = [
  {
    method: 'get',
    path: '/v1/shops/{shop}/rules',
    tag: 'Rules',
    key: 'sk_or_admin',
    summary: 'The rules that are active',
    answer: {
      status: 200,
      description: 'Version 0 when nothing was ever published',
      schema: answers.rulesAnswerSchema,
    },
    problems: ['not_found'],
  },
  {
    method: 'put',
    path: '/v1/shops/{shop}/rules',
    tag: 'Rules',
    key: 'sk_or_admin',
    summary: 'Publishes a set of rules',
    description: `The whole set, at most ${RULE_LIMITS.rules} rules, as a new version that is active at once; shelves follow it within half a minute. With \`expect\` it is refused (409) when another version than that one is active.`,
    body: { type: 'application/json', schema: rulesBodySchema },
    answer: published,
    problems: ['not_found', 'conflict'],
  },
  {
    method: 'post',
    path: '/v1/shops/{shop}/rules/preview',
    tag: 'Rules',
    key: 'sk_or_admin',
    summary: 'Tries a draft on one shelf',
    description:
      'The shelf as it is and as the draft would make it, for any shopper, market, placement and moment, with the rules that moved each item. Nothing is written, cached or counted.',
    body: { type: 'application/json', schema: answers.rulesPreviewBodySchema },
    answer: { status: 200, description: 'Before and after', schema: answers.rulesPreviewSchema },
    problems: ['invalid_cursor', 'not_found', 'unknown_placement'],
  },
  {
    method: 'post',
    path: '/v1/shops/{shop}/rules/rollback',
    tag: 'Rules',
    key: 'sk_or_admin',
    summary: 'Makes the rules of an earlier version active again',
    description: 'As a new version, so that the history keeps what happened. Version 0 is no rules at all.',
    body: { type: 'application/json', schema: rollbackBodySchema },
    answer: published,
    problems: ['not_found', 'conflict'],
  },
  {
    method: 'get',
    path: '/v1/shops/{shop}/rules/versions',
    tag: 'Rules',
    key: 'sk_or_admin',
    summary: 'What was published, newest first',
    query: [
      {
        name: 'limit',
        in: 'query',
        schema: { type: 'integer', minimum: 1, maximum: RULE_LIMITS.listed, default: 20 },
        description: 'Versions of a page',
      },
      { name: 'below', in: 'query', schema: { type: 'integer', minimum: 1 }, description: '`next` of the page before' },
    ],
    answer: { status: 200, description: 'Each with what it changed', schema: answers.ruleVersionsSchema },
    problems: ['not_found'],
  },
  {
    method: 'get',
    path: '/v1/shops/{shop}/rules/versions/{version}',
    tag: 'Rules',
    key: 'sk_or_admin',
    summary: 'The rules of one version',
    answer: { status: 200, description: 'As they were published', schema: answers.rulesAnswerSchema },
    problems: ['not_found'],
  },
]
