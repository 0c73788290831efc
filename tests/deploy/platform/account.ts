/** What the stand-in of the platform keeps of an account, and what can be said of it from outside. */
import { SqliteCore } from '../../../workers/local/node/sqlite_core.ts'

export interface Binding {
  name: string
  type: string
  [field: string]: unknown
}

export interface Version {
  id: string
  bindings: Binding[]
  annotations: Record<string, string>
  /** Names and sizes of the modules. */
  modules: Array<{ name: string; bytes: number }>
  limits?: unknown
  assets: boolean
}

export interface Script {
  versions: Version[]
  /** Newest first. */
  deployments: Array<{ id: string; versions: Array<{ version_id: string; percentage: number }> }>
  crons: string[]
  subdomain: boolean
}

export interface Consumer {
  consumer_id: string
  type: string
  script: string
  dead_letter_queue: string
  settings: Record<string, unknown>
}

export interface Index {
  name: string
  config: { dimensions: number; metric: string }
  metadata: Array<{ propertyName: string; indexType: string }>
}

export class Account {
  readonly id = '0123456789abcdef0123456789abcdef'
  readonly name = 'A shop'
  plan: 'free' | 'paid' = 'paid'
  subdomain: string | null = 'a-shop'
  databases: Array<{ uuid: string; name: string; replication: string; core: SqliteCore }> = []
  namespaces: Array<{ id: string; title: string }> = []
  buckets: string[] = []
  queues: Array<{ queue_id: string; queue_name: string; consumers: Consumer[] }> = []
  indexes: Index[] = []
  scripts = new Map<string, Script>()
  assets = new Set<string>()
  #made = 0

  /** Hexadecimal digits that no other thing of the account has. */
  id32(): string {
    this.#made++
    return (0x9e3779b97f4a7c15n * BigInt(this.#made)).toString(16).padStart(32, '0').slice(-32)
  }

  uuid(): string {
    return this.id32().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  }

  createDatabase(name: string) {
    const made = { uuid: this.uuid(), name, replication: 'disabled', core: new SqliteCore(':memory:') }
    this.databases.push(made)
    return made
  }

  /** What a script has now: its deployed version. */
  deployed(name: string): Version | null {
    const script = this.scripts.get(name)
    const id = script?.deployments[0]?.versions[0]?.version_id
    return script?.versions.find((one) => one.id === id) ?? null
  }
}

/** Names of which there are several: a deployment that creates without looking makes them. */
export function duplicatesOf(account: Account): string[] {
  const names = [
    ...account.databases.map(({ name }) => `database ${name}`),
    ...account.namespaces.map(({ title }) => `namespace ${title}`),
    ...account.buckets.map((name) => `bucket ${name}`),
    ...account.queues.map(({ queue_name }) => `queue ${queue_name}`),
    ...account.indexes.map(({ name }) => `index ${name}`),
    ...account.queues.flatMap(({ queue_name, consumers }) =>
      consumers.map(({ script }) => `consumer ${script} of ${queue_name}`),
    ),
  ]
  return names.filter((name, at) => names.indexOf(name) !== at)
}

/** Everything that counts, with names in the place of ids and without numbers of versions: equal states are equal texts. */
export function stateOf(account: Account): string {
  const named = (binding: Binding): Binding => {
    if (binding.type === 'secret_text') return { name: binding.name, type: binding.type }
    if (binding.type === 'd1')
      return {
        ...binding,
        id: account.databases.find(({ uuid }) => uuid === (binding.id ?? binding.database_id))?.name,
      }
    if (binding.type === 'kv_namespace')
      return { ...binding, namespace_id: account.namespaces.find(({ id }) => id === binding.namespace_id)?.title }
    return binding
  }
  const state = {
    databases: account.databases
      .map(({ name, replication, core }) => ({ name, replication, tables: tablesOf(core) }))
      .sort(byName),
    namespaces: account.namespaces.map(({ title }) => title).sort(),
    buckets: [...account.buckets].sort(),
    queues: account.queues
      .map(({ queue_name: name, consumers }) => ({
        name,
        consumers: consumers.map(({ consumer_id: _id, ...consumer }) => consumer),
      }))
      .sort(byName),
    indexes: [...account.indexes].sort(byName),
    scripts: [...account.scripts]
      .map(([name, script]) => {
        const version = account.deployed(name)
        return {
          ...{ name, crons: [...script.crons].sort(), subdomain: script.subdomain },
          ...{ annotations: version?.annotations, modules: version?.modules, limits: version?.limits },
          assets: version?.assets,
          bindings: version?.bindings.map(named).sort(byName),
        }
      })
      .sort(byName),
    assets: account.assets.size,
  }
  return JSON.stringify(state, null, 1)
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const byName = (a: { name: string }, b: { name: string }): number => compare(a.name, b.name)

function tablesOf(core: SqliteCore): unknown {
  const names = (sql: string) => core.transaction([{ sql, params: [] }])[0]!.rows.map((row) => row[0])
  const tables = names("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")
  if (!tables.includes('d1_migrations')) return { tables, migrations: [] }
  return { tables, migrations: names('SELECT name FROM d1_migrations ORDER BY id') }
}
