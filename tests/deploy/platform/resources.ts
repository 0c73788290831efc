/** Databases, namespaces, buckets, queues and indexes: made once, found by name, refused twice. */
import { splitStatements } from '../../../workers/local/node/sql_scan.ts'
import type { Account, Consumer } from './account.ts'
import { type Call, jsonOf, Page, Refused } from './answers.ts'

export type Routes = ReadonlyArray<readonly [string, RegExp, (call: Call, parts: string[]) => unknown]>

export interface Habits {
  /** False: the platform takes a second thing of one name, as no real one does. */
  refusesDuplicates: boolean
  /** Rows a page, whatever is asked for. */
  perPageMax: number
}

const NAME = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/

export function resourceRoutes(account: Account, habits: Habits): Routes {
  const free = (taken: boolean, code: number, message: string) => {
    if (taken && habits.refusesDuplicates) throw new Refused(409, code, message)
  }
  const page = (rows: readonly unknown[], call: Call) => new Page(rows, call.query, habits.perPageMax)
  const database = (id: string) => {
    const found = account.databases.find((one) => one.uuid === id || one.name === id)
    if (found === undefined) throw new Refused(404, 7404, `The database ${id} could not be found`)
    return found
  }
  const queue = (id: string) => {
    const found = account.queues.find((one) => one.queue_id === id)
    if (found === undefined) throw new Refused(404, 11000, 'Queue not found')
    return found
  }
  const index = (name: string) => {
    const found = account.indexes.find((one) => one.name === name)
    if (found === undefined) throw new Refused(404, 3000, 'vectorize.index.not_found')
    return found
  }
  const told = ({ uuid, name, replication }: Account['databases'][number]) => ({
    ...{ uuid, name, version: 'production', created_at: '2026-11-22T00:00:00.000Z', file_size: 12_288, num_tables: 0 },
    read_replication: { mode: replication },
  })
  return [
    [
      'GET',
      /^\/d1\/database$/,
      (call) => {
        const part = call.query.get('name') ?? ''
        return page(account.databases.filter(({ name }) => name.includes(part)).map(told), call)
      },
    ],
    [
      'POST',
      /^\/d1\/database$/,
      (call) => {
        const { name } = jsonOf<{ name: string }>(call)
        free(
          account.databases.some((one) => one.name === name),
          7502,
          'A database with that name already exists',
        )
        return told(account.createDatabase(name))
      },
    ],
    ['GET', /^\/d1\/database\/([^/]+)$/, (_call, [id]) => told(database(id!))],
    [
      'PUT',
      /^\/d1\/database\/([^/]+)$/,
      (call, [id]) => {
        const found = database(id!)
        found.replication = jsonOf<{ read_replication: { mode: string } }>(call).read_replication.mode
        return told(found)
      },
    ],
    [
      'POST',
      /^\/d1\/database\/([^/]+)\/query$/,
      (call, [id]) => {
        const { sql } = jsonOf<{ sql: string }>(call)
        try {
          const outcomes = database(id!).core.transaction(splitStatements(sql).map((one) => ({ sql: one, params: [] })))
          return outcomes.map(({ columns, rows, changes }) => ({
            success: true,
            results: rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at]]))),
            meta: { changes, changed_db: changes > 0, duration: 0.2, rows_read: rows.length, rows_written: changes },
          }))
        } catch (error) {
          throw new Refused(400, 7500, (error as Error).message)
        }
      },
    ],
    [
      'GET',
      /^\/storage\/kv\/namespaces$/,
      (call) =>
        page(
          account.namespaces.map((one) => ({ ...one, supports_url_encoding: true })),
          call,
        ),
    ],
    [
      'POST',
      /^\/storage\/kv\/namespaces$/,
      (call) => {
        const { title } = jsonOf<{ title: string }>(call)
        free(
          account.namespaces.some((one) => one.title === title),
          10014,
          'create namespace: a namespace with this account ID and title already exists',
        )
        const made = { id: account.id32(), title }
        account.namespaces.push(made)
        return made
      },
    ],
    [
      'GET',
      /^\/r2\/buckets\/([^/]+)$/,
      (_call, [name]) => {
        if (!account.buckets.includes(name!)) throw new Refused(404, 10006, 'The specified bucket does not exist.')
        return { name, creation_date: '2026-11-22T00:00:00.000Z', storage_class: 'Standard' }
      },
    ],
    [
      'POST',
      /^\/r2\/buckets$/,
      (call) => {
        const { name } = jsonOf<{ name: string }>(call)
        if (!NAME.test(name)) throw new Refused(400, 10005, 'The specified bucket name is not valid.')
        free(account.buckets.includes(name), 10004, 'The bucket you tried to create already exists, and you own it.')
        account.buckets.push(name)
        return { name }
      },
    ],
    [
      'GET',
      /^\/queues$/,
      (call) => {
        const names = call.query.getAll('name')
        return page(
          account.queues.filter((one) => names.length === 0 || names.includes(one.queue_name)).map(queueTold),
          call,
        )
      },
    ],
    [
      'POST',
      /^\/queues$/,
      (call) => {
        const { queue_name } = jsonOf<{ queue_name: string }>(call)
        free(
          account.queues.some((one) => one.queue_name === queue_name),
          11009,
          'Queue name already taken',
        )
        const made = { queue_id: account.id32(), queue_name, consumers: [] }
        account.queues.push(made)
        return queueTold(made)
      },
    ],
    [
      'POST',
      /^\/queues\/([^/]+)\/consumers$/,
      (call, [id]) => {
        const found = queue(id!)
        const made = consumerOf(call, account, account.id32())
        free(found.consumers.length > 0, 11004, 'Queue consumer already exists')
        found.consumers.push(made)
        return made
      },
    ],
    [
      'PUT',
      /^\/queues\/([^/]+)\/consumers\/([^/]+)$/,
      (call, [id, consumer]) => {
        const found = queue(id!)
        const at = found.consumers.findIndex((one) => one.consumer_id === consumer)
        if (at < 0) throw new Refused(404, 11001, 'Queue consumer not found')
        found.consumers[at] = consumerOf(call, account, consumer!)
        return found.consumers[at]
      },
    ],
    ['GET', /^\/vectorize\/v2\/indexes$/, () => account.indexes.map(({ metadata: _metadata, ...one }) => one)],
    [
      'POST',
      /^\/vectorize\/v2\/indexes$/,
      (call) => {
        const { name, config } = jsonOf<{ name: string; config: { dimensions: number; metric: string } }>(call)
        free(
          account.indexes.some((one) => one.name === name),
          3002,
          'vectorize.index.duplicate_name',
        )
        if (!(config.dimensions >= 1 && config.dimensions <= 1_536)) throw new Refused(400, 40_000, 'bad dimensions')
        account.indexes.push({ name, config, metadata: [] })
        return { name, config, description: '', created_on: '2026-11-22T00:00:00.000Z' }
      },
    ],
    [
      'GET',
      /^\/vectorize\/v2\/indexes\/([^/]+)\/metadata_index\/list$/,
      (_call, [name]) => ({ metadataIndexes: index(name!).metadata }),
    ],
    [
      'POST',
      /^\/vectorize\/v2\/indexes\/([^/]+)\/metadata_index\/create$/,
      (call, [name]) => {
        const { propertyName, indexType } = jsonOf<{ propertyName: string; indexType: string }>(call)
        const { metadata } = index(name!)
        free(
          metadata.some((one) => one.propertyName === propertyName),
          40_010,
          'metadata index exists',
        )
        metadata.push({ propertyName, indexType: `${indexType[0]!.toUpperCase()}${indexType.slice(1)}` })
        return { mutationId: account.uuid() }
      },
    ],
  ]
}

const queueTold = (one: Account['queues'][number]) => ({
  ...{ ...one, created_on: '2026-11-22T00:00:00Z', producers: [], producers_total_count: 0 },
  consumers_total_count: one.consumers.length,
})

function consumerOf(call: Call, account: Account, id: string): Consumer {
  const body = jsonOf<{ script_name: string; dead_letter_queue?: string; settings: Record<string, unknown> }>(call)
  const { script_name: script, dead_letter_queue = '', settings } = body
  if (!account.scripts.has(script)) throw new Refused(404, 11_002, `script ${script} does not exist`)
  if (dead_letter_queue !== '' && !account.queues.some((one) => one.queue_name === dead_letter_queue))
    throw new Refused(404, 11_000, `Queue ${dead_letter_queue} does not exist`)
  return { consumer_id: id, type: 'worker', script, dead_letter_queue, settings }
}
