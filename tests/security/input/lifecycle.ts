/** What one request makes and another takes away: the two checks that need several requests. */
import fc from 'fast-check'
import type { Case } from './case.ts'
import type { Answer, Judge, Judged } from './checks.ts'
import type { Document, Operation } from './document.ts'
import type { Send } from './doors.ts'
import { judged } from './judged.ts'
import { createRequests } from './requests.ts'

/** The operations of one path of a named thing. */
export interface Life {
  path: string
  get: Operation
  put: Operation | undefined
  remove: Operation | undefined
}

/** A body is changed so that whoever reads the thing afterwards can see it: an item is shown in the market that is asked. */
const SEEN: Readonly<Record<string, object>> = {
  '/v1/items/{id}': { offers: [{ market: '*', currency: 'EUR', price: 100 }] },
}
/** A sender's own clock may say that something newer is there already. */
const CLOCKS = ['updated_at', 'version', 'expect']

/** Paths of things that can be written or deleted, and read. */
export function livesOf({ operations }: Document): Life[] {
  const at = (path: string, method: string) => operations.find((one) => one.path === path && one.method === method)
  return [...new Set(operations.map(({ path }) => path))].flatMap((path) => {
    const [get, put, remove] = [at(path, 'GET'), at(path, 'PUT'), at(path, 'DELETE')]
    // Where nothing is put, a deletion takes something away only if it can miss it.
    const removes = put !== undefined || remove?.answers.get(404)?.codes.has('not_found') === true
    if (get === undefined || !path.includes('{') || (put === undefined && !(remove && removes))) return []
    return [{ path, get, put, remove }]
  })
}

/** One life: put where it can be, read, deleted where it can be, read again. */
export interface Story {
  life: Life
  put: Case | undefined
  get: Case
  remove: Case | undefined
}

export function createStories(document: Document) {
  const { goodOne } = createRequests(document)
  return (life: Life): fc.Arbitrary<Story> =>
    fc
      .tuple(goodOne(life.get), ...[life.put, life.remove].map((one) => (one ? goodOne(one) : fc.constant(undefined))))
      .map(([get, put, remove]) => {
        const path = (put ?? get!).sent.target.split('?')[0]!
        const there = (one: Case | undefined): Case | undefined =>
          one && { ...one, due: 'answered', sent: { ...one.sent, target: path } }
        return { life, get: there(get)!, put: put && plain(there(put)!, life.path), remove: there(remove) }
      })
}

function plain(put: Case, path: string): Case {
  const body = JSON.parse(Buffer.from(put.sent.body!).toString('utf8')) as Record<string, unknown>
  for (const name of CLOCKS) delete body[name]
  return {
    ...put,
    sent: { ...put.sent, body: new Uint8Array(Buffer.from(JSON.stringify({ ...body, ...SEEN[path] }))) },
  }
}

/** Lives one story; what is wrong, and with which answer. */
export async function live(
  { put, get, remove }: Story,
  judge: Judge,
  send: Send,
): Promise<Judged & { answer: Answer }> {
  const all: Judged = { faults: [], applied: [] }
  const ask = async (one: Case): Promise<Answer> => {
    const { answer, faults, applied } = await judged(one, judge, send)
    all.faults.push(...faults)
    all.applied.push(...applied)
    return answer
  }
  if (put !== undefined) {
    const made = await ask(put)
    if (made.status >= 300) return { ...all, answer: made }
  }
  const before = await ask(get)
  if (put !== undefined) {
    all.applied.push('ensure_resource_availability')
    if (before.status >= 300)
      all.faults.push({ check: 'ensure_resource_availability', detail: `was put, and is read with ${before.status}` })
  }
  if (remove === undefined || before.status >= 300) return { ...all, answer: before }
  const removed = await ask(remove)
  if (removed.status >= 300) return { ...all, answer: removed }
  const after = await ask(get)
  all.applied.push('use_after_free')
  if (after.status !== 404)
    all.faults.push({ check: 'use_after_free', detail: `was deleted, and is read with ${after.status}` })
  return { ...all, answer: after }
}
