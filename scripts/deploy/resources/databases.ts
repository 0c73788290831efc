import type { Platform } from '../platform/client.ts'
import { findOrCreate } from '../platform/ensure.ts'
import { failureOf } from '../platform/refusals.ts'
import type { Step } from '../steps.ts'

interface Database {
  uuid: string
  name: string
  read_replication?: { mode: string } | null
}

/** A database is found by its name and used by its id, which is noted. */
export function databaseStep(
  name: string,
  path: string,
  platform: Platform,
  ids: Map<string, string>,
  sleep: (ms: number) => Promise<void>,
): Step {
  const what = `database ${name}`
  const find = async () =>
    // The platform's filter finds parts of names as well.
    (await platform.list<Database>(`${path}/d1/database?name=${encodeURIComponent(name)}`, what)).find(
      (one) => one.name === name,
    ) ?? null
  const create = () => platform.write<Database>('POST', `${path}/d1/database`, { name })
  return {
    name: what,
    async look() {
      const found = await find()
      if (found === null) return { done: false, said: 'create' }
      ids.set(name, found.uuid)
      return { done: true, said: found.uuid }
    },
    async take() {
      ids.set(name, (await findOrCreate(what, find, create, sleep)).uuid)
    },
  }
}

/** Copies near the shoppers: the platform makes them where a database says so. */
export function replicasStep(name: string, path: string, platform: Platform, ids: ReadonlyMap<string, string>): Step {
  const what = `replicas of ${name}`
  return {
    name: what,
    async look() {
      const id = ids.get(name)
      const found = id === undefined ? null : await platform.find<Database>(`${path}/d1/database/${id}`, what)
      const on = found?.read_replication?.mode === 'auto'
      return { done: on, said: on ? 'on' : 'switch on' }
    },
    async take() {
      await platform
        .write('PUT', `${path}/d1/database/${ids.get(name)}`, { read_replication: { mode: 'auto' } })
        .catch((error: unknown) => {
          throw failureOf(error, what)
        })
    },
  }
}
