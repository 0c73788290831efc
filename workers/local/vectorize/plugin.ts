/**
 * A Miniflare plugin (an "external" one: named by `unsafeBindings`, or `[[unsafe.bindings]]` of a wrangler.toml) that makes
 * a binding of the runtime's own Vectorize client, cloudflare-internal:vectorize-api, and points it at this stand-in's wire
 * door. The stand-in must be a worker of the same instance.
 */
import type { VectorizeProps } from './config.ts'

const WORKER = 'shelfwise-vectorize'
/** Miniflare's name of a worker's service. */
const SERVICE = `core:user:${WORKER}`

interface PluginOptions {
  config: { env?: Record<string, { type: string; dev?: { plugin?: { name: string }; options?: VectorizeProps } }> }
}

const ownBindings = ({ config }: PluginOptions) =>
  Object.entries(config.env ?? {}).filter(([, binding]) => binding.dev?.plugin?.name === PLUGIN_NAME)

export const PLUGIN_NAME = 'shelfwise-vectorize'

export const plugins = {
  [PLUGIN_NAME]: {
    bindingTypeDescription: 'Vectorize index (stand-in)',

    async getBindings(options: PluginOptions) {
      return ownBindings(options).map(([name, { dev }]) => {
        const props = dev?.options ?? {}
        const service = { name: SERVICE, entrypoint: 'VectorSearch', props: { json: JSON.stringify(props) } }
        return {
          name,
          wrapped: {
            moduleName: 'cloudflare-internal:vectorize-api',
            innerBindings: [
              { name: 'fetcher', service },
              { name: 'indexId', text: props.index ?? 'items' },
              { name: 'indexVersion', text: 'v2' },
              { name: 'useNdJson', json: 'true' },
            ],
          },
        }
      })
    },

    /** Bindings as a Node process would see them: none, the client lives in the runtime. */
    getNodeBindings: () => ({}),

    getServices: async () => [],
  },
}
