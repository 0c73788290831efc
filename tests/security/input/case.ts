/** One request, and what the document says of its answer. */
export interface Sent {
  method: string
  /** Path and query as they stand on the wire. */
  target: string
  headers: ReadonlyArray<readonly [string, string]>
  body: Uint8Array | null
  /** The door signs it as a platform would: a signature is good for some minutes only. */
  signs?: boolean
}

/**
 * What is due: `taken`; `refused`, or with a list a part of it refused by name; refused for its key, or for its method; any of
 * the operation's answers; or, where the address may be another's, any answer that is documented at all.
 */
export type Due = 'taken' | 'refused' | 'no_key' | 'no_method' | 'answered' | 'elsewhere'

export interface Case {
  route: string
  due: Due
  /** In words, what was done to a good request. */
  about: string
  sent: Sent
  /** The text field that holds what is hostile. */
  field?: string
}
