import type { Palette } from '../palette.ts'
import { box, fill, GROUND, group, line, oval, rim, type Shape, shadow, turned } from '../shape.ts'

const G = GROUND

export const pan = (c: Palette, n: number): Shape[] => [
  shadow(58, 88),
  fill('M136 124L190 106Q196 108 194 114L138 136Z', n % 2 ? c.wood.base : c.dark),
  ...turned(
    n % 3
      ? [
          [112, 56],
          [126, 55],
          [150, 52],
          [G - 2, 46],
        ]
      : [
          [124, 58],
          [136, 54],
          [150, 46],
          [G - 2, 40],
        ],
    c,
    86,
  ),
  ...rim(n % 3 ? 112 : 124, n % 3 ? 56 : 58, c, 86),
]

export const wok = (c: Palette): Shape[] => [
  shadow(40, 92),
  fill('M144 108L192 92Q198 95 195 101L146 120Z', c.wood.base),
  ...turned(
    [
      [106, 62],
      [124, 54],
      [146, 34],
      [G, 18],
    ],
    c,
    90,
  ),
  ...rim(106, 62, c, 90),
  line('M34 106C24 102 22 114 34 116', c.dark, 4),
]

export const casserole = (c: Palette, n: number): Shape[] => [
  shadow(60),
  fill('M44 116C28 112 28 132 46 130ZM156 116C172 112 172 132 154 130Z', c.dark),
  ...turned(
    [
      [108, 58],
      [124, 58],
      [148, 54],
      [G, 46],
    ],
    c,
  ),
  line('M44 124Q100 140 156 124', c.mark, 2, n % 2 ? 0.5 : 0),
  oval(100, 108, 60, 9, c.dark),
  ...turned(
    [
      [84, 10],
      [88, 32],
      [97, 52],
      [105, 59],
    ],
    c,
  ),
  ...turned(
    [
      [74, 9],
      [78, 10],
      [85, 7],
    ],
    n % 2 ? c.brass : c,
  ),
]

export const board = (c: Palette, n: number): Shape[] => [
  shadow(48),
  fill('M56 54Q56 46 64 46L136 46Q144 46 144 54L144 156Q144 162 138 162L62 162Q56 162 56 156Z', c.wood.dark),
  fill('M56 54Q56 46 64 46L132 46Q140 46 140 54L140 154Q140 160 134 160L62 160Q56 160 56 154Z', c.wood.base),
  ...[66, 84, 106, 122].map((x, i) =>
    line(`M${x} 52C${x + 6} 84 ${x - 6 + n} 120 ${x + 2} 154`, c.wood.dark, 1.4, 0.3 + (i % 2) * 0.15),
  ),
  oval(98, 62, 9, 9, c.wood.dark),
  oval(98, 62.6, 6.5, 6.5, c.light),
]

export const whetstone = (c: Palette): Shape[] => [
  shadow(62),
  fill('M36 148L164 148L172 162L28 162Z', c.wood.base),
  fill('M28 162L172 162L168 167L32 167Z', c.wood.dark),
  fill('M46 128L154 128L160 148L40 148Z', '#a6a39a'),
  fill('M54 112L146 112L154 128L46 128Z', c.base),
  fill('M54 112L146 112L148 116L52 116Z', c.light, 0.6),
  line('M70 122L120 118M84 124L134 121', c.light, 1.5, 0.6),
]

export const knife = (c: Palette, n: number): Shape[] => [
  oval(104, 150, 70, 6, '#1d1a16', 0.12),
  group('rotate(-28 100 104)', [
    fill(
      n % 2 ? 'M74 92L168 92C182 96 192 104 196 112L74 120Z' : 'M74 92L192 94C196 104 186 118 160 120L74 120Z',
      c.metal.base,
    ),
    fill(n % 2 ? 'M74 110L190 106L196 112L74 120Z' : 'M74 110L191 104C186 116 176 119 160 120L74 120Z', c.metal.light),
    line('M82 98L170 98', '#ffffff', 1.5, 0.6),
    box(64, 91, 12, 28, 2, c.brass.base),
    fill('M8 94Q8 89 16 90L66 92L66 116L20 122Q8 124 8 112Z', c.wood.dark),
    fill('M8 94Q8 89 16 90L66 92L66 101L9 104Z', c.wood.base, 0.8),
    ...[22, 40, 56].map((x) => oval(x, 104, 2.6, 2.6, c.brass.light)),
  ]),
]

export const tin = (c: Palette, n: number): Shape[] =>
  n % 2
    ? [
        shadow(58),
        ...turned(
          [
            [112, 56],
            [126, 56],
            [150, 56],
            [G, 56],
          ],
          c,
        ),
        line('M45 150Q100 164 155 150', c.dark, 2, 0.5),
        ...rim(112, 56, c),
        box(148, 122, 9, 24, 2, c.dark),
      ]
    : [
        shadow(64),
        fill('M34 112L166 112L152 160Q100 165 48 160Z', c.base),
        fill('M124 112L166 112L152 160Q138 162 124 162Z', c.dark, 0.35),
        fill('M30 106L170 106L168 114L32 114Z', c.light),
        fill('M40 106C50 84 66 90 76 84C92 76 110 82 122 84C140 84 152 90 160 106Z', '#c58e4e'),
        line('M74 98L84 88M100 97L110 86M126 99L135 90', '#f0cf98', 3, 0.8),
      ]

export const rollingPin = (c: Palette): Shape[] => [
  oval(100, 148, 66, 6, '#1d1a16', 0.13),
  group('rotate(-24 100 108)', [
    box(10, 102, 40, 12, 6, c.wood.dark),
    box(150, 102, 40, 12, 6, c.wood.dark),
    box(40, 90, 120, 36, 10, c.wood.base),
    box(40, 90, 120, 10, 8, c.wood.light, 0.6),
    line('M58 112L140 110M70 119L150 117', c.wood.dark, 1.4, 0.4),
  ]),
]

export const dripper = (c: Palette): Shape[] => [
  shadow(50),
  line('M58 84L58 160M142 84L142 160M50 160L150 160', c.wood.base, 7),
  line('M52 84L148 84', c.brass.base, 5),
  fill('M66 60L134 60L112 102L88 102Z', c.base),
  fill('M110 60L134 60L112 102L102 102Z', c.dark, 0.4),
  ...rim(60, 34, c),
  oval(100, 61, 27, 4, '#6b4a33'),
  ...turned(
    [
      [124, 20],
      [140, 28],
      [154, 27],
      [157, 24],
    ],
    c.glass,
  ),
  oval(100, 144, 26, 3.5, '#5c3c28', 0.8),
]

export const grinder = (c: Palette): Shape[] => [
  shadow(36),
  line('M100 62L100 46L142 46', c.metal.dark, 5),
  oval(146, 44, 9, 9, c.wood.base),
  ...turned(
    [
      [64, 14],
      [72, 28],
      [82, 32],
    ],
    c.brass,
  ),
  ...turned(
    [
      [82, 30],
      [110, 29],
      [G, 32],
    ],
    c.wood,
  ),
  ...turned(
    [
      [116, 31],
      [126, 31],
      [134, 31],
    ],
    c,
  ),
]

export const moka = (c: Palette): Shape[] => [
  shadow(36),
  fill('M128 76L164 76L156 112L150 112L152 86L128 88Z', c.deep),
  fill('M76 66L124 66L130 110L118 116L132 162L68 162L82 116L70 110Z', c.metal.base),
  fill('M104 66L124 66L130 110L118 116L132 162L106 162L108 112Z', c.metal.dark, 0.5),
  fill('M70 110L130 110L118 118L82 118Z', c.deep, 0.6),
  fill('M76 66L60 76L74 84Z', c.metal.base),
  fill('M80 66L100 52L120 66Z', c.metal.light),
  oval(100, 49, 6, 6, c.deep),
]

export const spoon = (c: Palette): Shape[] => [
  oval(100, 152, 52, 5, '#1d1a16', 0.12),
  group('rotate(38 100 100)', [
    box(96, 74, 8, 104, 4, c.base),
    oval(100, 50, 22, 32, c.base),
    oval(100, 52, 16, 25, c.dark, 0.4),
    oval(95, 46, 5, 14, c.light, 0.6),
    line('M100 90L100 168', c.light, 1.6, 0.6),
  ]),
]

export const whisk = (c: Palette): Shape[] => [
  shadow(40),
  ...[-30, -22, -14, -7, 0, 7, 14, 22, 30].map((x) =>
    line(`M${100 + x * 0.45} 108C${100 + x * 1.3} 124 ${100 + x * 1.4} 146 ${100 + x * 0.9} 160`, c.wood.light, 3),
  ),
  ...[-26, -18, -10, -3, 4, 11, 18, 26].map((x) =>
    line(`M${100 + x * 0.45} 108C${100 + x * 1.3} 124 ${100 + x * 1.3} 146 ${100 + x * 0.8} 160`, c.wood.base, 1.6),
  ),
  ...turned(
    [
      [50, 13],
      [80, 14],
      [108, 17],
    ],
    c.wood,
  ),
  line('M83 106Q100 112 117 106', c.deep, 3),
  oval(100, 50, 13, 3.5, c.wood.light),
]

export const chopsticks = (c: Palette): Shape[] => [
  oval(100, 146, 62, 5, '#1d1a16', 0.12),
  group('rotate(-30 100 104)', [
    fill('M18 92L188 98L188 101L18 101Z', c.base),
    fill('M18 108L188 106L188 109L18 117Z', c.base),
    fill('M18 92L62 93.5L62 101L18 101ZM18 108L62 107.5L62 115L18 117Z', c.second),
    line('M66 94L66 101M66 107.5L66 115', c.brass.light, 2.4),
  ]),
  fill('M120 140Q140 128 160 140L164 150Q140 158 116 150Z', c.mark, 0.9),
]

export const crate = (c: Palette, n: number): Shape[] => [
  shadow(62),
  ...[0, 1, ...(n % 2 ? [2] : [])].flatMap((i) => {
    const y = 162 - (i + 1) * 28
    return [
      box(42, y, 116, 27, 4, c.base),
      box(118, y, 40, 27, 4, c.dark, 0.3),
      box(42, y, 116, 5, 3, c.light, 0.5),
      line(`M50 ${y + 16}Q90 ${y + 11} 150 ${y + 17}`, c.dark, 1.2, 0.35),
    ]
  }),
  box(38, 162 - (n % 2 ? 96 : 68), 124, 12, 4, c.dark),
  box(38, 162 - (n % 2 ? 96 : 68), 124, 6, 4, c.base),
  oval(100, n % 2 ? 64 : 92, 7, 3, c.second),
]

export const tray = (c: Palette, n: number): Shape[] => [
  shadow(68),
  oval(100, 144, 74, 20, c.dark),
  oval(100, 139, 74, 20, c.base),
  oval(100, 140, 64, 15, c.dark, 0.35),
  oval(100, 141.5, 62, 13.5, c.base),
  line('M48 140Q100 132 150 142M60 148Q100 142 140 149', c.dark, 1.2, 0.4),
  ...(n % 2
    ? [
        ...turned(
          [
            [108, 20],
            [124, 19],
            [138, 13],
          ],
          c.paper,
          92,
        ),
        ...rim(108, 20, c.paper, 92),
      ]
    : [
        fill('M84 134C92 118 112 116 122 122C116 134 98 140 84 134Z', c.leaf.base),
        line('M86 133Q104 126 120 122', c.leaf.dark, 1.4),
      ]),
]

export const utensil = (c: Palette): Shape[] => [
  shadow(40),
  fill('M64 62L136 62L126 160L74 160Z', c.base),
  fill('M108 62L136 62L126 160L106 160Z', c.dark, 0.35),
  ...[0, 1, 2, 3, 4].flatMap((row) =>
    [0, 1, 2, 3, 4].map((i) => fill(`M${80 + i * 9} ${80 + row * 15}l4 -5l3 6z`, c.light)),
  ),
  line('M78 62C78 34 122 34 122 62', c.dark, 6),
]
