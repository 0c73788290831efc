import type { Palette } from '../palette.ts'
import { box, fill, GROUND, group, line, oval, rim, type Shape, shadow, turned } from '../shape.ts'
import { flame } from './lights.ts'

const G = GROUND

const sprig = (x: number, y: number, c: Palette, n: number): Shape[] => {
  const stems = [-26, -12, 2, 16, 28]
  return stems.flatMap((turn, i) => {
    const tall = 44 + ((n * 7 + i * 13) % 20)
    return [
      group(`rotate(${turn} ${x} ${y})`, [
        line(`M${x} ${y}L${x} ${y - tall}`, c.leaf.dark, 2),
        ...[0.45, 0.7, 1].map((k, j) =>
          fill(
            `M${x} ${y - tall * k + 8}q${j % 2 ? 15 : -15} -6 ${j % 2 ? 17 : -17} -18q${j % 2 ? -15 : 15} 1 ${j % 2 ? -17 : 17} 18z`,
            i % 2 ? c.leaf.base : c.leaf.light,
          ),
        ),
      ]),
    ]
  })
}

export const plantPot = (c: Palette, n: number): Shape[] => [
  ...sprig(100, 106, c, n),
  shadow(40),
  ...turned(
    [
      [112, 34],
      [136, 31],
      [G, 26],
    ],
    c,
  ),
  ...turned(
    [
      [100, 38],
      [106, 39],
      [113, 37],
    ],
    c,
  ),
  ...rim(100, 38, { ...c, dark: '#4b3a2c' }),
]

export const trough = (c: Palette, n: number): Shape[] => [
  ...[62, 100, 138].flatMap((x, i) => sprig(x, 122, c, n + i)),
  ...[
    [56, 76],
    [92, 64],
    [124, 72],
    [148, 80],
  ].map(([x, y]) => oval(x!, y!, 6, 6, c.second)),
  shadow(72),
  fill('M28 116L172 116L162 162L38 162Z', c.base),
  fill('M130 116L172 116L162 162L128 162Z', c.dark, 0.28),
  box(24, 110, 152, 10, 3, c.light),
  line('M40 134L160 134M42 148L158 148', c.dark, 2, 0.3),
]

export const barrel = (c: Palette, n: number): Shape[] => [
  ...sprig(100, 104, c, n),
  shadow(54),
  ...turned(
    [
      [104, 50],
      [124, 56],
      [146, 52],
      [G, 44],
    ],
    c.wood,
  ),
  ...[64, 82, 100, 118, 136].map((x) =>
    line(`M${x} 106Q${100 + (x - 100) * 1.1} 130 ${100 + (x - 100) * 0.88} 164`, c.wood.dark, 1.4, 0.4),
  ),
  line('M47 118Q100 132 153 118M50 148Q100 160 150 148', c.metal.dark, 5),
  ...rim(104, 50, { ...c.wood, dark: '#4b3a2c' }),
]

export const hanging = (c: Palette, n: number): Shape[] => [
  line('M100 14L46 104M100 14L154 104M100 14L100 96', c.metal.dark, 2.4),
  ...sprig(74, 110, c, n),
  ...sprig(126, 110, c, n + 2),
  fill('M42 106Q100 120 158 106C158 144 130 162 100 162C70 162 42 144 42 106Z', c.base),
  fill('M158 106C158 144 130 162 100 162C124 150 132 130 130 111Q146 110 158 106Z', c.dark, 0.3),
  ...[
    [60, 122],
    [82, 134],
    [104, 140],
    [126, 126],
    [92, 152],
    [116, 152],
  ].map(([x, y]) => oval(x!, y!, 7, 4, c.leaf.base, 0.8)),
]

export const bonsai = (c: Palette): Shape[] => [
  shadow(56),
  line('M96 134C90 112 116 104 106 84C100 72 110 66 118 62', c.wood.dark, 9),
  line('M104 100C88 94 80 88 72 84', c.wood.dark, 5),
  ...[
    [68, 76, 28, 15],
    [116, 54, 36, 18],
    [136, 80, 22, 12],
  ].flatMap(([x, y, w, h]) => [
    oval(x!, y! + 3, w!, h!, c.leaf.dark),
    oval(x! - 3, y!, w! - 5, h! - 4, c.leaf.base),
    oval(x! - 8, y! - 4, w! - 17, h! - 9, c.leaf.light, 0.7),
  ]),
  fill('M50 134L150 134L142 158L58 158Z', c.base),
  fill('M114 134L150 134L142 158L112 158Z', c.dark, 0.35),
  box(46, 130, 108, 8, 3, c.light),
  line('M66 160l0 4M134 160l0 4', c.dark, 8),
]

export const trowel = (c: Palette, n: number): Shape[] => [
  oval(100, 156, 52, 5, '#1d1a16', 0.12),
  group('rotate(40 100 100)', [
    box(92, 6, 16, 74, 8, c.wood.base),
    box(101, 6, 7, 74, 4, c.wood.dark, 0.4),
    box(96, 78, 8, 26, 2, c.brass.base),
    fill(
      n % 2
        ? 'M76 102Q100 92 124 102L122 142C120 166 108 182 100 190C92 182 80 166 78 142Z'
        : 'M86 102L114 102L116 160L100 190L84 160Z',
      c.base,
    ),
    fill(
      n % 2 ? 'M100 97Q112 97 124 102L122 142C120 166 108 182 100 190Z' : 'M100 102L114 102L116 160L100 190Z',
      c.dark,
      0.4,
    ),
  ]),
]

export const secateurs = (c: Palette): Shape[] => [
  oval(100, 160, 46, 5, '#1d1a16', 0.12),
  group('rotate(18 100 96)', [
    fill('M98 92C70 60 76 34 92 16C100 40 108 66 106 90Z', c.metal.base),
    fill('M102 92C124 74 128 56 122 40C110 50 100 70 96 90Z', c.metal.dark),
    line('M94 98C80 122 76 146 84 172', c.wood.base, 13),
    line('M106 98C122 122 126 146 116 172', c.wood.dark, 13),
    oval(100, 95, 9, 9, c.brass.base),
    oval(100, 95, 3.4, 3.4, c.brass.dark),
  ]),
]

export const wateringCan = (c: Palette): Shape[] => [
  shadow(54, 108),
  line('M80 132L34 76', c.base, 9),
  fill('M20 82L46 62L40 54L12 72Z', c.dark),
  line('M92 92C92 40 160 46 158 112', c.dark, 6),
  ...turned(
    [
      [92, 32],
      [104, 36],
      [140, 38],
      [G, 38],
    ],
    c,
    112,
  ),
  line('M75 116Q112 126 150 116', c.light, 2.4, 0.6),
  ...rim(92, 32, c, 112),
  ...[
    [10, 92],
    [20, 102],
    [6, 108],
    [28, 114],
  ].map(([x, y]) => oval(x! + 4, y!, 2, 3.4, '#86aebf', 0.8)),
]

export const packet = (c: Palette, n: number): Shape[] => [
  shadow(44),
  group('rotate(-4 100 108)', [
    box(58, 40, 84, 122, 3, c.dark, 0.5),
    box(56, 38, 84, 122, 3, c.paper.base),
    box(56, 38, 84, 16, 3, c.base),
    box(64, 62, 68, 62, 34, c.light, 0.55),
    line('M98 122C98 104 100 96 100 84', c.leaf.dark, 2.6),
    fill('M98 112Q80 110 78 96Q94 96 98 112ZM100 108Q118 104 118 92Q104 94 100 108Z', c.leaf.base),
    ...(n % 2
      ? [0, 1, 2, 3, 4].map((i) => oval(100 + 9 * Math.cos(i * 1.257), 80 + 9 * Math.sin(i * 1.257), 7, 7, c.base))
      : [fill('M86 86Q84 66 92 70Q100 60 108 70Q116 66 114 86Q100 94 86 86Z', c.base)]),
    oval(100, 80, 5, 5, c.brass.base),
    line('M70 136L126 136M78 145L118 145', c.paper.dark, 2, 0.6),
  ]),
]

export const bulbs = (c: Palette): Shape[] => [
  ...[76, 100, 126].flatMap((x, i) => [
    line(`M${x} 134Q${x + 2} 100 ${x} ${66 + i * 6}`, c.leaf.base, 3),
    fill(`M${x} 130Q${x - 16} 110 ${x - 14} 86Q${x - 2} 104 ${x} 130Z`, c.leaf.light),
    fill(
      `M${x - 11} ${72 + i * 6}Q${x - 13} ${48 + i * 6} ${x - 6} ${52 + i * 6}L${x} ${42 + i * 6}L${x + 6} ${52 + i * 6}Q${x + 13} ${48 + i * 6} ${x + 11} ${72 + i * 6}Q${x} ${80 + i * 6} ${x - 11} ${72 + i * 6}Z`,
      i === 1 ? c.second : c.base,
    ),
  ]),
  shadow(52),
  ...[70, 100, 130].flatMap((x) => [
    fill(`M${x} 126C${x + 20} 136 ${x + 20} 160 ${x} 162C${x - 20} 160 ${x - 20} 136 ${x} 126Z`, '#b98a5a'),
    fill(`M${x} 126C${x + 20} 136 ${x + 20} 160 ${x} 162C${x + 8} 150 ${x + 6} 136 ${x} 126Z`, '#8a5f3a', 0.6),
  ]),
]

export const nestBox = (c: Palette, n: number): Shape[] => [
  shadow(42),
  box(62, 76, 76, 84, 3, c.wood.base),
  box(114, 76, 24, 84, 3, c.wood.dark, 0.35),
  fill('M50 80L100 38L150 80L142 86L100 52L58 86Z', c.dark),
  fill('M58 84L100 50L142 84Z', c.wood.base),
  ...(n % 2
    ? [
        ...[0, 1, 2].flatMap((row) =>
          [0, 1, 2, 3].flatMap((i) => [
            oval(75 + i * 17, 98 + row * 20, 7, 7, c.wood.light),
            oval(75 + i * 17, 98 + row * 20, 4, 4, c.deep),
          ]),
        ),
      ]
    : [
        oval(100, 102, 13, 13, c.wood.dark),
        oval(100, 102, 11, 11, '#2d2420'),
        line('M100 124L100 136', c.wood.dark, 5),
        line('M70 146q20 -8 34 0', c.wood.dark, 1.4, 0.5),
      ]),
]

export const feeder = (c: Palette): Shape[] => [
  line('M100 16L100 46', c.metal.dark, 3),
  ...turned(
    [
      [44, 6],
      [52, 28],
      [62, 36],
    ],
    c.metal,
  ),
  fill('M74 62L126 62L126 142L74 142Z', c.glass.base, 0.55),
  fill('M76 88L124 88L124 142L76 142Z', '#c69a58'),
  ...Array.from({ length: 18 }, (_, i) => oval(82 + ((i * 17) % 40), 94 + ((i * 11) % 44), 2.2, 1.5, '#6b4a2c', 0.7)),
  ...turned(
    [
      [140, 32],
      [148, 44],
      [152, 44],
    ],
    c.metal,
  ),
  fill('M132 140C140 126 158 128 162 136L172 138L162 142C158 152 142 152 132 140Z', c.second),
  oval(158, 136, 1.6, 1.6, c.deep),
]

export const fireBowl = (c: Palette): Shape[] => [
  ...flame(82, 106, 1.7),
  ...flame(118, 106, 1.5),
  ...flame(100, 108, 2.2),
  shadow(48),
  line('M60 130L48 164M140 130L152 164', c.deep, 6),
  fill('M32 106Q100 122 168 106C162 138 134 152 100 152C66 152 38 138 32 106Z', c.base),
  fill('M168 106C162 138 134 152 100 152C124 142 136 126 138 111Q154 110 168 106Z', c.dark, 0.4),
]

export const kindling = (c: Palette): Shape[] => [
  shadow(60),
  ...[
    [60, 148],
    [86, 148],
    [112, 148],
    [138, 148],
    [73, 126],
    [99, 126],
    [125, 126],
    [86, 104],
    [112, 104],
    [99, 84],
  ].flatMap(([x, y], i) => [
    oval(x!, y!, 13, 12, c.wood.dark),
    oval(x! - 0.5, y! - 0.5, 11, 10, i % 3 ? c.wood.light : c.wood.base),
    oval(x!, y!, 6, 5.4, c.wood.dark, 0.25),
    oval(x!, y!, 2, 2, c.wood.dark, 0.6),
  ]),
  line('M44 120Q100 112 156 120', c.second, 4),
]

export const tongs = (c: Palette): Shape[] => [
  oval(100, 160, 50, 5, '#1d1a16', 0.12),
  group('rotate(24 100 100)', [
    line('M86 22L86 168M86 168L78 178M86 168L94 178', c.base, 6),
    oval(86, 20, 9, 9, c.base),
    oval(86, 20, 4.5, 4.5, c.light),
  ]),
  group('rotate(-16 100 100)', [
    line('M108 26L100 100L106 178M108 26L122 100L112 178', c.dark, 6),
    oval(109, 24, 7, 7, c.brass.base),
  ]),
]

export const stick = (c: Palette): Shape[] => [
  oval(104, 168, 40, 4, '#1d1a16', 0.12),
  group('rotate(16 100 100)', [
    line('M100 40L100 180', c.wood.base, 8),
    line('M103 44L103 178', c.wood.dark, 2, 0.5),
    line('M98 40C96 18 128 18 130 36', c.base, 11),
    box(93, 56, 14, 8, 2, c.brass.base),
    line('M100 60C118 70 116 92 104 98', c.dark, 3),
  ]),
]

export const twine = (c: Palette): Shape[] => [
  shadow(46),
  ...turned(
    [
      [84, 40],
      [112, 42],
      [G, 40],
    ],
    c,
  ),
  ...[94, 102, 110, 118, 126, 134, 142, 150].map((y, i) =>
    line(`M${60 + (i % 2) * 2} ${y}Q100 ${y + 12} 140 ${y - 3}`, i % 2 ? c.dark : c.light, 2.4, 0.6),
  ),
  ...rim(84, 40, c.wood),
  line('M136 96C164 96 150 132 172 140C182 144 184 134 178 130', c.base, 4),
]

export const labels = (c: Palette): Shape[] => [
  shadow(56),
  ...[
    [-12, 68],
    [0, 100],
    [11, 132],
  ].map(([turn, x], i) =>
    group(`rotate(${turn} ${x} 160)`, [
      box(x! - 3, 96, 6, 70, 2, c.dark),
      fill(`M${x! - 20} 56Q${x} 46 ${x! + 20} 56L${x! + 20} 98Q${x} 106 ${x! - 20} 98Z`, i === 1 ? c.light : c.base),
      line(`M${x! - 10} 70L${x! + 10} 70M${x! - 10} 80L${x! + 4} 80`, c.deep, 2, 0.6),
    ]),
  ),
  fill('M28 166Q100 146 172 166Z', '#5a4636'),
]

export const butt = (c: Palette): Shape[] => [
  shadow(42),
  ...turned(
    [
      [50, 36],
      [80, 40],
      [130, 40],
      [G, 36],
    ],
    c,
  ),
  line('M62 74Q100 84 138 74M62 128Q100 138 138 128', c.dark, 3, 0.5),
  oval(100, 50, 37, 7, c.light),
  box(92, 136, 14, 8, 2, c.brass.base),
  line('M99 144L99 150', c.brass.dark, 5),
  line('M118 18L118 46', c.metal.dark, 8),
]
