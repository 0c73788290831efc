/**
 * What D1 answers when it is not well (developers.cloudflare.com/d1/observability/debug-d1), as its binding throws it, and
 * whether its makers advise to try again.
 */
export const D1_ERRORS = [
  { text: 'D1 DB reset because its code was updated.', retry: true },
  { text: 'Internal error while starting up D1 DB storage caused object to be reset.', retry: true },
  { text: 'Network connection lost.', retry: true },
  { text: 'Internal error in D1 DB storage caused object to be reset.', retry: true },
  { text: 'Cannot resolve D1 DB due to transient issue on remote node.', retry: true },
  { text: 'D1 DB storage operation exceeded timeout which caused object to be reset.', retry: true },
  { text: "Can't read from request stream because client disconnected.", retry: false },
  { text: 'D1 DB is overloaded. Requests queued for too long.', retry: false },
  { text: 'D1 DB is overloaded. Too many requests queued.', retry: false },
  { text: 'D1 DB exceeded its CPU time limit and was reset.', retry: false },
  { text: "D1 DB's isolate exceeded its memory limit and was reset.", retry: false },
  { text: 'Exceeded maximum DB size.', retry: false },
  { text: "Your account has exceeded D1's maximum account storage limit", retry: false },
] as const satisfies ReadonlyArray<{ text: string; retry: boolean }>

/** The message of such an error, as a program sees it. */
export const d1ErrorMessage = ({ text }: { text: string }): string => `D1_ERROR: ${text}`
