/**
 * The checks of Schemathesis (https://schemathesis.readthedocs.io/en/stable/reference/checks/) on one request and its
 * answer, by the OpenAPI document. Two of the fourteen need several requests: lifecycle.ts.
 */

import type { Case } from './case.ts'
import type { Document, DocumentedAnswer, Operation } from './document.ts'
import { misfit } from './schema.ts'

export const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'positive_data_acceptance',
  'missing_required_header',
  'unsupported_method',
  'allow_header',
  'use_after_free',
  'ensure_resource_availability',
  'ignored_auth',
  'max_response_time',
] as const
export type Check = (typeof CHECKS)[number]

export interface Answer {
  status: number
  headers: Headers
  text: string
  ms: number
}

export interface Fault {
  check: Check
  detail: string
}

export interface Judged {
  faults: Fault[]
  /** The checks that had something to say. */
  applied: Check[]
}

/** How long any answer may take. Work that a request asks to wait for is not there in these tests. */
export const DEADLINE_MS = 2_000

/** Words of the validator itself: where a refusal has them, it contradicts the schema and no rule beside it. */
const STRUCTURAL =
  /^(?:Invalid (?:input|option|string|key|element|value|discriminator|type)|Too (?:big|small)|Unrecognized key)/

interface ProblemBody {
  code?: string
  status?: number
  errors?: ReadonlyArray<{ pointer: string; detail: string }>
}

export type Judge = (one: Case, answer: Answer) => Judged

/** @param deadlineMs what is later than that is late */
export function createJudge({ schemas, operations, methods }: Document, deadlineMs = DEADLINE_MS): Judge {
  const byRoute = new Map(operations.map((one) => [one.route, one]))
  const allAnswers = operations.flatMap(({ answers }) => [...answers])
  const allCodes = new Set(allAnswers.flatMap(([, { codes }]) => [...codes]))

  /** What an address that is not the operation's may answer: anything that some operation answers. */
  const elsewhere = new Map<number, DocumentedAnswer[]>()
  for (const [status, answer] of allAnswers) elsewhere.set(status, [...(elsewhere.get(status) ?? []), answer])

  return (one, answer) => {
    const operation = byRoute.get(one.route)!
    const faults: Fault[] = []
    const applied = new Set<Check>()
    const check = (name: Check, fault: string | null) => {
      applied.add(name)
      if (fault !== null) faults.push({ check: name, detail: fault })
    }
    const body = parsed(answer.text)
    const problem = (body ?? {}) as ProblemBody
    const said = `${answer.status}${typeof problem.code === 'string' ? ` ${problem.code}` : ''}`

    check('not_a_server_error', answer.status >= 500 ? `answered ${said}` : null)
    check('max_response_time', answer.ms > deadlineMs ? `answered after ${Math.round(answer.ms)} ms` : null)
    const documented = candidates(operation, one, answer.status)
    check('status_code_conformance', documented.length > 0 ? null : `answered ${said}, which is not documented`)
    if (documented.length > 0) conformance(documented)
    judgeDue()
    return { faults, applied: [...applied] }

    function candidates({ answers }: Operation, { due }: Case, status: number): readonly DocumentedAnswer[] {
      if (due === 'elsewhere' || due === 'no_method') {
        // A path that is none, and a method that is not taken, are nobody's operation.
        if (status === 404 || status === 405) return [PROBLEM]
        return due === 'elsewhere' ? (elsewhere.get(status) ?? []) : []
      }
      const own = answers.get(status)
      return own === undefined ? [] : [own]
    }

    function conformance(all: readonly DocumentedAnswer[]): void {
      const type = answer.headers.get('content-type') ?? ''
      const typed = all.filter(({ types }) => types.has(type))
      check('content_type_conformance', typed.length > 0 ? null : `is of type "${type}"`)
      const lacking = all.map(({ headers }) => [...headers].find(([name, schema]) => !headerFits(name, schema)))
      check(
        'response_headers_conformance',
        lacking.includes(undefined) ? null : `the header ${lacking[0]![0]} is missing or odd in ${said}`,
      )
      if (typed.length === 0) return
      const wrong = typed.map(({ types, codes }) => wrongBody(types.get(type)!, codes))
      check('response_schema_conformance', wrong.includes(null) ? null : wrong[0]!)
    }

    function headerFits(name: string, schema: object): boolean {
      const text = answer.headers.get(name)
      if (text === null) return false
      return [text, Number(text)].some((value) => misfit(schema, value, schemas) === null)
    }

    function wrongBody(schema: object, codes: ReadonlySet<string>): string | null {
      if (body === undefined) return 'is not JSON'
      const wrong = misfit(schema, body, schemas)
      if (wrong !== null || answer.status < 400) return wrong
      if (problem.status !== answer.status) return `says ${problem.status} in an answer of ${answer.status}`
      const allowed = codes === ANY_CODE ? allCodes : codes
      return allowed.has(problem.code!) || codes === ANY_CODE
        ? null
        : `the code ${problem.code} is not documented with ${answer.status}`
    }

    function judgeDue(): void {
      const isTaken = answer.status < 300
      const isRefused = answer.status >= 400 && answer.status < 500
      switch (one.due) {
        case 'taken':
          check('positive_data_acceptance', isTaken ? null : contradiction())
          return
        case 'refused': {
          const name =
            one.about === 'the content type is missing' ? 'missing_required_header' : 'negative_data_rejection'
          check(name, isRefused || (isTaken && namesRefusals(body)) ? null : `was answered ${said}`)
          return
        }
        case 'no_key':
          check('ignored_auth', answer.status === 401 || answer.status === 429 ? null : `was answered ${said}`)
          if (!one.sent.headers.some(([name]) => name === 'authorization'))
            check('missing_required_header', answer.status === 401 ? null : `was answered ${said}`)
          return
        case 'no_method': {
          check('unsupported_method', answer.status === 405 ? null : `was answered ${said}`)
          const allowed = (answer.headers.get('allow') ?? '').split(', ').sort().join()
          const due = [...methods.get(operation.path)!].sort().join()
          check('allow_header', answer.status !== 405 || allowed === due ? null : `allows ${allowed}, not ${due}`)
        }
      }
    }

    /** Why a refusal of what the document allows is none of its rules; null when it is. */
    function contradiction(): string | null {
      if ([403, 404, 409].includes(answer.status)) return null
      if (problem.code === 'invalid_cursor') return null
      const { errors = [] } = problem
      if (problem.code !== 'invalid_request' || errors.length === 0) return `was answered ${said}`
      const structural = errors.find(({ detail }) => STRUCTURAL.test(detail.replace(/^rule "[^"]*": /, '')))
      return structural === undefined ? null : `was refused: ${structural.pointer}: ${structural.detail}`
    }
  }
}

const ANY_CODE: ReadonlySet<string> = new Set(['any'])
const PROBLEM: DocumentedAnswer = {
  types: new Map([['application/problem+json', { $ref: '#/components/schemas/Problem' }]]),
  codes: ANY_CODE,
  headers: new Map(),
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Whether an answer that takes a list says of a part of it that it was refused. */
function namesRefusals(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false
  const { rejected, results } = body as { rejected?: unknown; results?: unknown }
  return (
    (Array.isArray(rejected) && rejected.length > 0) ||
    (Array.isArray(results) && results.some((one) => (one as { outcome?: string }).outcome === 'rejected'))
  )
}
