/** What went wrong with a call: the API's own problem (RFC 9457), or `network` and `timeout` when no answer came. */
export class ApiProblem extends Error {
  readonly code: string
  readonly status: number
  readonly title: string
  readonly detail: string | undefined
  readonly requestId: string | undefined
  /** Seconds after which the API says that trying again makes sense. */
  readonly retryAfterSeconds: number | undefined

  constructor(
    code: string,
    status: number,
    title: string,
    more: { detail?: string; requestId?: string; retryAfter?: number } = {},
  ) {
    super(more.detail ?? title)
    this.name = 'ApiProblem'
    this.code = code
    this.status = status
    this.title = title
    this.detail = more.detail
    this.requestId = more.requestId
    this.retryAfterSeconds = more.retryAfter
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** Reads an answer that is no success; a body that is no problem document still gives a problem. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const body = ((await response.json().catch(() => null)) ?? {}) as Record<string, unknown>
  const detail = text(body.detail)
  const requestId = text(body.request_id)
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  return new ApiProblem(text(body.code) ?? 'http', response.status, text(body.title) ?? `HTTP ${response.status}`, {
    ...(detail !== undefined && { detail }),
    ...(requestId !== undefined && { requestId }),
    ...(retryAfter >= 0 && { retryAfter }),
  })
}
