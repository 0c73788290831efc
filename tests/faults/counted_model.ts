/** The model worker, telling of every question that is put to it. Nothing else differs from the one that is deployed. */
import type { CompletionCall, CompletionResult } from '../../shared/model/completer_rpc.ts'
import door, { Model as RealModel } from '../../workers/model/index.ts'
import { ASKED } from './counted_model_line.ts'

export class Model extends RealModel {
  override complete(call: CompletionCall, deadlineMs: number): Promise<CompletionResult> {
    console.log(`${ASKED} ${call.purpose}`)
    return super.complete(call, deadlineMs)
  }
}

export default door
