/**
 * Who may ask what: every public route, every kind of credential, and what it is answered with. Written by hand on
 * purpose: nothing here is read from the code that it judges. A new route needs a row, or the build fails.
 *
 * Rows name things of shop A. Columns:
 * - `none`: no key where one is read. Also a secret or admin key in the address, and a caller that the sender wrote itself
 * - `bad`: what cannot be a key · `wrong`: well formed, and nobody's · `gone`: revoked · `past`: expired, of either kind
 * - `pk`: a browser key on its own page, or on none · `?pk`: the same in the address · `pk@`: on a page that is not its own
 * - `sk`: A's secret key · `pkB`, `skB`: shop B's keys · `admin`: the admin key
 *
 * Cells: 2xx as it stands; 401 `unauthorized`, 403 `forbidden`, `page` 403 `origin_not_allowed`, 404 `not_found`.
 * Where B is answered 2xx it is told of, and changes, what is B's alone; a refusal of anybody leaves no trace.
 */
export const POLICY = `
                                                none  bad   wrong gone  past  pk    ?pk   pk@   pkB   sk    skB   admin
GET    /health                                  200   200   200   200   200   200   200   200   200   200   200   200

GET    /v1/recommendations                      401   401   401   401   401   200   200   page  200   200   200   401
POST   /v1/recommendations                      401   401   401   401   401   200   401   page  200   200   200   401
POST   /v1/rerank                               401   401   401   401   401   200   401   page  200   200   200   401
GET    /v1/explain                              401   401   401   401   401   200   200   page  200   200   200   401
GET    /v1/items/:id                            401   401   401   401   401   200   200   page  404   200   404   401
POST   /v1/events                               401   401   401   401   401   202   401   page  202   202   202   401

GET    /v1/items/:id/audience                   401   401   401   401   401   403   401   page  403   200   404   401
GET    /v1/model/calls/:key                     401   401   401   401   401   403   401   page  403   200   404   401
POST   /v1/model/calls/:key/again               401   401   401   401   401   403   401   page  403   200   404   401
GET    /v1/items                                401   401   401   401   401   403   401   page  403   200   200   401
PUT    /v1/items/:id                            401   401   401   401   401   403   401   page  403   200   200   401
DELETE /v1/items/:id                            401   401   401   401   401   403   401   page  403   200   200   401
POST   /v1/items:bulk                           401   401   401   401   401   403   401   page  403   200   200   401
GET    /v1/events                               401   401   401   401   401   403   401   page  403   200   200   401
POST   /v1/events:bulk                          401   401   401   401   401   403   401   page  403   200   200   401
GET    /v1/users/:id                            401   401   401   401   401   403   401   page  403   200   200   401
DELETE /v1/users/:id                            401   401   401   401   401   403   401   page  403   202   202   401
GET    /v1/erasures/:erasure                    401   401   401   401   401   403   401   page  403   200   404   401
PUT    /v1/placements/:placement                401   401   401   401   401   403   401   page  403   200   200   401
GET    /v1/ranker                               401   401   401   401   401   403   401   page  403   200   200   401
GET    /v1/ranker/:version                      401   401   401   401   401   403   401   page  403   200   404   401
POST   /v1/ranker:rollback                      401   401   401   401   401   403   401   page  403   200   200   401
POST   /v1/ranker:release                       401   401   401   401   401   403   401   page  403   200   200   401
GET    /v1/gates                                401   401   401   401   401   403   401   page  403   200   200   401
PUT    /v1/gates/:placement                     401   401   401   401   401   403   401   page  403   200   200   401
DELETE /v1/gates/:placement                     401   401   401   401   401   403   401   page  403   200   200   401
GET    /v1/gates:worth                          401   401   401   401   401   403   401   page  403   200   200   401
PUT    /v1/gates:worth                          401   401   401   401   401   403   401   page  403   200   200   401
DELETE /v1/gates:worth                          401   401   401   401   401   403   401   page  403   200   200   401
GET    /v1/jobs                                 401   401   401   401   401   403   401   page  403   200   200   401
POST   /v1/enrichment:retry                     401   401   401   401   401   403   401   page  403   202   202   401
GET    /v1/webhooks                             401   401   401   401   401   403   401   page  403   200   200   401
GET    /v1/webhooks/deliveries                  401   401   401   401   401   403   401   page  403   200   200   401
PUT    /v1/webhooks/:source                     401   401   401   401   401   403   401   page  403   200   201   401
GET    /v1/webhooks/:source                     401   401   401   401   401   403   401   page  403   200   404   401
DELETE /v1/webhooks/:source                     401   401   401   401   401   403   401   page  403   200   404   401
GET    /v1/dead-letters                         401   401   401   401   401   403   401   page  403   200   200   401
GET    /v1/dead-letters/:seq                    401   401   401   401   401   403   401   page  403   200   404   401
POST   /v1/dead-letters/:seq/replay             401   401   401   401   401   403   401   page  403   200   404   401
DELETE /v1/dead-letters/:seq                    401   401   401   401   401   403   401   page  403   200   404   401

GET    /v1/shops/:shop                          401   401   401   401   401   403   401   page  403   200   403   200
GET    /v1/shops/:shop/rules                    401   401   401   401   401   403   401   page  403   200   403   200
PUT    /v1/shops/:shop/rules                    401   401   401   401   401   403   401   page  403   201   403   201
POST   /v1/shops/:shop/rules/preview            401   401   401   401   401   403   401   page  403   200   403   200
POST   /v1/shops/:shop/rules/rollback           401   401   401   401   401   403   401   page  403   201   403   201
GET    /v1/shops/:shop/rules/versions           401   401   401   401   401   403   401   page  403   200   403   200
GET    /v1/shops/:shop/rules/versions/:version  401   401   401   401   401   403   401   page  403   200   403   200

PUT    /v1/shops/:shop                          401   401   401   401   401   401   401   401   401   401   401   200
PUT    /v1/shops/:shop/budget                   401   401   401   401   401   401   401   401   401   401   401   200
POST   /v1/shops/:shop/keys                     401   401   401   401   401   401   401   401   401   401   401   201
DELETE /v1/shops/:shop/keys/:hash               401   401   401   401   401   401   401   401   401   401   401   200
GET    /admin/jobs                              401   401   401   401   401   401   401   401   401   401   401   200
GET    /admin/dead-letters                      401   401   401   401   401   401   401   401   401   401   401   200
GET    /admin/dead-letters/:seq                 401   401   401   401   401   401   401   401   401   401   401   200
POST   /admin/dead-letters/:seq/replay          401   401   401   401   401   401   401   401   401   401   401   200
DELETE /admin/dead-letters/:seq                 401   401   401   401   401   401   401   401   401   401   401   200

POST   /webhooks/:source/:shop                  401   401   401   401   401   401   401   401   401   401   401   401
`
