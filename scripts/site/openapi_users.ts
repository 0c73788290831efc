import * as z from 'zod'
import { idSchema } from '../../shared/domain/ids.ts'
import { erasureReceiptSchema, userNamesSchema, userPageSchema } from '../../shared/domain/user_answers.ts'
import type { Operation } from './operation.ts'

const named = (name: string, description: string) => ({
  ...{ name, in: 'query', description },
  schema: z.array(idSchema).max(50),
  explode: true,
})

/** What is held of a shopper, and forgetting one. */
export const USER_OPERATIONS: Operation[] = [
  {
    method: 'get',
    path: '/v1/users/{id}',
    tag: 'Shoppers',
    key: 'sk',
    summary: 'Everything that is held of a shopper, page by page',
    description:
      'The first page has what is held by the names, 100 at a time; the following ones what was found among others’ events, shelves and dead letters. A page reads a bounded piece of these, so that it may be empty and not the last: read until there is no cursor. What is moved meanwhile may come twice, with one id; nothing is left out.',
    query: [
      named('anonymous_id', 'A further name; may be repeated'),
      named('session_id', 'A further name; may be repeated'),
      { name: 'cursor', in: 'query', schema: { type: 'string' }, description: '`next_cursor` of the page before' },
    ],
    answer: { status: 200, description: 'A page; empty for a shopper of whom nothing is held', schema: userPageSchema },
  },
  {
    method: 'delete',
    path: '/v1/users/{id}',
    tag: 'Shoppers',
    key: 'sk',
    summary: 'Forgets a shopper everywhere',
    description:
      'Asks for it, and answers with the receipt, which can be asked for again. From this moment nothing of the shopper is taken that happened before; the stores forget within a minute, those of a shop with very many partitions later. A body may name the shopper further: addresses belong there, and not into the address of a request.',
    body: { type: 'application/json', schema: userNamesSchema, optional: true },
    answer: { status: 202, description: 'It will be done', schema: erasureReceiptSchema },
  },
  {
    method: 'get',
    path: '/v1/erasures/{erasure}',
    tag: 'Shoppers',
    key: 'sk',
    summary: 'The receipt of an erasure',
    description: 'It says what was removed, by place, and no longer whom it was about.',
    answer: { status: 200, description: 'The receipt', schema: erasureReceiptSchema },
    problems: ['not_found'],
  },
]
