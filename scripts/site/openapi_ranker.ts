import * as answers from '../../shared/domain/ranker_answers.ts'
import type { Operation } from './operation.ts'

const state = { status: 200, description: 'What is in force now', schema: answers.rankerStateAnswerSchema }

export const RANKER_OPERATIONS: Operation[] = [
  {
    method: 'get',
    path: '/v1/ranker',
    tag: 'Base order',
    key: 'sk',
    summary: 'The order in force, and those that were learned',
    description:
      'Each with what it was worth on shoppers that it was not learned from: NDCG@10 beside that of the shipped order.',
    answer: { status: 200, description: 'Newest first', schema: answers.rankerAnswerSchema },
  },
  {
    method: 'get',
    path: '/v1/ranker/{version}',
    tag: 'Base order',
    key: 'sk',
    summary: 'What each feature counts for',
    description: 'By what a shelf is for. `shipped` names the order that comes with the release.',
    answer: { status: 200, description: 'The orders of that version', schema: answers.rankerVersionAnswerSchema },
    problems: ['not_found'],
  },
  {
    method: 'post',
    path: '/v1/ranker:rollback',
    tag: 'Base order',
    key: 'sk',
    summary: 'Puts an earlier version in force',
    description:
      'And holds it: learning goes on and keeps what it learns, but replaces nothing until the hold is released. Shelves follow within half a minute. A request that names its version may be repeated.',
    body: { type: 'application/json', schema: answers.rankerRollbackBodySchema },
    answer: state,
    problems: ['not_found', 'conflict'],
  },
  {
    method: 'post',
    path: '/v1/ranker:release',
    tag: 'Base order',
    key: 'sk',
    summary: 'Lets learning choose again',
    description: 'What is in force stays until the next learning.',
    answer: state,
  },
]
