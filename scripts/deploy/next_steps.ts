import { existsSync } from 'node:fs'
import type { DeployOptions } from './arguments.ts'
import type { Outcome } from './run.ts'

/** What to read after a run: the address, and what comes next. */
export function nextSteps({ address, changes }: Outcome, { dryRun }: DeployOptions, madeFile: string): string[] {
  if (dryRun) return [changes === 0 ? 'Nothing to do.' : `${changes} to do; nothing was written.`]
  const made = existsSync(madeFile)
  const key = made ? `$(node -p "require('./${madeFile}').SHELFWISE_ADMIN_KEY")` : 'ak_…'
  return [
    changes === 0 ? 'Nothing had changed.' : `${changes} done.`,
    ...(made ? [`Made here and nowhere else to be had: ${madeFile}. Put it where your secrets are kept.`] : []),
    `Address: ${address}`,
    `Next: SHELFWISE_URL=${address} SHELFWISE_ADMIN_KEY=${key} npx shelfwise import FILE --shop NAME --wait`,
  ]
}
