/** Every write that `api` forwards to `ingest`, and what key it needs. `ingest` decides; this is who may knock. */
export const WRITE_ROUTES = [
  { method: 'POST', path: '/v1/events', needs: 'any' },
  { method: 'POST', path: '/v1/events:bulk', needs: 'sk' },
  { method: 'PUT', path: '/v1/items/:id', needs: 'sk' },
  { method: 'DELETE', path: '/v1/items/:id', needs: 'sk' },
  { method: 'POST', path: '/v1/items:bulk', needs: 'sk' },
  { method: 'GET', path: '/v1/items', needs: 'sk' },
  { method: 'GET', path: '/v1/events', needs: 'sk' },
  { method: 'GET', path: '/v1/shops/:shop', needs: 'sk_or_admin' },
  { method: 'PUT', path: '/v1/placements/:placement', needs: 'sk' },
  { method: 'GET', path: '/v1/shops/:shop/rules', needs: 'sk_or_admin' },
  { method: 'PUT', path: '/v1/shops/:shop/rules', needs: 'sk_or_admin' },
  { method: 'POST', path: '/v1/shops/:shop/rules/rollback', needs: 'sk_or_admin' },
  { method: 'GET', path: '/v1/shops/:shop/rules/versions', needs: 'sk_or_admin' },
  { method: 'GET', path: '/v1/shops/:shop/rules/versions/:version', needs: 'sk_or_admin' },
  { method: 'GET', path: '/v1/ranker', needs: 'sk' },
  { method: 'GET', path: '/v1/ranker/:version', needs: 'sk' },
  { method: 'POST', path: '/v1/ranker:rollback', needs: 'sk' },
  { method: 'POST', path: '/v1/ranker:release', needs: 'sk' },
  { method: 'GET', path: '/v1/jobs', needs: 'sk' },
  { method: 'GET', path: '/admin/jobs', needs: 'admin' },
  { method: 'POST', path: '/v1/enrichment:retry', needs: 'sk' },
  { method: 'PUT', path: '/v1/shops/:shop/budget', needs: 'admin' },
  { method: 'GET', path: '/v1/webhooks', needs: 'sk' },
  { method: 'GET', path: '/v1/webhooks/deliveries', needs: 'sk' },
  { method: 'PUT', path: '/v1/webhooks/:source', needs: 'sk' },
  { method: 'GET', path: '/v1/webhooks/:source', needs: 'sk' },
  { method: 'DELETE', path: '/v1/webhooks/:source', needs: 'sk' },
  { method: 'GET', path: '/v1/dead-letters', needs: 'sk' },
  { method: 'GET', path: '/v1/dead-letters/:seq', needs: 'sk' },
  { method: 'POST', path: '/v1/dead-letters/:seq/replay', needs: 'sk' },
  { method: 'DELETE', path: '/v1/dead-letters/:seq', needs: 'sk' },
  { method: 'GET', path: '/admin/dead-letters', needs: 'admin' },
  { method: 'GET', path: '/admin/dead-letters/:seq', needs: 'admin' },
  { method: 'POST', path: '/admin/dead-letters/:seq/replay', needs: 'admin' },
  { method: 'DELETE', path: '/admin/dead-letters/:seq', needs: 'admin' },
  // A platform's signature is its key; `ingest` holds the secrets.
  { method: 'POST', path: '/webhooks/:source/:shop', needs: 'signature' },
  { method: 'PUT', path: '/v1/shops/:shop', needs: 'admin' },
  { method: 'POST', path: '/v1/shops/:shop/keys', needs: 'admin' },
  { method: 'DELETE', path: '/v1/shops/:shop/keys/:hash', needs: 'admin' },
] as const

const OWN_ROUTES = [
  { method: 'GET', path: '/health' },
  { method: 'GET', path: '/v1/recommendations' },
  { method: 'POST', path: '/v1/recommendations' },
  { method: 'POST', path: '/v1/rerank' },
  { method: 'GET', path: '/v1/items/:id' },
  { method: 'GET', path: '/v1/items/:id/audience' },
  { method: 'POST', path: '/v1/shops/:shop/rules/preview' },
] as const

/** Path -> methods it takes: what a 405 names, and what the OpenAPI document must list. */
export const ROUTES: ReadonlyMap<string, readonly string[]> = [...OWN_ROUTES, ...WRITE_ROUTES].reduce(
  (table, { method, path }) => table.set(path, [...(table.get(path) ?? []), method]),
  new Map<string, string[]>(),
)
