import { sha256 } from '../../shared/base/hash.ts'
import { equalBytes } from '../../shared/base/hmac.ts'
import { Problem } from '../../shared/base/problem.ts'
import { CALLER_HEADER, type Caller, readCaller } from '../http/caller.ts'
import type { IngestDeps } from './deps.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

/**
 * Who is asking: a shop that `api` has proved, or an administrator by the admin key, which only this worker can check.
 * @throws Problem `unauthorized`
 */
export async function callerOf(headers: Headers, deps: IngestDeps): Promise<Caller> {
  if (headers.get(CALLER_HEADER) !== null) return readCaller(headers)
  const key = /^Bearer\s+(ak_\S+)$/i.exec(headers.get('authorization') ?? '')?.[1]
  if (key === undefined || deps.adminKeyHash === '')
    throw new Problem('unauthorized', { detail: 'This needs the admin key' })
  if (!equalBytes(bytes(await sha256(key)), bytes(deps.adminKeyHash))) throw new Problem('unauthorized')
  return { role: 'admin' }
}
