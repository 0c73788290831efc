/**
 * Nothing that was acknowledged is lost, whatever happens to the machine: the running stack is killed again and again
 * under a load of signed webhooks, and afterwards its databases are compared with what the senders know.
 * `npm run check:kill -- [--kills 50] [--acks 50000] [--seed N] [--quick] [--no-control] [--only-control]`
 */
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { HOUR_MS, SECOND_MS } from '../../shared/base/clock.ts'
import { type Rng, seededRng } from '../../shared/base/rng.ts'
import { type ScriptedProvider, startScriptedProvider } from '../../workers/local/openai/server.ts'
import { createModel } from '../simulation/expectation.ts'
import { type Finding, judgeStored } from '../simulation/judge.ts'
import { secretOfShop, sourceOf, writeMessages } from '../simulation/messages.ts'
import { createSchedule } from '../simulation/schedule.ts'
import { SHOPS, tellLives, tellOrders } from '../simulation/story.ts'
import { createHarnessClient, drained, type HarnessClient, setUpShops } from './kill_loop_client.ts'
import { createLoad, hastyDoor, httpDoor, type Load } from './kill_loop_load.ts'
import { ADMIN_KEY, createDurableStack, type DurableStack } from './kill_loop_stack.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string' },
    acks: { type: 'string' },
    seed: { type: 'string', default: '1' },
    quick: { type: 'boolean', default: false },
    'no-control': { type: 'boolean', default: false },
    'only-control': { type: 'boolean', default: false },
  },
})
const kills = Number(values.kills ?? (values.quick ? 3 : 50))
const acks = Number(values.acks ?? (values.quick ? 2_000 : 50_000))
const seed = Number(values.seed)
const SENDERS = 16
const DRAINS_WITHIN_S = 60
/** What a platform tells lies a day back at most. */
const STORY_MS = 12 * HOUR_MS
const CHANGES_PER_ITEM = 10
const ATTEMPTS_PER_ITEM = 20
const BAD_SHARE = 0.002

interface LoopReport {
  load: Load
  startSeconds: number[]
  drainSeconds: number[]
  /** Calls of the language model. */
  calls: number
  findings: Finding[]
}

const worst = (list: readonly number[]) => Math.max(0, ...list).toFixed(1)

/** @param hasty acknowledges before anything is committed: the control that must be found out */
async function killLoop(rng: Rng, killCount: number, ackCount: number, hasty: boolean): Promise<LoopReport> {
  const itemsPerShop = Math.max(4, Math.ceil(ackCount / ATTEMPTS_PER_ITEM / SHOPS.length))
  const story = {
    itemsPerShop,
    changesPerItem: CHANGES_PER_ITEM,
    ordersPerShop: itemsPerShop,
    startMs: Date.now() - 2 * STORY_MS,
    lastsMs: STORY_MS,
  }
  const lives = tellLives(rng, story)
  const messages = writeMessages(rng, lives, tellOrders(rng, lives, story), BAD_SHARE)
  const schedule = createSchedule(rng, messages, STORY_MS)
  const model = createModel()
  const provider = await startScriptedProvider({ seed })
  const stack = await createDurableStack(modelVariables(provider.url))
  const http = httpDoor(stack.url, SENDERS, sourceOf)
  const door = hasty ? hastyDoor(http.deliver) : { deliver: http.deliver, killed: () => {} }
  const load = createLoad(schedule, door.deliver, SENDERS, model.learn)
  const startSeconds: number[] = []
  const drainSeconds: number[] = []
  const findings: Finding[] = []
  try {
    startSeconds.push(await stack.start())
    const client = createHarnessClient(stack.url, ADMIN_KEY)
    await setUpShops(client, SHOPS, secretOfShop, sourceOf)
    for (let n = 1; n <= killCount; n++) {
      const target = Math.floor((ackCount * (n - rng.next() * 0.5)) / killCount)
      const sending = load.sendUntil(Number.POSITIVE_INFINITY)
      while (load.counts.acknowledged < target && !load.isDone) await pause(2)
      door.killed()
      await stack.kill()
      http.close()
      await Promise.all([load.pause(), sending])
      startSeconds.push(await stack.start())
      const took = await drainedOr(findings, client, DRAINS_WITHIN_S, `after kill ${n}`)
      drainSeconds.push(took)
      say(
        `kill ${n}: ${load.counts.acknowledged} acknowledged, up in ${startSeconds.at(-1)!.toFixed(1)} s, drained in ${took.toFixed(1)} s`,
      )
    }
    await load.sendUntil(Number.POSITIVE_INFINITY)
    await finish(stack, client, findings)
    const databases = await stack.databases()
    findings.push(...judgeStored(databases, model.finish(), () => []))
    databases.catalogue.close()
    databases.operations.close()
  } finally {
    http.close()
    await stack.kill()
    await stack.remove()
    await provider.stop()
  }
  for (const text of load.refusals) findings.push({ rule: 'answer', text })
  const calls = callsOf(provider)
  for (const prompt of calls.twice.slice(0, 5))
    findings.push({ rule: 'spent', text: `a prompt was paid for more than once: ${prompt.slice(-300)}` })
  return { load, startSeconds, drainSeconds, calls: calls.total, findings }
}

const modelVariables = (url: string): Record<string, string> => ({
  PROVIDERS: JSON.stringify([
    { name: 'scripted', base_url: url, chat: { model: 'scripted-1', input_price: 0.01, output_price: 0.01 } },
  ]),
  MODEL_DAILY_BUDGET: '100000',
})

/** A prompt holds an item's whole text: equal prompts are one item version, asked again. */
function callsOf({ calls }: ScriptedProvider): { total: number; twice: string[] } {
  const chats = calls.filter((call) => call.path.includes('chat'))
  const counts = new Map<string, number>()
  for (const { prompt } of chats) counts.set(prompt, (counts.get(prompt) ?? 0) + 1)
  return { total: chats.length, twice: [...counts].filter(([, count]) => count > 1).map(([prompt]) => prompt) }
}

/** Everything was sent: what waits for an order or a sweep is done, then the stack stops as it is told to. */
async function finish(stack: DurableStack, client: HarnessClient, findings: Finding[]): Promise<void> {
  await drainedOr(findings, client, 3 * DRAINS_WITHIN_S, 'after the last delivery')
  await stack.stop()
}

/** @returns the seconds that it took; infinity, and a finding, when it took too long */
async function drainedOr(findings: Finding[], client: HarnessClient, withinS: number, when: string): Promise<number> {
  const result = await drained(client, SHOPS, withinS * SECOND_MS)
  if (result.isDrained) return result.seconds
  findings.push({ rule: 'e', text: `not drained within ${withinS} s ${when}: ${JSON.stringify(result.waiting)}` })
  return Number.POSITIVE_INFINITY
}

const say = (line: string) => console.log(line)

function print(
  name: string,
  ofSeed: number,
  { load, startSeconds, drainSeconds, calls, findings }: LoopReport,
  seconds: number,
): void {
  const { counts } = load
  say(`\n${name} (seed ${ofSeed}, ${seconds.toFixed(0)} s)`)
  say(`  ${counts.sent} sent, ${counts.acknowledged} acknowledged, answers ${JSON.stringify(counts.answers)}`)
  say(`  up within ${worst(startSeconds)} s, drained within ${worst(drainSeconds)} s of the restart`)
  say(`  ${calls} calls of the language model`)
  say(`  findings: ${findings.length}`)
  for (const finding of findings.slice(0, 12)) say(`    ${finding.rule}: ${finding.text}`)
}

let failed = false
const startedAt = performance.now()
const since = (fromMs: number) => (performance.now() - fromMs) / 1_000
if (!values['only-control']) {
  const report = await killLoop(seededRng(seed), kills, acks, false)
  print(`${kills} kills`, seed, report, since(startedAt))
  if (report.findings.length > 0) failed = true
  if (report.load.counts.acknowledged < acks) {
    say(`  only ${report.load.counts.acknowledged} of ${acks} deliveries were acknowledged`)
    failed = true
  }
}
if (!values['no-control']) {
  const from = performance.now()
  const control = await killLoop(seededRng(seed + 1), 2, Math.min(acks, 800), true)
  print('negative control: acknowledging before the commit', seed + 1, control, since(from))
  const isNoticed = control.findings.some(
    (finding) => finding.rule === 'a' || finding.rule === 'b' || finding.rule === 'f',
  )
  if (!isNoticed) {
    say('  NOT NOTICED')
    failed = true
  }
}
say(`\n${failed ? 'FAILED' : 'ok'}, ${since(startedAt).toFixed(0)} s`)
process.exit(failed ? 1 : 0)
