/** What is asked of an account after a deployment, whoever deployed and however often it was cut off. */
import { type Account, duplicatesOf, stateOf } from './platform/account.ts'
import type { StandIn } from './platform/server.ts'

/** What is wrong with an account that should be as another one; empty when nothing is. */
export function wrongWith(account: Account, wanted: string): string[] {
  const state = stateOf(account)
  return [
    ...duplicatesOf(account).map((name) => `twice: ${name}`),
    ...(state === wanted ? [] : [`not the same end: ${firstDifference(state, wanted)}`]),
    ...secretsApart(account).map((name) => `${name} is not the same in all workers`),
  ]
}

/** Secrets of one name and several values: recommendation ids that one worker signs would be refused by another. */
export function secretsApart(account: Account): string[] {
  const values = new Map<string, Set<string>>()
  for (const name of account.scripts.keys())
    for (const binding of account.deployed(name)?.bindings ?? [])
      if (binding.type === 'secret_text')
        values.set(binding.name, (values.get(binding.name) ?? new Set()).add(String(binding.text)))
  return [...values].filter(([, all]) => all.size > 1).map(([name]) => name)
}

/** Every secret that a worker has, to look for where none may be. */
export const secretsIn = (account: Account): string[] =>
  [...account.scripts.keys()].flatMap((name) =>
    (account.deployed(name)?.bindings ?? []).filter((one) => one.type === 'secret_text').map((one) => String(one.text)),
  )

export const writesSince = (platform: StandIn, from: number): string[] =>
  platform.calls
    .slice(from)
    .filter((one) => one.writes)
    .map(({ method, path }) => `${method} ${path}`)

function firstDifference(a: string, b: string): string {
  const [left, right] = [a.split('\n'), b.split('\n')]
  const at = left.findIndex((line, index) => line !== right[index])
  return `line ${at}: ${left[at]?.trim()} in the place of ${right[at]?.trim()}`
}
