import { describe, expect, it } from 'vitest'
import { clip, displayWidth, duration, plain, table } from './text.ts'

describe('text for the terminal', () => {
  it('counts wide characters twice and marks not at all', () => {
    expect(displayWidth('tea')).toBe(3)
    expect(displayWidth('木軸万年筆')).toBe(10)
    expect(displayWidth('e\u0301')).toBe(1)
  })

  it('clips by columns, not by characters', () => {
    expect(clip('木軸万年筆', 6)).toBe('木軸…')
    expect(clip('teapot', 6)).toBe('teapot')
    expect(clip('teapots', 6)).toBe('teapo…')
  })

  it('lets no foreign text steer the terminal', () => {
    expect(plain('a\u001b[2Jb\nc\u202ed')).toBe('a [2Jb c d')
  })

  it('aligns mixed scripts and keeps to the width', () => {
    const columns = [
      { title: '#', align: 'right' },
      { title: 'title', shrinkTo: 6 },
      { title: 'price', align: 'right' },
    ] as const
    const rows = [
      ['1', '木軸万年筆', '￥18,000'],
      ['10', 'A rather long title', '£38.00'],
    ]
    const lines = table(columns, rows, 24).split('\n')
    expect(lines.map(displayWidth)).toEqual([24, 24, 24])
    expect(lines[2]).toContain('…')
  })

  it('says durations in words', () => {
    expect([4.4, 125, 3_780].map(duration)).toEqual(['4 s', '2 min 5 s', '1 h 3 min'])
  })
})
