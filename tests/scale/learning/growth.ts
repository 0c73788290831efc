/** How learning's time grows with the events, and whether the tiers agree. */
import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Manifest } from '../../../shared/learn/manifest_step.ts'
import { type StepFigures, WORKER_HEAP } from './sampler.ts'
import { writeSynthetic } from './synthetic.ts'

const CHILD = join(import.meta.dirname, 'steps_child.ts')
const SHOP = 'synthetic'

export interface Learned {
  figures: Record<string, StepFigures>
  /** Null where the tier refused. */
  manifest: Manifest | null
  refused: string | null
}

/** Learns what lies in a folder, in a process of its own. */
export async function learnSteps(folder: string, tier: 0 | 1): Promise<Learned> {
  const heap = tier === 0 ? WORKER_HEAP : []
  const flags = [...heap, CHILD, '--folder', folder, '--shop', SHOP, '--tier', String(tier)]
  const { stdout } = await promisify(execFile)(process.execPath, flags, { maxBuffer: 64 * 1024 * 1024 })
  const { figures, manifest = null, refused = null } = JSON.parse(stdout) as Partial<Learned>
  return { figures: figures!, manifest, refused }
}

/** A seeded shop of so many events. @returns its folder */
export function synthetic(root: string, events: number, items: number, seed: number): string {
  const folder = join(root, `synthetic-${events}`)
  mkdirSync(folder, { recursive: true })
  writeSynthetic({ shop: SHOP, events, items, seed }, folder)
  return folder
}

/** The slope of log CPU over log events, by least squares. */
export function exponent(points: ReadonlyArray<readonly [events: number, cpuSeconds: number]>): number {
  const logs = points.map(([events, cpu]) => [Math.log(events), Math.log(Math.max(cpu, 1e-3))] as const)
  const mean = (at: 0 | 1) => logs.reduce((sum, own) => sum + own[at], 0) / logs.length
  const [x, y] = [mean(0), mean(1)]
  const covariance = logs.reduce((sum, own) => sum + (own[0] - x) * (own[1] - y), 0)
  return covariance / logs.reduce((sum, own) => sum + (own[0] - x) ** 2, 0)
}

export const cpuOf = (figures: Record<string, StepFigures>) =>
  Object.values(figures).reduce((sum, own) => sum + own.cpuSeconds, 0)
export const peakOf = (figures: Record<string, StepFigures>) =>
  Math.max(...Object.values(figures).map((own) => own.peakMb))
