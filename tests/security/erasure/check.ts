/** The whole check: a shopper is forgotten everywhere, in time, whatever dies, and every gap would be seen. */
import { seededRng } from '../../../shared/base/rng.ts'
import { buildCity } from './city.ts'
import { CONTROLS, NOTHING_LEFT_OUT, tryControl } from './controls.ts'
import { countCalls, killOnce } from './kills.ts'
import { comesBack, forget, look, othersLater, remembered, strayed, twinOf, WITHIN_MS } from './run.ts'

export interface CheckOptions {
  seed: number
  kills: number
  /** Of the controls each so many-th. */
  controls: number
  /** Whether the word to the eraser arrives; both, where there is time for both. */
  signals: readonly boolean[]
  say(line: string): void
}

/** What a test has time for. */
export const QUICK = { kills: 1, controls: 5, signals: [false] } as const

/** Stores that must hold something of the victim before: what is not there is not erased. */
const PLANTED = [
  ...['operations.event_ids', 'operations.event_batches', 'operations.orders', 'operations.dead_letters'],
  ...['operations.model_calls', 'live.recents', 'live.profiles', 'live.habits', 'KV order:v1', 'KV reason:v1'],
  ...['KV reasons:v1', 'R2 calls:v1', 'R2 events:v1', 'R2 impressions:v1', 'R2 learn:v1'],
  ...['queue shelfwise-impressions', 'file live.sqlite', 'file operations.sqlite'],
]
/** The one thing that stays for a month: the hash by which the shopper is known again. */
const REMEMBERED = ['live.forgotten', 'operations.forgotten']

/** @returns what is wrong; nothing when all is well */
export async function checkErasure({ seed, kills, controls, signals, say }: CheckOptions): Promise<string[]> {
  const faults: string[] = []
  const fail = (text: string) => void faults.push(text)
  const city = await buildCity(seed)
  try {
    await city.visit(async (visit) => {
      const { left, places, bytes } = look(visit, city.traces)
      const planted = new Set(left.map(({ where }) => where))
      for (const where of PLANTED) if (!planted.has(where)) fail(`nothing of the shopper was planted in ${where}`)
      if (planted.has('log')) fail('a log line names the shopper')
      say(
        `planted: ${places} places, ${bytes} bytes; ${left.length} sightings in ${planted.size} stores, of ${city.traces.length} forms`,
      )
    })
    const twin = await twinOf(city)
    for (const signal of signals)
      await city.visit(async (visit) => {
        const name = signal ? 'erased at once' : 'erased by the cron alone'
        const { tookMs, left, receipt, places } = await forget(city, visit, signal)
        say(
          `${name}: ${tookMs} ms of the clock, ${places} places looked through, ${left.length} sightings; ${JSON.stringify(receipt.removed)}`,
        )
        if (tookMs > WITHIN_MS) fail(`${name}: it took ${tookMs} ms`)
        if (receipt.state !== 'done') fail(`${name}: the receipt says ${receipt.state}`)
        for (const { where, what, form } of left) fail(`${name}: ${where} has ${what} ${form}`)
        const others = strayed(await othersLater(visit, city), twin)
        say(`  of ${twin.length} lines of everybody else ${others.length} are others`)
        for (const line of others.slice(0, 5)) fail(`${name}: ${line.slice(0, 200)}`)
        if (!(await comesBack(visit, city.victim))) fail(`${name}: who comes back is not taken as new`)
        const { now, later } = await remembered(visit, city)
        if (now.join() !== REMEMBERED.join()) fail(`${name}: known again in ${now.join(', ')}`)
        if (later.length > 0) fail(`${name}: still known again after a month in ${later.join(', ')}`)
      })
    const calls = await countCalls(city)
    const rng = seededRng(seed + 2)
    for (let kill = 1; kill <= kills; kill++) {
      const killed = await killOnce(city, rng, calls, kill % 5 === 0 ? twin : null)
      say(`kill ${kill} at call ${killed.atCall} of ${calls} (${killed.stood}): ${killed.faults.length} faults`)
      for (const fault of killed.faults.slice(0, 5)) fail(`killed at call ${killed.atCall}: ${fault}`)
    }
    const clean = await tryControl(city, NOTHING_LEFT_OUT)
    for (const where of clean) fail(`the controls' own road leaves something in ${where}`)
    for (const control of CONTROLS.filter((_, at) => at % controls === seed % controls)) {
      const found = await tryControl(city, control)
      say(`control, without ${control.name}: ${found.length === 0 ? 'NOT CAUGHT' : `caught in ${found.join(', ')}`}`)
      if (found.length === 0) fail(`not caught: an erasure without ${control.name}`)
    }
  } finally {
    city.remove()
  }
  return faults
}
