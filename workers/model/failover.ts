import type { Clock } from '../../shared/base/clock.ts'
import type { CompletionCall, CompletionResult } from '../../shared/model/completer_rpc.ts'
import type { DoorCompleter } from './completer.ts'

/** Less than this is not worth a second provider's while. */
const WORTHWHILE_MS = 100

export interface NamedCompleter {
  /** `provider/model`. */
  model: string
  completer: DoorCompleter
}

/**
 * Several providers in the order of preference. All is asked of the first; a call that allows it goes on to the next when
 * the one before did not take it. All share one ledger, where a key is one call: a call that may have been done, waits in a
 * batch or was answered is not asked elsewhere.
 */
export function createFailover(
  completers: readonly [NamedCompleter, ...NamedCompleter[]],
  clock: Clock,
): DoorCompleter {
  const [first, ...others] = completers
  return {
    ...first.completer,
    async complete(call: CompletionCall, deadlineMs: number, later) {
      const endsAt = clock.now() + deadlineMs
      let result: CompletionResult = await first.completer.complete(call, deadlineMs, later)
      if (call.anyProvider !== true) return result
      for (const { model, completer } of others) {
        const leftMs = endsAt - clock.now()
        if (result.ok || result.reason !== 'unavailable' || leftMs < WORTHWHILE_MS) return result
        const next = await completer.complete(call, leftMs, later)
        // The first's word on when to come again is worth more than the second's.
        if (next.ok) result = { ...next, model }
        else if (next.reason !== 'unavailable') result = next
      }
      return result
    },
  }
}
