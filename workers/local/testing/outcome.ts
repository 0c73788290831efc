/** What a call gave: its value, or the text of its error. For suites that run against two forms of a store. */
export async function outcome(work: () => unknown): Promise<{ value: unknown } | { error: string }> {
  try {
    return { value: await work() }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

/** The error's text without SQLite's offset, which Node's SQLite does not tell. */
export async function errorOf(work: () => unknown): Promise<string> {
  const result = await outcome(work)
  if (!('error' in result)) throw new Error(`Expected an error, but got ${JSON.stringify(result.value)}`)
  return result.error.replace(/ at offset \d+/, '')
}
