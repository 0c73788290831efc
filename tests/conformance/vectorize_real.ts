/**
 * The contract against a real index: `npm run check:vectorize`. Without an account it says so and is content.
 *
 *   SHELFWISE_VECTORIZE_ACCOUNT  the account's id
 *   SHELFWISE_VECTORIZE_TOKEN    an API token that may edit Vectorize
 *   SHELFWISE_VECTORIZE_INDEX    begins the names of the three indexes that are made, and dropped at the end
 *
 * Mutations take up to a minute and more to be seen, so cases run side by side; the whole takes some ten minutes.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { tryContract, type Verdict } from './vectorize/contract.ts'
import { engineDoor } from './vectorize/engine_door.ts'
import { restDoor } from './vectorize/rest_door.ts'

const BASE_URL = 'https://api.cloudflare.com/client/v4'
const LANES = 8

/** @returns whether every case that was asked was kept */
function report(name: string, verdicts: readonly Verdict[]): boolean {
  for (const { rule, outcome, error } of verdicts) {
    if (outcome === 'kept') continue
    console.log(`${outcome}: ${rule}${error === undefined ? '' : `\n    ${(error as Error).message}`}`)
  }
  const count = (outcome: Verdict['outcome']) => verdicts.filter((one) => one.outcome === outcome).length
  console.log(`${name}: ${count('kept')} kept, ${count('broken')} broken, ${count('not asked')} not asked`)
  return count('broken') === 0
}

const { SHELFWISE_VECTORIZE_ACCOUNT, SHELFWISE_VECTORIZE_TOKEN, SHELFWISE_VECTORIZE_INDEX } = process.env
let isKept = report('the stand-in’s engine', await tryContract(engineDoor()))
if (!SHELFWISE_VECTORIZE_ACCOUNT || !SHELFWISE_VECTORIZE_TOKEN || !SHELFWISE_VECTORIZE_INDEX) {
  console.log(
    'a real index: skipped; set SHELFWISE_VECTORIZE_ACCOUNT, SHELFWISE_VECTORIZE_TOKEN and SHELFWISE_VECTORIZE_INDEX',
  )
} else {
  const door = restDoor({
    baseUrl: BASE_URL,
    account: SHELFWISE_VECTORIZE_ACCOUNT,
    token: SHELFWISE_VECTORIZE_TOKEN,
    prefix: SHELFWISE_VECTORIZE_INDEX,
    fetch,
    wait: (ms) => wait(ms),
  })
  try {
    isKept = report(door.name, await tryContract(door, LANES)) && isKept
  } finally {
    await door.close()
  }
}
process.exitCode = isKept ? 0 : 1
