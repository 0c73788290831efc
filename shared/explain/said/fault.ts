/** Why a reason is not served. */
export const REASON_FAULTS = [
  /** Not one of those in which reasons are told. */
  'language',
  /** Markup, link, address, hidden characters. */
  'form',
  'length',
  /** Ids that the bundle has not, or facts that cannot be told in one sentence. */
  'cites',
  /** A quoted name, or what belongs to another fact. */
  'names',
  'numbers',
  /** Something that no cited fact covers. */
  'words',
  /** Cited, but not said. */
  'unsaid',
  /** A cause that moved nothing. */
  'cause',
] as const
export type ReasonFault = (typeof REASON_FAULTS)[number]

/** Parts of the check; the tests take each away and see its lies come through. */
export type ReasonCheck = ReasonFault | 'clauses'
