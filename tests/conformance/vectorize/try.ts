import assert from 'node:assert/strict'
import { type Door, type IndexMethod, type IndexUnderTest, type Metric, WIDTH } from './door.ts'

export interface Answer {
  count: number
  matches: Array<{
    id: string
    score: number
    values?: number[]
    namespace?: string
    metadata?: Record<string, unknown>
  }>
}
export interface Stored {
  id: string
  values: number[]
  namespace?: string
  metadata?: Record<string, unknown>
}
export interface Vector {
  id: string
  values: readonly number[] | Float32Array
  namespace?: string
  metadata?: Record<string, unknown>
}

export interface Case {
  /** What the platform does, in words; the name of the case. */
  rule: string
  metric?: Metric
  /** Only where time can be moved and the index is the case's own. */
  ownTime?: true
  run(one: Try): Promise<void>
}

/** A vector that begins with these numbers. */
export const at = (...leading: number[]): number[] => [...leading, ...new Array<number>(WIDTH - leading.length).fill(0)]

/**
 * One case's view of an index that others may be using: its ids and namespaces carry a mark, and the metadata field `tag`
 * holds it, for queries without a namespace.
 */
export class Try {
  readonly mark: string
  readonly batchMax: number
  readonly #index: IndexUnderTest

  constructor(index: IndexUnderTest, door: Door, mark: string) {
    this.#index = index
    this.mark = mark
    this.batchMax = door.batchMax
  }

  /** An id, or a namespace, of this case. */
  own = (name: string): string => `${this.mark}.${name}`

  /** The names of this case's ids, as they were before `own`. */
  names = (rows: ReadonlyArray<{ id: string }>): string[] => rows.map(({ id }) => id.slice(this.mark.length + 1))

  call = (method: IndexMethod, ...args: unknown[]): Promise<unknown> => this.#index.call(method, ...args)

  accept = async (method: 'insert' | 'upsert' | 'deleteByIds', list: readonly (Vector | string)[]): Promise<string> => {
    const { mutationId } = (await this.call(method, list)) as { mutationId: unknown }
    assert.ok(typeof mutationId === 'string' && mutationId !== '', 'a mutation has an id')
    return mutationId
  }

  /** A mutation, and the time until reads see it. */
  write = async (method: 'insert' | 'upsert' | 'deleteByIds', list: readonly (Vector | string)[]): Promise<void> =>
    this.#index.settle(await this.accept(method, list))

  query = async (vector: readonly number[] | Float32Array, options?: object): Promise<Answer> =>
    (await this.call('query', vector, options)) as Answer

  queryById = async (id: string, options?: object): Promise<Answer> =>
    (await this.call('queryById', id, options)) as Answer

  /** Stored vectors by id: nothing says in which order the service gives them. */
  get = async (ids: readonly string[]): Promise<Stored[]> =>
    ((await this.call('getByIds', ids)) as Stored[]).toSorted((a, b) => (a.id < b.id ? -1 : 1))

  createMetadataIndex = async (property: string, type: string): Promise<string> =>
    (await this.#index.createMetadataIndex(property, type)).mutationId

  settle = (mutationId: string): Promise<void> => this.#index.settle(mutationId)

  advance = async (ms: number): Promise<void> => {
    assert.ok(this.#index.advance !== null, 'this case moves the time')
    await this.#index.advance(ms)
  }

  /** That a call is refused, with a code where it is known, and these words. */
  refused = async (
    work: Promise<unknown>,
    operation: string,
    { code, text }: { code?: number; text?: string } = {},
  ): Promise<void> => {
    const message = await work.then(
      () => null,
      (error: unknown) => (error as Error).message,
    )
    assert.ok(message !== null, `${operation} is refused`)
    const head = new RegExp(`^${operation}_ERROR \\(code = ${code ?? '\\d+'}\\): `)
    assert.match(message, head)
    if (text !== undefined) assert.ok(message.includes(text), `${message} contains ${text}`)
  }
}
