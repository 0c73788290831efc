/** Workers: uploads with their bindings checked, versions, deployments, crons, addresses, secrets, static files. */
import type { Account, Binding, Script, Version } from './account.ts'
import { type Call, jsonOf, Refused } from './answers.ts'
import type { Routes } from './resources.ts'

const missing = () => new Refused(404, 10007, 'This Worker does not exist on your account.')

interface Metadata {
  bindings: Binding[]
  keep_bindings?: string[]
  annotations?: Record<string, string>
  limits?: { cpu_ms?: number }
  assets?: { jwt: string }
  keep_assets?: boolean
}

export function scriptRoutes(account: Account): Routes {
  const script = (name: string): Script => {
    const found = account.scripts.get(name)
    if (found === undefined) throw missing()
    return found
  }
  const upload = async (call: Call, name: string): Promise<Version> => {
    const form = await new Response(call.body as never, { headers: call.headers }).formData()
    const metadata = JSON.parse(await partText(form.get('metadata'))) as Metadata
    if (metadata.limits !== undefined && account.plan === 'free')
      throw new Refused(400, 100_328, 'CPU limits are not supported for the Free plan.')
    const before = account.deployed(name)?.bindings ?? []
    const bindings = metadata.bindings.map((one) => inherited(one, before))
    for (const one of bindings) checkBinding(one, account)
    const kept = before.filter(
      (one) =>
        (metadata.keep_bindings ?? []).includes(one.type) && !bindings.some(({ name: other }) => other === one.name),
    )
    const modules: Version['modules'] = []
    for (const [field, value] of form.entries())
      if (field !== 'metadata')
        modules.push({ name: field, bytes: new TextEncoder().encode(await partText(value)).length })
    return {
      ...{ id: account.uuid(), bindings: [...bindings, ...kept], annotations: metadata.annotations ?? {} },
      ...{ modules: modules.filter(({ name: one }) => !one.endsWith('.map')), limits: metadata.limits },
      assets: metadata.assets !== undefined,
    }
  }
  const put = (name: string, version: Version): Script => {
    const found = account.scripts.get(name) ?? { versions: [], deployments: [], crons: [], subdomain: false }
    found.versions.push(version)
    account.scripts.set(name, found)
    return found
  }
  const settingsOf = (name: string) => {
    script(name)
    return { bindings: shown(account.deployed(name)?.bindings ?? []), tags: null }
  }
  const service = (name: string) => {
    script(name)
    const told = { id: name, tag: 'a'.repeat(32), tags: null, last_deployed_from: 'wrangler' }
    return { id: name, default_environment: { environment: 'production', script: told } }
  }
  return [
    ['GET', /^\/workers\/services\/([^/]+)$/, (_call, [name]) => service(name!)],
    [
      'PUT',
      /^\/workers\/scripts\/([^/]+)$/,
      async (call, [name]) => {
        const version = await upload(call, name!)
        put(name!, version).deployments.unshift({
          id: account.uuid(),
          versions: [{ version_id: version.id, percentage: 100 }],
        })
        return {
          ...{ id: name, etag: 'e', startup_time_ms: 12, deployment_id: version.id.replaceAll('-', '') },
          tags: null,
        }
      },
    ],
    [
      'POST',
      /^\/workers\/scripts\/([^/]+)\/versions$/,
      async (call, [name]) => {
        script(name!)
        const version = await upload(call, name!)
        put(name!, version)
        return {
          id: version.id,
          startup_time_ms: 12,
          resources: { script: { etag: 'e' } },
          metadata: { has_preview: false },
        }
      },
    ],
    [
      'GET',
      /^\/workers\/scripts\/([^/]+)\/versions\/([^/]+)$/,
      (_call, [name, id]) => {
        const found = script(name!).versions.find((one) => one.id === id)
        if (found === undefined) throw new Refused(404, 10_222, 'Version not found')
        return {
          id,
          number: 1,
          annotations: found.annotations,
          metadata: {},
          resources: { bindings: shown(found.bindings), script: {}, script_runtime: {} },
        }
      },
    ],
    [
      'GET',
      /^\/workers\/scripts\/([^/]+)\/deployments$/,
      (_call, [name]) => ({
        deployments: script(name!).deployments.map((one) => ({
          ...one,
          strategy: 'percentage',
          source: 'wrangler',
          author_email: '',
          created_on: '2026-11-22T00:00:00Z',
          annotations: {},
        })),
      }),
    ],
    [
      'POST',
      /^\/workers\/scripts\/([^/]+)\/deployments$/,
      (call, [name]) => {
        const { versions } = jsonOf<{ versions: Array<{ version_id: string; percentage: number }> }>(call)
        const made = { id: account.uuid(), versions }
        script(name!).deployments.unshift(made)
        return made
      },
    ],
    ['PATCH', /^\/workers\/scripts\/([^/]+)\/(?:script-)?settings$/, (_call, [name]) => settingsOf(name!)],
    ['GET', /^\/workers\/scripts\/([^/]+)\/(?:script-)?settings$/, (_call, [name]) => settingsOf(name!)],
    [
      'GET',
      /^\/workers\/scripts\/([^/]+)\/schedules$/,
      (_call, [name]) => ({ schedules: script(name!).crons.map((cron) => ({ cron })) }),
    ],
    [
      'PUT',
      /^\/workers\/scripts\/([^/]+)\/schedules$/,
      (call, [name]) => {
        script(name!).crons = jsonOf<Array<{ cron: string }>>(call).map(({ cron }) => cron)
        return { schedules: jsonOf(call) }
      },
    ],
    [
      'GET',
      /^\/workers\/scripts\/([^/]+)\/subdomain$/,
      (_call, [name]) => ({ enabled: script(name!).subdomain, previews_enabled: false }),
    ],
    [
      'POST',
      /^\/workers\/scripts\/([^/]+)\/subdomain$/,
      (call, [name]) => {
        const { enabled } = jsonOf<{ enabled: boolean }>(call)
        script(name!).subdomain = enabled
        return { enabled, previews_enabled: enabled }
      },
    ],
    [
      'GET',
      /^\/workers\/workers\/([^/]+)$/,
      (_call, [name]) => ({
        id: name,
        name,
        subdomain: { enabled: script(name!).subdomain, previews_enabled: script(name!).subdomain },
      }),
    ],
    [
      'GET',
      /^\/workers\/scripts\/([^/]+)\/secrets$/,
      (_call, [name]) => {
        script(name!)
        const bindings = account.deployed(name!)?.bindings ?? []
        return shown(bindings.filter((one) => one.type === 'secret_text'))
      },
    ],
    [
      'POST',
      /^\/workers\/scripts\/([^/]+)\/assets-upload-session$/,
      (call) => {
        const { manifest } = jsonOf<{ manifest: Record<string, { hash: string }> }>(call)
        const wanted = [...new Set(Object.values(manifest).map(({ hash }) => hash))].filter(
          (hash) => !account.assets.has(hash),
        )
        return { jwt: token(), buckets: wanted.length === 0 ? [] : [wanted] }
      },
    ],
    [
      'POST',
      /^\/workers\/assets\/upload$/,
      async (call) => {
        const form = await new Response(call.body as never, { headers: call.headers }).formData()
        for (const [hash] of form.entries()) account.assets.add(hash)
        return { jwt: token() }
      },
    ],
    [
      'GET',
      /^\/workers\/subdomain$/,
      () => {
        if (account.subdomain === null) throw new Refused(404, 10007, 'You do not have a workers.dev subdomain.')
        return { subdomain: account.subdomain }
      },
    ],
  ]
}

/** Wrangler reads when it ends, and nothing else. */
const token = (): string =>
  ['{"alg":"none"}', '{"exp":4102444800}', 'x'].map((part) => Buffer.from(part).toString('base64url')).join('.')

const shown = (bindings: readonly Binding[]) =>
  bindings.map((one) => (one.type === 'secret_text' ? { name: one.name, type: one.type } : one))

const partText = async (part: unknown): Promise<string> =>
  typeof part === 'string' ? part : await (part as Blob).text()

function inherited(binding: Binding, before: readonly Binding[]): Binding {
  if (binding.type !== 'inherit') return binding
  const found = before.find((one) => one.name === binding.name)
  if (found === undefined) throw new Refused(400, 10_057, `inherit binding '${binding.name}' is invalid: there is none`)
  return found
}

/** What a binding points at must be there: this is why the order counts. */
function checkBinding(binding: Binding, account: Account): void {
  const { name } = binding
  const there: Record<string, () => boolean> = {
    d1: () => account.databases.some(({ uuid }) => uuid === (binding.id ?? binding.database_id)),
    kv_namespace: () => account.namespaces.some(({ id }) => id === binding.namespace_id),
    r2_bucket: () => account.buckets.includes(String(binding.bucket_name)),
    queue: () => account.queues.some(({ queue_name }) => queue_name === binding.queue_name),
    vectorize: () => account.indexes.some((one) => one.name === binding.index_name),
    service: () => account.scripts.has(String(binding.service)),
  }
  if (there[binding.type]?.() === false) {
    const said =
      binding.type === 'service'
        ? `Could not resolve service binding '${name}'. Target script '${String(binding.service)}' not found.`
        : `${binding.type} binding '${name}' references what does not exist.`
    throw new Refused(400, binding.type === 'service' ? 10_143 : 10_021, said)
  }
}
