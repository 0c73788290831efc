/** The platform's envelope, and its refusals by number. */

export interface Call {
  method: string
  /** Behind the API's own prefix, without the query. */
  path: string
  query: URLSearchParams
  headers: Headers
  body: Uint8Array
}

export class Refused extends Error {
  readonly status: number
  readonly code: number
  constructor(status: number, code: number, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** A list with what the platform tells of its pages. */
export class Page {
  readonly rows: readonly unknown[]
  readonly info: Record<string, number>
  constructor(all: readonly unknown[], query: URLSearchParams, perPageMax: number) {
    const page = Math.max(1, Number(query.get('page') ?? 1))
    const perPage = Math.min(Number(query.get('per_page') ?? 20), perPageMax)
    this.rows = all.slice((page - 1) * perPage, page * perPage)
    this.info = {
      ...{ page, per_page: perPage, count: this.rows.length, total_count: all.length },
      total_pages: Math.ceil(all.length / perPage),
    }
  }
}

export const jsonOf = <T>(call: Call): T => JSON.parse(new TextDecoder().decode(call.body)) as T

export function envelope(result: unknown): string {
  const page = result instanceof Page ? { result: result.rows, result_info: result.info } : { result: result ?? null }
  return JSON.stringify({ success: true, errors: [], messages: [], ...page })
}

export const refusal = (code: number, message: string): string =>
  JSON.stringify({ success: false, errors: [{ code, message }], messages: [], result: null })
