import type { Platform } from '../platform/client.ts'
import { findOrCreate } from '../platform/ensure.ts'
import type { Step } from '../steps.ts'

/** An R2 bucket is used by its name. */
export function bucketStep(name: string, path: string, platform: Platform, sleep: (ms: number) => Promise<void>): Step {
  const what = `R2 bucket ${name}`
  const find = () => platform.find(`${path}/r2/buckets/${name}`, what)
  return {
    name: what,
    look: async () => ((await find()) === null ? { done: false, said: 'create' } : { done: true, said: 'there' }),
    async take() {
      await findOrCreate(what, find, () => platform.write('POST', `${path}/r2/buckets`, { name }), sleep)
    },
  }
}
