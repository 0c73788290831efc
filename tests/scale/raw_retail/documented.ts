/** The counts of docs/raw_retail.md: rows of `| rule | whole year | first 30 days | why |`. */
export function documentedCounts(markdown: string): Map<string, { whole: number; quick: number }> {
  const rows = [...markdown.matchAll(/^\| `([a-z-]+)` \| ([\d,]+) \| ([\d,]+) \|/gm)]
  const number = (text: string) => Number(text.replaceAll(',', ''))
  return new Map(rows.map(([, rule, whole, quick]) => [rule!, { whole: number(whole!), quick: number(quick!) }]))
}
