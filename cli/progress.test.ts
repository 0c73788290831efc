import { describe, expect, it } from 'vitest'
import { createProgress, progressLine } from './progress.ts'
import { recordedTerminal } from './testing/folder.ts'

describe('progress', () => {
  it('says how far, how fast and how long', () => {
    const state = { label: 'events', done: 30_000, total: 120_000 }
    expect(progressLine(state, 30_000, 3)).toBe('events  30,000 of 120,000  25 %  10,000/s  9 s left')
  })

  it('does not count an earlier run as speed', () => {
    expect(progressLine({ label: 'events', done: 30_000, total: 40_000 }, 10_000, 10)).toContain('1,000/s')
  })

  it('writes a line every five seconds where there is no terminal', () => {
    const terminal = recordedTerminal('.')
    let now = 0
    const progress = createProgress(terminal, () => now)
    for (; now <= 12_000; now += 100) progress.show({ label: 'items', done: now, total: 50_000 })
    expect(terminal.noteLines).toHaveLength(2)
  })

  it('rewrites one line on a terminal and takes it away', () => {
    const written: string[] = []
    const terminal = { ...recordedTerminal('.'), stderrTty: true, rewrite: (text: string) => void written.push(text) }
    const progress = createProgress(terminal, () => 0)
    progress.show({ label: 'items', done: 1, total: 2 })
    progress.clear()
    progress.clear()
    expect(written).toEqual(['\r\u001b[Kitems  1 of 2  50 %', '\r\u001b[K'])
  })
})
