import { callAgainSchema, callRecordSchema } from '../../shared/domain/call_record.ts'
import type { Operation } from './operation.ts'

export const MODEL_OPERATIONS: Operation[] = [
  {
    method: 'get',
    path: '/v1/model/calls/{key}',
    tag: 'Language models',
    key: 'sk',
    summary: 'A call to a language model, as it was made',
    description:
      'Prompt and answer of an order or of reasons, by the key that a log line or an order names. Kept for a week. What a shopper typed is in it without addresses, numbers of telephones, cards and accounts.',
    answer: { status: 200, description: 'The call', schema: callRecordSchema },
    problems: ['not_found'],
  },
  {
    method: 'post',
    path: '/v1/model/calls/{key}/again',
    tag: 'Language models',
    key: 'sk',
    summary: 'Makes the same call once more',
    description: "Beside what it answered then. It is paid for from the shop's budget; nothing that is served changes.",
    answer: { status: 200, description: 'Both answers', schema: callAgainSchema },
    problems: ['not_found'],
  },
]
