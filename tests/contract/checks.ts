/** Suites as lists of named checks, so that one list runs on every form of a thing and on forms that are broken on purpose. */
export interface Check<Form> {
  name: string
  /** Throws when the form does otherwise. */
  run(form: Form): Promise<void>
}

/** The names of the checks that a form does not pass, each on a form of its own. */
export async function failing<Form>(checks: ReadonlyArray<Check<Form>>, open: () => Promise<Form>): Promise<string[]> {
  const failed: string[] = []
  for (const check of checks) {
    const form = await open()
    await check.run(form).catch(() => failed.push(check.name))
  }
  return failed
}
