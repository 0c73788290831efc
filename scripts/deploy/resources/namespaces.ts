import type { Platform } from '../platform/client.ts'
import { findOrCreate } from '../platform/ensure.ts'
import type { Step } from '../steps.ts'

interface Namespace {
  id: string
  title: string
}

/** A KV namespace is found by its title and used by its id, which is noted under the binding. */
export function namespaceStep(
  { binding, title }: { binding: string; title: string },
  path: string,
  platform: Platform,
  ids: Map<string, string>,
  sleep: (ms: number) => Promise<void>,
): Step {
  const what = `KV namespace ${title}`
  const find = async () =>
    (await platform.list<Namespace>(`${path}/storage/kv/namespaces`, what)).find((one) => one.title === title) ?? null
  const create = () => platform.write<Namespace>('POST', `${path}/storage/kv/namespaces`, { title })
  return {
    name: what,
    async look() {
      const found = await find()
      if (found === null) return { done: false, said: 'create' }
      ids.set(binding, found.id)
      return { done: true, said: found.id }
    },
    async take() {
      ids.set(binding, (await findOrCreate(what, find, create, sleep)).id)
    },
  }
}
