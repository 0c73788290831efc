/** The engine in process: as it is, or a variant of it that was broken on purpose. */
import { manualClock } from '../../../shared/base/clock.ts'
import { asSent } from '../../../workers/local/vectorize/as_sent.ts'
import { VectorEngine } from '../../../workers/local/vectorize/engine.ts'
import { DELAY_MS, type Door, INDEXED, WIDTH } from './door.ts'

export function engineDoor(Engine: typeof VectorEngine = VectorEngine): Door {
  return {
    name: 'the engine in process',
    batchMax: 1_000,
    async open(metric) {
      const clock = manualClock(1_000_000)
      let mutations = 0
      const engine = new Engine({
        config: { dimensions: WIDTH, metric, metadataIndexes: INDEXED, visibilityDelayMs: DELAY_MS },
        clock,
        newMutationId: () => `m${++mutations}`,
      })
      return {
        async call(method, ...args) {
          const isQuery = method === 'query' || method === 'queryById'
          return engine[method as 'query'](...((isQuery ? [args[0], asSent(args[1] as object)] : args) as [unknown]))
        },
        createMetadataIndex: async (property, type) => engine.createMetadataIndex(property, type),
        settle: async () => clock.advance(DELAY_MS),
        advance: async (ms) => clock.advance(ms),
      }
    },
    close: async () => {},
  }
}
