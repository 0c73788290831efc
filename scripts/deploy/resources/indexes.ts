import { DeployFailure } from '../failure.ts'
import type { Platform } from '../platform/client.ts'
import { findOrCreate } from '../platform/ensure.ts'
import type { Step } from '../steps.ts'

/** What a Vectorize index is made with; the platform changes neither later. */
export interface IndexShape {
  dimensions: number
  metric: 'cosine'
  /**
   * Fields of the metadata that queries filter by. A field covers only vectors that were written after it was declared,
   * so it has to be there before the first one.
   */
  metadata: ReadonlyArray<{ field: string; type: 'string' | 'number' | 'boolean' }>
}

interface Index {
  name: string
  config: { dimensions: number; metric: string }
}

const shapeText = ({ dimensions, metric }: { dimensions: number; metric: string }) =>
  `${dimensions} dimensions, ${metric}`

export function indexStep(
  name: string,
  shape: IndexShape,
  path: string,
  platform: Platform,
  sleep: (ms: number) => Promise<void>,
): Step {
  const what = `Vectorize index ${name}`
  const find = async () => {
    const all = (await platform.find<Index[]>(`${path}/vectorize/v2/indexes`, what)) ?? []
    const found = all.find((one) => one.name === name) ?? null
    const { dimensions, metric } = shape
    if (found !== null && (found.config.dimensions !== dimensions || found.config.metric !== metric))
      throw new DeployFailure('index_differs', `${what} has ${shapeText(found.config)}; wanted are ${shapeText(shape)}`)
    return found
  }
  const { dimensions, metric } = shape
  const body = { name, config: { dimensions, metric } }
  return {
    name: what,
    look: async () =>
      (await find()) === null
        ? { done: false, said: `create with ${shapeText(shape)}` }
        : { done: true, said: shapeText(shape) },
    async take() {
      await findOrCreate(what, find, () => platform.write<Index>('POST', `${path}/vectorize/v2/indexes`, body), sleep)
    },
  }
}

/** A step for each field that queries filter by. */
export const metadataSteps = (
  name: string,
  shape: IndexShape,
  path: string,
  platform: Platform,
  sleep: (ms: number) => Promise<void>,
): Step[] =>
  shape.metadata.map(({ field, type }) => {
    const what = `metadata index ${field} of ${name}`
    const find = async () => {
      const answer = await platform.find<{ metadataIndexes?: Array<{ propertyName: string; indexType: string }> }>(
        `${path}/vectorize/v2/indexes/${name}/metadata_index/list`,
        what,
      )
      const found = answer?.metadataIndexes?.find((one) => one.propertyName === field) ?? null
      if (found !== null && found.indexType.toLowerCase() !== type)
        throw new DeployFailure('index_differs', `${what} is of type ${found.indexType}; wanted is ${type}`)
      return found
    }
    const create = () =>
      platform.write<{ propertyName: string; indexType: string }>(
        'POST',
        `${path}/vectorize/v2/indexes/${name}/metadata_index/create`,
        { propertyName: field, indexType: type },
      )
    return {
      name: what,
      look: async () =>
        (await find()) === null ? { done: false, said: `create, ${type}` } : { done: true, said: type },
      async take() {
        await findOrCreate(what, find, create, sleep)
      },
    }
  })
