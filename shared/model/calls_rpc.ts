import type { CallRecord } from '../domain/call_record.ts'
import type { CompletionResult } from './completion.ts'

/** A call that was made a second time. */
export interface CallAgain {
  before: CallRecord
  now: CompletionResult
  /** Whether both gave the same text. */
  same: boolean
}

/** Looking at calls afterwards: those that were made with a trace. */
export interface CallsRpc {
  /** Null where there is none, or no longer: calls are kept for a week. */
  call(shop: string, key: string): Promise<CallRecord | null>
  /** Asks the same again, paid for from the shop's budget under a key of its own. */
  callAgain(shop: string, key: string, deadlineMs: number): Promise<CallAgain | null>
}
