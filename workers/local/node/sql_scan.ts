/** A scanner for SQLite text: enough to find statement ends and parameters, blind inside strings and comments. */

export interface Statement {
  /** The text without its final semicolon. */
  sql: string
  /** The number of values that must be bound. */
  parameters: number
  /** Byte offset of the first parameter beyond `parameterLimit`, if any. */
  excessOffset: number | null
}

export interface Scan {
  statements: Statement[]
  /** Whether comments stand behind the last semicolon. */
  trailingComment: boolean
}

const TRIGGER = /^create\s+(temp\s+|temporary\s+)?trigger\b/i
const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|\?\d*|[:@$][A-Za-z_]\w*|;|[A-Za-z_]\w*/g

/** Cuts SQL into statements; the body of a trigger stays together. */
export function scanSql(text: string, parameterLimit = Number.POSITIVE_INFINITY): Scan {
  const statements: Statement[] = []
  let state = fresh(0)
  let trailingComment = false
  const finish = (end: number) => {
    const sql = text.slice(state.start, end).trim()
    if (state.meaningful) statements.push({ sql, parameters: state.parameters, excessOffset: state.excessOffset })
  }
  for (const match of text.matchAll(TOKEN)) {
    const token = match[0]
    if (token.startsWith('--') || token.startsWith('/*')) {
      trailingComment = true
      continue
    }
    if (token === ';' && !insideTrigger(state)) {
      finish(match.index)
      state = fresh(match.index + 1)
      trailingComment = false
      continue
    }
    if (!state.meaningful) {
      state.meaningful = true
      state.trigger = TRIGGER.test(text.slice(match.index, match.index + 80))
    }
    if (/^[?:@$]/.test(token)) countParameter(state, token, match.index, parameterLimit)
    else if (state.trigger) trackTrigger(state, token.toLowerCase())
  }
  finish(text.length)
  return { statements, trailingComment: trailingComment && !state.meaningful && statements.length > 0 }
}

/** The statements of a script, in order. */
export const splitStatements = (text: string): string[] => scanSql(text).statements.map((statement) => statement.sql)

interface State {
  start: number
  meaningful: boolean
  trigger: boolean
  /** Open CASE ... END, and the trigger's own BEGIN ... END. */
  depth: number
  begun: boolean
  parameters: number
  excessOffset: number | null
  names: Map<string, number>
}

const fresh = (start: number): State => ({
  start,
  meaningful: false,
  trigger: false,
  depth: 0,
  begun: false,
  parameters: 0,
  excessOffset: null,
  names: new Map(),
})

/** A trigger's semicolons belong to it until its END. */
const insideTrigger = (state: State): boolean => state.trigger && (!state.begun || state.depth > 0)

function trackTrigger(state: State, word: string): void {
  if (word === 'begin' && !state.begun) {
    state.begun = true
    state.depth = 1
  } else if (word === 'case') state.depth++
  else if (word === 'end') state.depth--
}

/** SQLite's numbering: `?` is one more than the largest so far, `?N` is N, a name has one number. */
function countParameter(state: State, token: string, offset: number, limit: number): void {
  let number = state.parameters + 1
  if (/^\?\d/.test(token)) number = Number(token.slice(1))
  else if (token !== '?') {
    number = state.names.get(token) ?? number
    state.names.set(token, number)
  }
  if (number > limit && state.excessOffset === null) state.excessOffset = offset - state.start
  state.parameters = Math.max(state.parameters, number)
}
