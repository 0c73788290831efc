/** CPU and memory of each step of learning. */
import type { R2Bucket } from '@cloudflare/workers-types'

/**
 * A heap that is as limited as a worker's (128 MB with its buffers): with room to spare, garbage would be left lying and
 * counted, and what a worker cannot hold would pass.
 */
export const WORKER_HEAP = ['--max-old-space-size=64', '--max-semi-space-size=2']

export interface StepFigures {
  cpuSeconds: number
  /** The most that heapUsed and arrayBuffers were together, in MB of 10 ** 6 bytes. */
  peakMb: number
  /** Of it the buffers. */
  buffersMb: number
}

export function createSampler() {
  const steps = new Map<string, StepFigures>()
  let cpu = process.cpuUsage()
  let peak = 0
  let buffers = 0
  const look = () => {
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    if (heapUsed + arrayBuffers <= peak) return
    peak = heapUsed + arrayBuffers
    buffers = arrayBuffers
  }
  return {
    /** Called between slices of work. */
    breathe: async () => look(),
    /** The same bucket, looking before and after each call: then the most is in memory. */
    watching: (bucket: R2Bucket): R2Bucket =>
      ({
        ...bucket,
        get: async (...args: Parameters<R2Bucket['get']>) => {
          const object = await bucket.get(...args)
          look()
          return object
        },
        put: async (...args: Parameters<R2Bucket['put']>) => {
          look()
          return bucket.put(...args)
        },
      }) as R2Bucket,
    /** What was used since the last call was this step's. */
    close(step: string) {
      look()
      const used = process.cpuUsage(cpu)
      cpu = process.cpuUsage()
      const own = steps.get(step) ?? { cpuSeconds: 0, peakMb: 0, buffersMb: 0 }
      own.cpuSeconds += (used.user + used.system) / 1e6
      if (peak / 1e6 > own.peakMb) Object.assign(own, { peakMb: peak / 1e6, buffersMb: buffers / 1e6 })
      steps.set(step, own)
      peak = 0
    },
    figures: () => Object.fromEntries(steps),
  }
}
