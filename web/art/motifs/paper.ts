import type { Palette } from '../palette.ts'
import { box, fill, group, line, oval, type Shape, shadow, turned } from '../shape.ts'

export const notebook = (c: Palette, n: number): Shape[] => [
  shadow(54),
  group('rotate(-6 100 108)', [
    box(58, 48, 92, 114, 4, c.paper.dark, 0.6),
    box(56, 46, 92, 114, 3, c.paper.base),
    line('M146 54L146 156M143 54L143 157', c.paper.dark, 0.8, 0.5),
    box(50, 44, 90, 116, 5, c.base),
    box(50, 44, 14, 116, 5, c.dark, 0.4),
    ...(n % 3 === 0
      ? [box(78, 66, 46, 22, 2, c.paper.base, 0.95), line('M86 74L114 74M86 80L104 80', c.paper.dark, 1.6, 0.6)]
      : n % 3 === 1
        ? [
            ...[58, 78, 98, 118, 138].map((y) => line(`M50 ${y}L64 ${y}`, c.mark, 2)),
            line('M64 44L64 160', c.mark, 1.6),
            box(88, 62, 22, 62, 1, c.paper.base, 0.95),
          ]
        : [oval(102, 96, 20, 20, c.mark, 0.85), oval(110, 90, 18, 18, c.base)]),
  ]),
  fill('M112 158L124 158L124 178L118 172L112 178Z', c.second),
]

export const notebooks = (c: Palette): Shape[] => [
  shadow(60),
  ...[14, 0, -14].map((turn, i) =>
    group(`rotate(${turn} 100 150)`, [
      box(58, 46, 84, 112, 3, [c.second, c.light, c.base][i]!),
      box(58, 46, 10, 112, 3, c.dark, 0.25),
      ...(i === 2 ? [box(80, 66, 44, 20, 2, c.paper.base, 0.95), line('M88 76L114 76', c.paper.dark, 1.6, 0.6)] : []),
    ]),
  ),
]

export const pen = (c: Palette, n: number): Shape[] => [
  line(n % 2 ? 'M34 156C60 140 70 168 96 152S132 150 142 156' : 'M36 158Q60 150 80 157T128 154', c.deep, 2, 0.55),
  group('rotate(-42 100 100)', [
    oval(100, 120, 84, 4, '#1d1a16', 0.1),
    fill('M24 100L46 91L46 109Z', c.brass.base),
    line('M26 100L40 100', c.deep, 1.2),
    box(44, 88, 70, 24, 5, c.base),
    box(112, 86, 76, 28, 9, c.base),
    box(44, 104, 144, 8, 4, c.dark, 0.4),
    box(48, 91, 134, 4, 2, c.light, 0.6),
    box(108, 86, 7, 28, 2, c.brass.base),
    line('M176 88L126 88', c.brass.light, 4),
    ...(n % 2 ? [line('M60 98q12 -6 22 2t24 -1', c.mark, 1.4, 0.6)] : []),
  ]),
]

export const pencils = (c: Palette): Shape[] => [
  shadow(42),
  ...[-16, -5, 6, 17].map((turn, i) =>
    group(`rotate(${turn} 100 164)`, [
      fill('M94 62L100 40L106 62Z', '#e6cfa8'),
      fill('M98 47L100 40L102 47Z', c.deep),
      box(94, 61, 12, 96, 1, [c.base, c.second, c.light, c.base][i]!),
      box(102, 61, 4, 96, 1, c.dark, 0.3),
    ]),
  ),
  ...turned(
    [
      [112, 32],
      [130, 32],
      [162, 30],
    ],
    c.wood,
  ),
  oval(100, 112, 32, 6, c.wood.light),
  oval(100, 113, 28, 4.4, c.wood.dark, 0.5),
]

export const brushPen = (c: Palette): Shape[] => [
  line('M40 140C64 106 84 150 108 128S146 134 164 118', c.deep, 9, 0.8),
  group('rotate(-52 100 96)', [
    fill('M22 96C34 88 46 85 58 84L58 108C46 107 34 104 22 96Z', '#efe4d0'),
    fill('M22 96C30 91 38 88 44 87L44 105C38 104 30 101 22 96Z', c.deep),
    box(56, 83, 14, 26, 2, c.dark),
    box(68, 85, 116, 22, 6, c.base),
    box(68, 99, 116, 8, 4, c.dark, 0.4),
    line('M78 90L176 90', c.light, 2.4, 0.6),
    line('M186 96q12 0 10 10', c.second, 2.4),
  ]),
]

export const letter = (c: Palette, n: number): Shape[] => [
  shadow(62),
  group('rotate(5 100 110)', [
    box(46, 46, 92, 106, 2, c.paper.base),
    ...[64, 76, 88, 100].map((y) => line(`M58 ${y}L126 ${y}`, c.paper.dark, 1, 0.4)),
    ...(n % 2 ? [oval(118, 62, 8, 8, c.second, 0.8)] : []),
  ]),
  group('rotate(-4 100 130)', [
    box(36, 96, 128, 66, 3, c.base),
    fill('M36 98L100 138L164 98L164 96L36 96Z', c.dark, 0.28),
    line('M37 98L100 137L163 98', c.light, 1.6, 0.7),
    n % 2 ? oval(100, 136, 8, 8, c.second) : line('M36 128L164 128', c.second, 3, 0.8),
  ]),
]

export const sheets = (c: Palette, n: number): Shape[] => [
  shadow(60),
  ...[
    [-14, c.second],
    [-4, c.light],
    [7, c.base],
  ].map(([turn, tone], i) =>
    group(`rotate(${turn} 100 130)`, [
      box(52, 58, 96, 96, 1, tone as string),
      ...(i < 2
        ? []
        : n % 2
          ? [0, 1, 2, 3].flatMap((row) =>
              [0, 1, 2, 3].map((col) => line(`M${58 + col * 23} ${74 + row * 23}a9 9 0 0 1 18 0`, c.mark, 2, 0.65)),
            )
          : [0, 1, 2, 3, 4, 5, 6].map((col) => box(58 + col * 13, 58, 4, 96, 0, c.mark, 0.4))),
    ]),
  ),
]

export const calendar = (c: Palette): Shape[] => [
  shadow(54),
  fill('M44 150L156 150L164 164L36 164Z', c.wood.base),
  box(54, 52, 92, 100, 3, c.paper.dark, 0.5),
  box(52, 50, 92, 100, 3, c.paper.base),
  box(52, 50, 92, 24, 3, c.base),
  oval(98, 62, 7, 7, c.light),
  oval(101, 60, 6, 6, c.base),
  ...[0, 1, 2, 3].flatMap((row) =>
    [0, 1, 2, 3, 4, 5].map((col) =>
      oval(
        63 + col * 14,
        88 + row * 15,
        3.2,
        3.2,
        row === 1 && col === 3 ? c.second : c.paper.dark,
        row === 1 && col === 3 ? 1 : 0.4,
      ),
    ),
  ),
]

export const tape = (c: Palette): Shape[] =>
  [
    [68, 132, c.base],
    [134, 134, c.second],
    [100, 84, c.light],
  ].flatMap(([x, y, tone], i) => [
    shadow(i === 2 ? 0 : 30, x as number, (y as number) + 30),
    oval((x as number) + 5, y as number, 30, 30, c.dark, 0.5),
    oval(x as number, y as number, 30, 30, tone as string),
    oval(x as number, y as number, 22, 22, c.mark, 0.18),
    oval(x as number, y as number, 14, 14, c.paper.dark),
    oval((x as number) + 1.5, y as number, 12, 13, c.deep, 0.6),
  ])

export const seal = (c: Palette, n: number): Shape[] => [
  shadow(50),
  group('rotate(-8 60 140)', [
    box(36, 126, 44, 34, 2, c.paper.base),
    line('M46 134l8 8m8 -10l-6 14m12 -12l-6 18m-18 -4l20 -4', '#b8403a', 3),
  ]),
  ...(n % 2
    ? turned(
        [
          [64, 15],
          [72, 20],
          [84, 12],
          [104, 12],
          [118, 24],
          [158, 24],
        ],
        c.wood,
        124,
      )
    : [box(104, 70, 40, 90, 4, c.wood.base), box(130, 70, 14, 90, 4, c.wood.dark, 0.4)]),
  box(100, 150, 48, 12, 2, '#b8403a'),
]

export const inkstone = (c: Palette): Shape[] => [
  shadow(62),
  box(42, 108, 104, 54, 8, c.deep),
  box(42, 104, 104, 52, 8, c.base),
  box(50, 110, 88, 40, 6, c.dark),
  oval(72, 128, 18, 14, c.deep),
  line('M60 122Q68 116 78 118', '#ffffff', 2, 0.4),
  group('rotate(-20 140 90)', [
    box(126, 52, 20, 66, 2, c.deep),
    box(126, 52, 6, 66, 2, '#ffffff', 0.12),
    line('M136 64L136 92', c.brass.base, 3),
  ]),
]

export const paints = (c: Palette): Shape[] => [
  shadow(66),
  box(32, 90, 136, 72, 6, c.wood.dark),
  box(32, 86, 136, 70, 6, c.paper.base),
  ...[
    '#b3463f',
    '#d68445',
    '#dfb54c',
    '#7a9a5c',
    '#5c7f5a',
    '#5f9c8f',
    '#4f749f',
    '#34446c',
    '#77608f',
    '#d79aa0',
    '#8a5f41',
    '#3a3836',
  ].flatMap((tone, i) => {
    const [x, y] = [48 + (i % 6) * 21, 106 + Math.floor(i / 6) * 29]
    return [box(x - 8, y - 11, 17, 22, 3, tone), box(x - 8, y - 11, 17, 6, 3, '#ffffff', 0.25)]
  }),
]

export const fan = (c: Palette): Shape[] => [
  shadow(30),
  ...Array.from({ length: 11 }, (_, i) => {
    const turn = -70 + i * 14
    return group(`rotate(${turn} 100 152)`, [
      fill('M99 152L92 56Q100 52 108 56L101 152Z', i % 2 ? c.base : c.light),
      line('M100 152L100 96', c.wood.base, 2),
    ])
  }),
  oval(100, 152, 5, 5, c.brass.base),
]

export const bookmark = (c: Palette, n: number): Shape[] => [
  shadow(66),
  fill('M30 150Q64 132 100 150Q136 132 170 150L170 84Q136 66 100 84Q64 66 30 84Z', c.paper.base),
  fill('M100 84Q136 66 170 84L170 150Q136 132 100 150Z', c.paper.dark, 0.16),
  ...[96, 108, 120].flatMap((y) => [
    line(`M42 ${y}Q66 ${y - 11} 90 ${y}`, c.paper.dark, 1.4, 0.4),
    line(`M110 ${y}Q134 ${y - 11} 158 ${y}`, c.paper.dark, 1.4, 0.4),
  ]),
  fill('M26 150Q64 136 100 154Q136 136 174 150L174 158Q136 146 100 163Q64 146 26 158Z', c.base),
  fill('M94 78L108 78L108 170L101 162L94 170Z', n % 2 ? c.base : c.second),
]

export const magnifier = (c: Palette): Shape[] => [
  oval(104, 158, 50, 5, '#1d1a16', 0.12),
  group('rotate(40 100 100)', [
    box(93, 122, 14, 62, 6, c.wood.dark),
    box(93, 122, 5, 62, 4, c.wood.light, 0.5),
    box(94, 112, 12, 16, 2, c.brass.dark),
  ]),
  oval(88, 82, 44, 44, c.brass.base),
  oval(88, 82, 37, 37, c.glass.light),
  oval(88, 82, 37, 37, c.glass.base, 0.5),
  line('M64 74A28 28 0 0 1 84 56', '#ffffff', 5, 0.8),
]

export const clips = (c: Palette): Shape[] => [
  ...[
    [-30, 70, 76],
    [24, 126, 70],
    [-8, 96, 124],
  ].map(([turn, x, y]) =>
    group(`translate(${x! - 100} ${y! - 100}) rotate(${turn} 100 100)`, [
      line(
        'M88 82L88 116Q88 128 100 128Q112 128 112 116L112 74Q112 66 104 66Q96 66 96 74L96 112Q96 117 100 117Q104 117 104 112L104 82',
        c.dark,
        5,
        0.35,
      ),
      line(
        'M86 80L86 114Q86 126 98 126Q110 126 110 114L110 72Q110 64 102 64Q94 64 94 72L94 110Q94 115 98 115Q102 115 102 110L102 80',
        c.brass.base,
        5,
      ),
    ]),
  ),
]

export const pencilCase = (c: Palette): Shape[] => [
  shadow(66),
  group('rotate(-14 130 80)', [
    box(120, 52, 10, 60, 2, c.second),
    fill('M120 52L125 38L130 52Z', '#e6cfa8'),
    box(138, 58, 8, 54, 3, c.brass.base),
  ]),
  fill('M34 104Q34 96 44 96L156 96Q166 96 166 104L170 154Q170 162 160 162L40 162Q30 162 30 154Z', c.base),
  fill('M32 140L169 140L170 154Q170 162 160 162L40 162Q30 162 30 154Z', c.dark, 0.3),
  line('M38 108L162 108', c.brass.base, 3),
  line('M42 103L158 103M42 113L158 113', c.mark, 1, 0.5),
  fill('M150 106L162 106L166 124L156 124Z', c.wood.dark),
]

/** A cast chestnut on a letter. */
export const paperweight = (c: Palette): Shape[] => [
  group('rotate(-5 100 150)', [
    fill('M40 128L150 122L168 160L30 164Z', c.paper.base),
    line('M54 138L128 134M52 146L116 143', c.paper.dark, 1.4, 0.5),
  ]),
  shadow(36, 108, 148),
  fill('M108 76C116 92 146 98 144 124C142 144 126 150 108 150C90 150 74 144 72 124C70 98 100 92 108 76Z', c.base),
  fill('M108 76C116 92 146 98 144 124C142 144 126 150 114 150C134 132 128 104 108 76Z', c.light, 0.14),
  fill('M74 132Q108 118 142 132C138 146 124 150 108 150C92 150 78 146 74 132Z', c.deep, 0.6),
  line('M86 112Q90 102 98 98', '#ffffff', 3, 0.35),
]
