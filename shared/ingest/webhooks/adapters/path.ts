/** Names that lead out of the body into the language. */
const FORBIDDEN = new Set(['__proto__', 'prototype', 'constructor'])
/** Values that one path may give: lists inside lists multiply. */
const MOST_VALUES = 10_000

type Step = { kind: 'name'; name: string } | { kind: 'index'; index: number } | { kind: 'every' }

/** A path of the mapping's schema as steps: `a.b[0].c[]`. Null when it is none. */
export function parsePath(path: string): readonly Step[] | null {
  const steps: Step[] = []
  for (const part of path.split('.')) {
    const match = /^([A-Za-z0-9_$-]+)((?:\[\d*\])*)$/.exec(part)
    if (match === null || FORBIDDEN.has(match[1]!)) return null
    steps.push({ kind: 'name', name: match[1]! })
    for (const [, index] of match[2]!.matchAll(/\[(\d*)\]/g)) {
      steps.push(index === '' ? { kind: 'every' } : { kind: 'index', index: Number(index) })
    }
  }
  return steps
}

/** Every value that stands at the path, in order; none where the body has another shape. Own keys alone are followed. */
export function valuesAt(body: unknown, path: string): unknown[] {
  let values: unknown[] = [body]
  for (const step of parsePath(path) ?? [{ kind: 'index', index: -1 } as const]) {
    const next: unknown[] = []
    for (const value of values) {
      for (const one of taken(value, step)) {
        if (next.length === MOST_VALUES) break
        next.push(one)
      }
    }
    values = next
  }
  return values.filter((value) => value !== undefined && value !== null)
}

function taken(value: unknown, step: Step): readonly unknown[] {
  if (step.kind === 'name') {
    const isOwn =
      typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, step.name)
    return isOwn ? [(value as Record<string, unknown>)[step.name]] : []
  }
  if (!Array.isArray(value)) return []
  if (step.kind === 'every') return value as unknown[]
  return step.index >= 0 && step.index < value.length ? [value[step.index]] : []
}
