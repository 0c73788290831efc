import * as answers from '../../shared/domain/gate_answers.ts'
import type { Operation } from './operation.ts'

const tag = 'Language models'
const gate = { status: 200, description: 'The gate as it is now', schema: answers.gateAnswerSchema }
const worth = { status: 200, description: 'What is said now', schema: answers.worthAnswerSchema }

export const GATE_OPERATIONS: Operation[] = [
  {
    method: 'get',
    path: '/v1/gates',
    tag,
    key: 'sk',
    summary: 'Where a language model’s order serves, and on what evidence',
    description:
      'Every placement is `off`, `shadow` (orders are made and noted, not shown), `trial` (drafts of both orders) or `live`. Evidence moves it, nobody has to.',
    answer: { status: 200, description: 'Every placement', schema: answers.gatesAnswerSchema },
  },
  {
    method: 'put',
    path: '/v1/gates/{placement}',
    tag,
    key: 'sk',
    summary: 'Fixes a placement',
    description:
      'It stays so until it is released, whatever evidence says. Shelves follow within half a minute. May be repeated.',
    body: { type: 'application/json', schema: answers.gateBodySchema },
    answer: gate,
    problems: ['unknown_placement'],
  },
  {
    method: 'delete',
    path: '/v1/gates/{placement}',
    tag,
    key: 'sk',
    summary: 'Lets evidence decide again',
    description: 'From the present mode on: a trial of one’s own counts as the first.',
    answer: gate,
    problems: ['unknown_placement'],
  },
  {
    method: 'get',
    path: '/v1/gates:worth',
    tag,
    key: 'sk',
    summary: 'What shelves are worth in money',
    answer: worth,
  },
  {
    method: 'put',
    path: '/v1/gates:worth',
    tag,
    key: 'sk',
    summary: 'Says what shelves are worth in money',
    description:
      'Then a language model’s order has to earn what it takes. Other figures are another basis: evidence begins anew.',
    body: { type: 'application/json', schema: answers.worthBodySchema },
    answer: worth,
  },
  {
    method: 'delete',
    path: '/v1/gates:worth',
    tag,
    key: 'sk',
    summary: 'Counts clicks alone again',
    answer: worth,
  },
]
