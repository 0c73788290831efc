/** All that a command knows of the process around it; tests pass their own. */
export interface Terminal {
  /** A line of the result, on stdout. */
  out(line: string): void
  /** A line beside the result, on stderr. */
  note(line: string): void
  /** Raw text on stderr, for a line that is rewritten. */
  rewrite(text: string): void
  readonly stdoutTty: boolean
  readonly stderrTty: boolean
  /** Width of stdout; Infinity when it is not a terminal. */
  readonly columns: number
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where `.shelfwise` is looked for and relative paths start. */
  readonly directory: string
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal
  /** Sets the exit code of a command that ended without a failure. */
  exitWith(code: number): void
}

/** JSON of a result, indented for people and readable by machines. */
export const printJson = (terminal: Terminal, value: unknown): void => terminal.out(JSON.stringify(value, null, 2))
