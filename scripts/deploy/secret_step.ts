import type { WorkerKey } from './declared.ts'
import type { PrivateFiles } from './private_files.ts'
import { type Chosen, choose, type Secret } from './secrets.ts'
import type { Step } from './steps.ts'
import type { Surroundings } from './surroundings.ts'

export interface SecretPlan {
  step: Step
  /** Those that a worker is still to be given with its deployment. */
  owed(worker: WorkerKey): Chosen[]
  /** They are set there now. */
  paid(worker: WorkerKey): void
}

/**
 * Asks for what is missing, once for all workers that need it. A secret of several workers is missing where one of them
 * lacks it: the platform gives no value back, so all get the new one. Nothing is set here: a worker gets its secrets
 * together with its code, and is never without them.
 * @param namesOf a worker's secrets; null where there is no such worker
 */
export function planSecrets(
  secrets: readonly Secret[],
  renew: readonly string[],
  namesOf: (worker: WorkerKey) => Promise<readonly string[] | null>,
  files: PrivateFiles,
  surroundings: Surroundings,
): SecretPlan {
  const owed = new Map<WorkerKey, Chosen[]>()

  async function missing(): Promise<Secret[]> {
    const workers = [...new Set(secrets.flatMap((one) => one.workers))]
    const names = new Map(await Promise.all(workers.map(async (key) => [key, (await namesOf(key)) ?? []] as const)))
    const anew = [...renew, ...files.underWay()]
    return secrets.filter((secret) => {
      if (anew.includes(secret.name)) return true
      if (secret.optional && !surroundings.env[secret.variable]) return false
      return secret.workers.some((key) => !names.get(key)!.includes(secret.name))
    })
  }

  return {
    step: {
      name: 'secrets',
      async look() {
        const list = await missing()
        if (list.length === 0) return { done: true, said: 'all are set' }
        return { done: false, said: `set ${list.map((one) => `${one.name} (${one.workers.join(', ')})`).join(', ')}` }
      },
      async take() {
        const chosen = await choose(await missing(), surroundings)
        const kept = chosen.filter((one) => one.made && one.secret.kept)
        if (kept.length > 0) files.keepMade(Object.fromEntries(kept.map((one) => [one.secret.variable, one.value])))
        files.setUnderWay(chosen.map((one) => one.secret.name))
        for (const one of chosen) for (const key of one.secret.workers) owed.set(key, [...(owed.get(key) ?? []), one])
      },
    },
    owed: (worker) => owed.get(worker) ?? [],
    paid: (worker) => void owed.delete(worker),
  }
}
