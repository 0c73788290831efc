import type { Palette } from '../palette.ts'
import { box, fill, GROUND, group, line, oval, rim, type Shape, shadow, turned } from '../shape.ts'

const G = GROUND
const FLAME = '#f2b44a'

export const flame = (x: number, y: number, k = 1): Shape[] => [
  oval(x, y - 6 * k, 24 * k, 26 * k, FLAME, 0.16),
  fill(
    `M${x} ${y - 26 * k}C${x + 9 * k} ${y - 12 * k} ${x + 9 * k} ${y} ${x} ${y}C${x - 9 * k} ${y} ${x - 9 * k} ${y - 12 * k} ${x} ${y - 26 * k}Z`,
    FLAME,
  ),
  fill(
    `M${x} ${y - 14 * k}C${x + 4 * k} ${y - 7 * k} ${x + 4 * k} ${y - 1} ${x} ${y - 1}C${x - 4 * k} ${y - 1} ${x - 4 * k} ${y - 7 * k} ${x} ${y - 14 * k}Z`,
    '#fdeec2',
  ),
]

export const tapers = (c: Palette): Shape[] => [
  ...[
    [80, 62],
    [120, 78],
  ].flatMap(([x, y]) => [
    ...flame(x!, y! - 5),
    line(`M${x} ${y}l0 -6`, c.deep, 2),
    ...turned(
      [
        [y!, 7],
        [110, 7.5],
        [146, 8],
      ],
      c,
      x,
    ),
    shadow(24, x),
    ...turned(
      [
        [144, 9],
        [148, 14],
        [153, 8],
        [156, 20],
        [G, 22],
      ],
      c.brass,
      x,
    ),
  ]),
]

export const candleJar = (c: Palette): Shape[] => [
  ...flame(100, 88),
  shadow(42),
  ...turned(
    [
      [100, 38],
      [112, 39],
      [150, 38],
      [G, 35],
    ],
    c,
  ),
  ...rim(100, 38, { base: c.paper.base, dark: c.paper.light, light: c.light }),
  line('M100 101l0 -12', c.deep, 2.4),
  box(78, 120, 44, 26, 2, c.paper.base, 0.94),
  line('M88 129L112 129M92 137L108 137', c.paper.dark, 1.8, 0.6),
]

export const diffuser = (c: Palette): Shape[] => [
  ...[-20, -9, 2, 13, 24].map((turn) => group(`rotate(${turn} 100 118)`, [line('M100 118L100 40', c.wood.base, 3)])),
  shadow(34),
  ...turned(
    [
      [100, 11],
      [108, 12],
      [118, 30],
      [140, 34],
      [G, 32],
    ],
    c,
  ),
  box(80, 130, 40, 20, 2, c.paper.base, 0.92),
  oval(100, 100, 11, 3, c.dark),
]

export const incense = (c: Palette): Shape[] => [
  line('M118 70C108 56 128 46 116 30C110 20 118 14 120 10', c.mark, 3, 0.25),
  shadow(60),
  line('M118 72L96 146', c.wood.dark, 3.4),
  oval(118, 72, 2.6, 2.6, '#e0603a'),
  oval(100, 152, 60, 11, c.dark),
  oval(100, 148, 60, 11, c.base),
  oval(100, 149, 50, 7.5, c.dark, 0.5),
  oval(100, 150, 44, 5.5, '#c9c2b4', 0.7),
]

export const lamp = (c: Palette): Shape[] => [
  oval(100, 104, 70, 50, FLAME, 0.12),
  shadow(38),
  ...turned(
    [
      [104, 4],
      [112, 7],
      [126, 17],
      [142, 20],
      [152, 12],
      [G - 2, 26],
      [G, 28],
    ],
    c.wood,
  ),
  fill('M72 46L128 46L148 106Q100 116 52 106Z', c.light),
  fill('M108 46L128 46L148 106Q132 110 116 111Z', c.dark, 0.22),
  fill('M70 90L130 90L148 106Q100 116 52 106Z', FLAME, 0.22),
  oval(100, 46, 28, 5, c.base),
]

export const readingLamp = (c: Palette): Shape[] => [
  shadow(34, 78),
  ...turned(
    [
      [150, 6],
      [153, 26],
      [G, 30],
    ],
    c,
    78,
  ),
  line('M78 152L66 96L114 62', c.brass.base, 5),
  oval(66, 96, 7, 7, c.brass.dark),
  fill('M104 50L128 46L158 84Q140 104 112 96Z', c.base),
  fill('M126 47L128 46L158 84Q150 94 138 97Z', c.dark, 0.4),
  fill('M112 96Q140 104 158 84L176 140L106 140Z', FLAME, 0.16),
  oval(136, 92, 12, 6, FLAME, 0.9),
]

export const lantern = (c: Palette): Shape[] => [
  line('M74 62C74 22 126 22 126 62', c.metal.dark, 4),
  shadow(40),
  fill('M66 76L134 76L130 146L70 146Z', c.glass.base, 0.55),
  ...flame(100, 138, 1.1),
  ...turned(
    [
      [136, 9],
      [146, 9],
    ],
    c.paper,
  ),
  line('M74 76L76 146M126 76L124 146', c.dark, 4),
  ...turned(
    [
      [52, 10],
      [60, 22],
      [74, 38],
      [78, 38],
    ],
    c,
  ),
  ...turned(
    [
      [146, 36],
      [152, 40],
      [G, 42],
    ],
    c,
  ),
]

export const chochin = (c: Palette): Shape[] => [
  oval(100, 102, 66, 66, FLAME, 0.14),
  line('M100 22L100 52', c.deep, 3),
  ...turned(
    [
      [56, 24],
      [70, 40],
      [102, 48],
      [134, 40],
      [148, 24],
    ],
    { base: c.light, dark: c.dark, light: '#fffdf4' },
  ),
  oval(100, 104, 34, 38, FLAME, 0.22),
  ...[66, 78, 90, 102, 114, 126, 138].map((y) =>
    line(
      `M${100 - 48 * Math.cos((y - 102) / 52)} ${y}Q100 ${y + 9} ${100 + 48 * Math.cos((y - 102) / 52)} ${y}`,
      c.dark,
      1.2,
      0.35,
    ),
  ),
  box(76, 48, 48, 10, 3, c.deep),
  box(76, 146, 48, 10, 3, c.deep),
  line('M100 156L100 176', c.second, 4),
]

export const festoon = (c: Palette): Shape[] => [
  line('M8 46Q54 112 100 76T194 66', c.deep, 2.4),
  ...[
    [28, 68],
    [54, 88],
    [84, 84],
    [116, 70],
    [146, 72],
    [174, 72],
  ].flatMap(([x, y]) => [
    oval(x!, y! + 20, 22, 22, FLAME, 0.18),
    box(x! - 4, y! - 2, 8, 11, 2, c.deep),
    oval(x!, y! + 20, 9.5, 12, '#fbe3a6'),
    oval(x! - 3, y! + 17, 2.5, 4, '#ffffff', 0.8),
  ]),
]
