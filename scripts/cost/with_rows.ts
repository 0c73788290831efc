import { ACCOUNTS, type Replayed } from './replay.ts'
import type { Rows } from './rows_on_workerd.ts'

/** The same counts with the rows that the runtime scanned and wrote, in the place of those that node:sqlite tells. */
export function withRows(replayed: Replayed, rows: ReadonlyMap<string, Rows>): Replayed {
  const counts = Object.fromEntries(
    Object.entries(replayed.counts).map(([name, own]) => {
      const { read, written } = rows.get(ACCOUNTS[name as keyof typeof ACCOUNTS]) ?? { read: 0, written: 0 }
      return [name, { ...own, 'd1.rowsRead': read, 'd1.rowsWritten': written }]
    }),
  ) as unknown as Replayed['counts']
  return { ...replayed, counts }
}
