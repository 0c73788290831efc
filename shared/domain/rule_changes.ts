import { canonicalJson } from '../base/hash.ts'
import type { Rule } from './rule.ts'

/** What one set of rules changes of another, by rule; the order of a set says nothing. */
export interface RuleChanges {
  added: string[]
  removed: string[]
  changed: Array<{ id: string; fields: string[] }>
}

export function ruleChanges(before: readonly Rule[], after: readonly Rule[]): RuleChanges {
  const old = new Map(before.map((rule) => [rule.id, rule]))
  const now = new Set(after.map((rule) => rule.id))
  const changes: RuleChanges = { added: [], removed: [...old.keys()].filter((id) => !now.has(id)).sort(), changed: [] }
  for (const rule of [...after].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const was = old.get(rule.id)
    if (was === undefined) {
      changes.added.push(rule.id)
      continue
    }
    const names = [...new Set([...Object.keys(was), ...Object.keys(rule)])] as Array<keyof Rule>
    const fields = names.filter((name) => canonicalJson(was[name]) !== canonicalJson(rule[name])).sort()
    if (fields.length > 0) changes.changed.push({ id: rule.id, fields })
  }
  return changes
}

export const isSameRules = (before: readonly Rule[], after: readonly Rule[]): boolean => {
  const { added, removed, changed } = ruleChanges(before, after)
  return added.length + removed.length + changed.length === 0
}
