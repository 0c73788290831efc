/** JSON under one key of the browser's storage; what is blocked or damaged reads as absent. */
export function kept<T>(key: string, storage: () => Storage = () => localStorage) {
  return {
    read(): T | null {
      try {
        return JSON.parse(storage().getItem(key) ?? 'null') as T | null
      } catch {
        return null
      }
    },
    write(value: T): void {
      try {
        storage().setItem(key, JSON.stringify(value))
      } catch {}
    },
  }
}
