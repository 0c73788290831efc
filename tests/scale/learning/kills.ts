/** A runner of learning that is killed at random moments ends with what an undisturbed one makes, and repeats no step. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { MINUTE_MS } from '../../../shared/base/clock.ts'
import type { Rng } from '../../../shared/base/rng.ts'
import { fingerprint } from './fingerprint.ts'
import type { Message } from './publish_child.ts'
import { type StepFigures, WORKER_HEAP } from './sampler.ts'

const CHILD = join(import.meta.dirname, 'publish_child.ts')
/** More than a lease lasts. */
const LEASES_END_MS = 3 * MINUTE_MS

export interface Place {
  step: string
  cursor: number
}

interface Learning {
  child: ChildProcess
  committed: Place[]
  figures: Record<string, StepFigures> | null
  ready: Promise<unknown>
  ended: Promise<unknown>
}

function startLearning(folder: string, shop: string, aheadMs: number, hasty: boolean): Learning {
  const flags = ['--folder', folder, '--shop', shop, '--ahead', String(aheadMs), ...(hasty ? ['--hasty'] : [])]
  const child = fork(CHILD, flags, { execArgv: WORKER_HEAP, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const learning: Learning = {
    child,
    committed: [],
    figures: null,
    ready: once(child, 'message'),
    ended: once(child, 'exit'),
  }
  child.on('message', (message: Message) => {
    if (message.kind === 'committed') learning.committed.push({ step: message.step, cursor: message.cursor })
    if (message.kind === 'done') learning.figures = message.figures
  })
  return learning
}

/** Learns a shop on disk to the end. */
export async function learnUndisturbed(folder: string, shop: string) {
  const learning = startLearning(folder, shop, 0, false)
  await learning.ready
  const startedAt = performance.now()
  await learning.ended
  if (learning.figures === null) throw new Error('the undisturbed learning did not end')
  return {
    figures: learning.figures,
    wallMs: performance.now() - startedAt,
    print: fingerprint(folder, shop),
    steps: [...new Set(learning.committed.map(({ step }) => step))],
  }
}

export type Undisturbed = Awaited<ReturnType<typeof learnUndisturbed>>

export interface KillReport {
  kills: number
  rounds: number
  /** What was not as it must be. */
  findings: string[]
}

/**
 * @param pristine a shop on disk from which nothing was learned
 * @param expected what an undisturbed learning left, how long it took, and its steps in their order
 */
export async function killLearning(
  options: { pristine: string; shop: string; kills: number; rng: Rng; hasty: boolean },
  expected: Pick<Undisturbed, 'print' | 'wallMs' | 'steps'>,
): Promise<KillReport> {
  const { pristine, shop, kills, rng, hasty } = options
  const report: KillReport = { kills: 0, rounds: 0, findings: [] }
  while (report.kills < kills && (report.findings.length === 0 || !hasty)) {
    report.rounds += 1
    const folder = `${pristine}-${hasty ? 'hasty' : 'killed'}`
    rmSync(folder, { recursive: true, force: true })
    cpSync(pristine, folder, { recursive: true })
    const places: Place[] = []
    for (let starts = 0; ; starts++) {
      const learning = startLearning(folder, shop, starts * LEASES_END_MS, hasty)
      await Promise.race([learning.ready, learning.ended])
      const last = report.kills >= kills
      const wait = rng.next() * expected.wallMs * 0.5
      await Promise.race([learning.ended, ...(last ? [] : [pause(wait)])])
      const alive = learning.child.exitCode === null && learning.child.signalCode === null
      if (alive) {
        learning.child.kill('SIGKILL')
        await learning.ended
        report.kills += 1
      }
      places.push(...learning.committed)
      // A run that is begun again at every kill would not end.
      if (alive && (!hasty || steppedBack(places, expected.steps).length === 0)) continue
      if (alive) break
      if (learning.figures === null) report.findings.push('a runner ended before its work did')
      break
    }
    const again = steppedBack(places, expected.steps)
    report.findings.push(...again)
    if (again.length === 0 && fingerprint(folder, shop) !== expected.print)
      report.findings.push('it ended with other rows or artefacts')
    rmSync(folder, { recursive: true, force: true })
  }
  return report
}

/** Units of work that were done after later ones: a run that was begun again. */
function steppedBack(places: readonly Place[], steps: readonly string[]): string[] {
  const rank = ({ step, cursor }: Place) => steps.indexOf(step) * 1e9 + cursor
  return places.flatMap((place, at) => {
    const before = places[at - 1]
    if (before === undefined || rank(place) > rank(before)) return []
    return [`${place.step} ${place.cursor} was done after ${before.step} ${before.cursor}`]
  })
}
