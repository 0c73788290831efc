/** The entry of a key, made and kept when there is none yet. */
export function entryOf<V>(table: Map<string, V>, key: string, make: () => V): V {
  let entry = table.get(key)
  if (entry === undefined) {
    entry = make()
    table.set(key, entry)
  }
  return entry
}
