import type { CallRecord } from '../../shared/domain/call_record.ts'
import type { CallAgain, CallsRpc } from '../../shared/model/calls_rpc.ts'
import type { CompleterRpc, CompletionCall } from '../../shared/model/completer_rpc.ts'
import type { CallRecordStore } from '../../shared/store/call_records.ts'

export interface ReplayDeps {
  records: Pick<CallRecordStore, 'get'>
  completer: Pick<CompleterRpc, 'complete'>
  now(): number
  unique(): string
}

/** Calls as they were made, and asked again. Only a shop's own. */
export function createReplay({ records, completer, now, unique }: ReplayDeps): CallsRpc {
  return {
    call: (shop, key) => records.get(shop, key, now()),
    async callAgain(shop, key, deadlineMs): Promise<CallAgain | null> {
      const before = await records.get(shop, key, now())
      if (before === null) return null
      const result = await completer.complete(asked(before, `${key}:again:${unique()}`), deadlineMs)
      return { before, now: result, same: result.ok && result.text === before.answer }
    },
  }
}

/** The call of a record under a key of its own: the ledger would give the old answer. */
function asked(record: CallRecord, key: string): CompletionCall {
  const { shop, purpose, system, user, schemaName, schema, maxOutputTokens, trace } = record
  return { key, shop, purpose, system, user, schemaName, schema, maxOutputTokens, trace }
}
