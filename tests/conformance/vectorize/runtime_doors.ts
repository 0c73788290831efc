/**
 * The two doors of the stand-in in the real local runtime (workerd): RPC, and the runtime's own Vectorize client over the
 * wire protocol. Every index has a binding of each kind and one of the control door.
 */
import { join } from 'node:path'
import { start, vectorizeWorker } from '../../../workers/local/testing/runtime.ts'
import type { VectorizeProps } from '../../../workers/local/vectorize/config.ts'
import { PLUGIN_NAME } from '../../../workers/local/vectorize/plugin.ts'
import { DELAY_MS, type Door, INDEXED, type Metric, WIDTH } from './door.ts'

const STAND_IN = 'shelfwise-vectorize'
const METRICS: readonly Metric[] = ['cosine', 'euclidean', 'dot-product']

/** Calls what it is told to; `what <index>` tells the class of a binding. Typed arrays come as `{ $float32 }`, a missing last argument as null. */
const CALLER = `
const revive = (_key, value) => (value?.$float32 ? Float32Array.from(value.$float32) : value)
export default {
  async fetch(request, env) {
    const { binding, method, args } = JSON.parse(await request.text(), revive)
    if (binding.startsWith('what ')) return Response.json({ value: env[binding.replace('what', 'wire')].constructor.name })
    try {
      return Response.json({ value: (await env[binding][method](...args.map((arg) => arg ?? undefined))) ?? null })
    } catch (error) {
      return Response.json({ error: { message: error.message, cause: error.cause?.message ?? null } })
    }
  },
}`

export interface RuntimeDoors {
  rpc: Door
  wire: Door
  /** A method of an index's binding; the doors' own indexes are named by their order. */
  call(binding: string, method: string, ...args: unknown[]): Promise<unknown>
  stop(): Promise<void>
}

/** An error as the worker saw it. */
export class SeenError extends Error {
  readonly causeText: string | null

  constructor({ message, cause }: { message: string; cause: string | null }) {
    super(message)
    this.causeText = cause
  }
}

/**
 * @param folder where indexes are kept; it may be used again
 * @param perMetric indexes of each metric and door
 */
export async function startRuntimeDoors(folder: string, perMetric: number): Promise<RuntimeDoors> {
  const props = ['R', 'W'].flatMap((kind) =>
    METRICS.flatMap((metric) =>
      Array.from({ length: perMetric }, (_, index): VectorizeProps & { index: string } => ({
        index: `${kind}-${metric}-${index}`,
        dimensions: WIDTH,
        metric,
        metadataIndexes: Object.entries(INDEXED)
          .map(([field, type]) => `${field}:${type}`)
          .join(),
        visibilityDelayMs: DELAY_MS,
        clock: 'manual',
      })),
    ),
  )
  const bound = (entrypoint: string, of: VectorizeProps) => ({ name: STAND_IN, entrypoint, props: { ...of } })
  const plugin = { package: join(import.meta.dirname, '../../../workers/local/vectorize/plugin.ts'), name: PLUGIN_NAME }
  const runtime = start({
    resourcePersistencePath: folder,
    workers: [
      {
        name: 'caller',
        modules: true,
        script: CALLER,
        compatibilityDate: '2026-11-01',
        serviceBindings: Object.fromEntries(
          props.flatMap((one) => [
            [`rpc ${one.index}`, bound('ItemVectors', one)],
            [`control ${one.index}`, bound('IndexControl', one)],
          ]),
        ),
        unsafeBindings: props.map((one) => ({ name: `wire ${one.index}`, type: 'vectorize', plugin, options: one })),
      },
      await vectorizeWorker(),
    ],
  })
  const call = async (binding: string, method: string, ...args: unknown[]): Promise<unknown> => {
    const body = JSON.stringify({ binding, method, args }, (_key, value: unknown) =>
      value instanceof Float32Array ? { $float32: [...value] } : value,
    )
    const response = await runtime.dispatchFetch('http://caller/', { method: 'POST', body })
    const answer = (await response.json()) as { value: unknown; error?: { message: string; cause: string | null } }
    if (answer.error !== undefined) throw new SeenError(answer.error)
    return answer.value
  }
  const door = (kind: 'rpc' | 'wire', name: string): Door => {
    const used: Record<Metric, number> = { cosine: 0, euclidean: 0, 'dot-product': 0 }
    return {
      name,
      batchMax: 1_000,
      async open(metric) {
        if (used[metric] === perMetric) throw new Error(`more than ${perMetric} cases of ${metric}`)
        const index = `${kind === 'rpc' ? 'R' : 'W'}-${metric}-${used[metric]++}`
        const advance = (ms: number) => call(`control ${index}`, 'advance', ms) as Promise<void>
        return {
          call: (method, ...args) => call(`${kind} ${index}`, method, ...args),
          createMetadataIndex: (property, type) =>
            call(`control ${index}`, 'createMetadataIndex', property, type) as Promise<{ mutationId: string }>,
          settle: () => advance(DELAY_MS),
          advance,
        }
      },
      close: async () => {},
    }
  }
  return {
    rpc: door('rpc', 'RPC'),
    wire: door('wire', 'the runtime’s own client'),
    call,
    stop: () => runtime.dispose(),
  }
}
