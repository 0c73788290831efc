import type { CompletionCall } from '../../shared/model/completer_rpc.ts'
import { redactDocument } from '../../shared/prompt/redact.ts'

/** Purposes whose prompts hold a shop's own texts and nothing that a shopper typed; their quotes must stay letter for letter. */
const CATALOGUE_PURPOSES: ReadonlySet<string> = new Set(['understand', 'expand', 'profile'])

/**
 * The last line before a provider: whoever forgot to clean what a shopper typed has it cleaned here, and so has everybody
 * who comes up with a new purpose.
 */
export function redacted(call: CompletionCall): CompletionCall {
  if (CATALOGUE_PURPOSES.has(call.purpose)) return call
  return { ...call, system: redactDocument(call.system), user: redactDocument(call.user) }
}
