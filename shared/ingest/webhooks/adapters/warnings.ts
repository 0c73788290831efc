/** Warnings kept of one delivery: enough to see what is wrong with a feed, too few to fill a row. */
const MOST = 20

/** What was cut, dropped or guessed while a body was read. Each kind is said once. */
export class Warnings {
  private readonly said = new Set<string>()

  add(warning: string): void {
    if (this.said.size < MOST) this.said.add(warning)
  }
  get list(): readonly string[] {
    return [...this.said]
  }
}
