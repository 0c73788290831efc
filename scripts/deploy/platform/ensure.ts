import { Refusal, Unanswered } from './errors.ts'
import { failureOf } from './refusals.ts'

const ATTEMPTS = 4
const WAIT_MS = 1_000

/**
 * Finds a thing or makes it, and never makes a second one: after a call whose end nobody knows, and after one that was
 * turned down because somebody else was quicker, it is looked for again.
 * @throws DeployFailure
 */
export async function findOrCreate<T>(
  what: string,
  find: () => Promise<T | null>,
  create: () => Promise<T>,
  sleep: (ms: number) => Promise<void>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const found = await find()
    if (found !== null) return found
    try {
      return await create()
    } catch (error) {
      if (error instanceof Refusal) {
        const made = await find()
        if (made !== null) return made
      }
      if (!(error instanceof Unanswered) || attempt === ATTEMPTS) throw failureOf(error, what)
      await sleep(WAIT_MS * attempt)
    }
  }
}
