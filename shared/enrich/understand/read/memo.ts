/**
 * A pure function that remembers its last answers: catalogues repeat their words, values and sentences. Of `entriesMax`
 * answers the older half is forgotten at a time, so that memory stays bounded and what is used stays.
 */
export function remembered<T>(entriesMax: number, compute: (key: string) => T): (key: string) => T {
  let young = new Map<string, T>()
  let old = new Map<string, T>()
  return (key) => {
    const held = young.get(key)
    if (held !== undefined) return held
    const value = old.get(key) ?? compute(key)
    if (young.size >= entriesMax / 2) {
      old = young
      young = new Map()
    }
    young.set(key, value)
    return value
  }
}
