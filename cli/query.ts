/** A request's body as the query string of its GET twin: lists by repeating the name, trees as JSON. */
export function queryOf(body: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(body)) {
    if (Array.isArray(value) && value.every((one) => typeof one === 'string')) {
      // One id with a comma would be read as two: given twice it is read as it is.
      const ids = value.length === 1 && value[0]!.includes(',') ? [value[0]!, value[0]!] : value
      for (const id of ids) query.append(name, id)
    } else query.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value))
  }
  return query.toString()
}
