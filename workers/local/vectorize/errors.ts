/** The operation names that the platform puts in front of its errors. */
export type Operation =
  | 'INDEX_GET'
  | 'VECTOR_QUERY'
  | 'VECTOR_INSERT'
  | 'VECTOR_UPSERT'
  | 'VECTOR_GET'
  | 'VECTOR_DELETE'

/** Only 40025 was seen in a real answer; the others are placeholders in the same range, so never branch on them. */
export const CODE = {
  invalidTopK: 40_025,
  invalidDimensions: 40_012,
  invalidVector: 40_013,
  invalidId: 40_014,
  invalidNamespace: 40_015,
  invalidMetadata: 40_016,
  batchTooLarge: 40_017,
  invalidFilter: 40_026,
  vectorNotFound: 40_027,
} as const

export type Code = (typeof CODE)[keyof typeof CODE]

/** A refusal before it is known which operation met it; the engine turns it into the platform's form. */
export class Refusal extends Error {
  readonly code: Code
  constructor(code: Code, message: string) {
    super(message)
    this.code = code
  }
}

/** Runs `work`; a Refusal inside becomes `Error("<OP>_ERROR (code = N): text", { cause })`, as a binding throws it. */
export function asOperation<T>(operation: Operation, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw new Error(`${operation}_ERROR (code = ${error.code}): ${error.message}`, { cause: new Error(error.message) })
  }
}
