import { MINUTE_MS } from '../../base/clock.ts'
import { withDeadline } from '../../base/deadline.ts'
import type { CompleterInfo } from '../../model/completer_rpc.ts'
import type { ShelfDeps } from '../deps.ts'
import { isMaker } from '../well_formed.ts'

/** Another model is configured by a deploy: a minute is soon enough. */
const HELD_FOR_MS = MINUTE_MS
/** A call to a worker on the same machine; an isolate's first shelf waits for it beside its first wave. */
const FIRST_MS = 50

/**
 * Which model makes orders and reasons. What is held is answered at once and renewed behind the answer; only an isolate
 * that never asked waits, and then not long.
 */
export async function currentMaker(deps: ShelfDeps): Promise<CompleterInfo | null> {
  const { llm, clock } = deps
  if (llm === null) return null
  const held = llm.memory.maker
  const renew = async () => {
    const info = await llm.maker.completer()
    if (info !== null && !isMaker(info)) throw new Error('the model worker told of no model that could be used')
    llm.memory.maker = { info, readAtMs: clock.now() }
    return info
  }
  if (held === null) return withDeadline('llm_maker', FIRST_MS, renew()).catch(() => null)
  if (clock.now() - held.readAtMs >= HELD_FOR_MS) {
    llm.memory.maker = { ...held, readAtMs: clock.now() }
    deps.defer('llm_maker', renew)
  }
  return held.info
}
