// Control and direction-changing characters of a catalogue must not steer the terminal.
const STEERING = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\p{Emoji_Presentation}\u{20000}-\u{3fffd}]/u
const WIDTHLESS = /[\p{Mn}\p{Me}\p{Cf}]/u

/** Foreign text as one harmless line. */
export const plain = (text: string): string => text.replace(STEERING, ' ')

/** Terminal columns that a text takes: two for East Asian wide characters. */
export function displayWidth(text: string): number {
  let width = 0
  for (const char of text) width += WIDTHLESS.test(char) ? 0 : WIDE.test(char) ? 2 : 1
  return width
}

/** The text cut to at most `width` columns, with an ellipsis where something is missing. */
export function clip(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  let kept = ''
  let used = 0
  for (const char of text) {
    const own = displayWidth(char)
    if (used + own > width - 1) break
    kept += char
    used += own
  }
  return width < 1 ? '' : `${kept}…`
}

export interface Column {
  title: string
  align?: 'left' | 'right'
  /** Gives way when the table is wider than the terminal; at least this many columns stay. */
  shrinkTo?: number
}

const GAP = '  '

/**
 * Rows under a heading, aligned by display width; the last column is never padded.
 * @param maxWidth terminal columns; Infinity when the output is not a terminal
 */
export function table(columns: readonly Column[], rows: ReadonlyArray<readonly string[]>, maxWidth: number): string {
  const cells = rows.map((row) => row.map(plain))
  const widths = columns.map((column, at) =>
    Math.max(displayWidth(column.title), ...cells.map((row) => displayWidth(row[at] ?? ''))),
  )
  let over = widths.reduce((sum, width) => sum + width, GAP.length * (columns.length - 1)) - maxWidth
  // The widest column gives first, so that no single one is cut to nothing.
  const elastic = columns.map((column, at) => ({ at, least: column.shrinkTo })).filter((one) => one.least !== undefined)
  for (const { at, least } of elastic.sort((a, b) => widths[b.at]! - widths[a.at]!)) {
    if (over <= 0) break
    const given = Math.min(over, Math.max(0, widths[at]! - least!))
    widths[at] = widths[at]! - given
    over -= given
  }
  const line = (row: readonly string[]) =>
    columns
      .map((column, at) => {
        const text = clip(row[at] ?? '', widths[at]!)
        const space = ' '.repeat(widths[at]! - displayWidth(text))
        if (column.align === 'right') return space + text
        return at === columns.length - 1 ? text : text + space
      })
      .join(GAP)
      .trimEnd()
  return [line(columns.map((column) => column.title)), ...cells.map(line)].join('\n')
}

/** 1234567 as 1,234,567. */
export const count = (value: number): string => value.toLocaleString('en')

/** "1 line", "2 lines". */
export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`

/** Seconds as a short duration: 4 s, 2 min 5 s, 1 h 3 min. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`
}

/** Counts that are not zero, in words. */
export const errorsText = (errors: Readonly<Record<string, number>>): string =>
  Object.entries(errors)
    .filter(([, times]) => times > 0)
    .map(([kind, times]) => `${count(times)} ${kind.replaceAll('_', ' ')}`)
    .join(', ')
