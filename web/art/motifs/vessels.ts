import type { Palette } from '../palette.ts'
import { fill, GROUND, line, oval, rim, type Shape, shadow, turned } from '../shape.ts'

const G = GROUND
/** Freckles of a glaze, at places that depend on the thing. */
export const speckles = (c: Palette, n: number): Shape[] =>
  n % 3 === 0 && c.base !== c.glass.base
    ? [0, 1, 2, 3, 4, 5, 6].map((i) =>
        oval(78 + ((n * 7 + i * 29) % 45), 112 + ((n * 3 + i * 17) % 36), 1.1, 0.9, c.mark, 0.7),
      )
    : n % 3 === 1
      ? [line('M62 128Q100 138 138 128', c.mark, 2, 0.5)]
      : []

export const teapot = (c: Palette, n: number): Shape[] => [
  shadow(56),
  fill('M54 132C38 130 32 112 22 104L31 100C42 108 46 116 62 116Z', c.base),
  fill('M54 132C38 130 32 112 22 104L25 103C38 114 44 124 60 124Z', c.dark, 0.35),
  n % 2 ? line('M140 108C168 98 174 140 138 144', c.base, 8) : line('M66 96C62 44 138 44 134 96', c.wood.base, 6),
  ...turned(
    [
      [94, 26],
      [100, 38],
      [118, 48],
      [140, 46],
      [156, 34],
      [G, 28],
    ],
    c,
  ),
  ...speckles(c, n),
  oval(100, 94, 27, 6, c.dark),
  ...turned(
    [
      [84, 4],
      [86, 16],
      [92, 25],
    ],
    c,
  ),
  oval(100, 82, 6, 5.5, n % 2 ? c.base : c.wood.base),
]

export const kyusu = (c: Palette, n: number): Shape[] => [
  shadow(54),
  fill('M58 128C46 126 42 116 32 112L38 105C48 110 52 116 64 116Z', c.base),
  fill('M138 118L182 98Q188 104 186 110L140 132Z', c.dark),
  fill('M138 118L182 98Q185 100 186 103L140 124Z', c.base),
  ...turned(
    [
      [106, 28],
      [112, 39],
      [126, 46],
      [144, 44],
      [157, 34],
      [G, 30],
    ],
    c,
  ),
  ...speckles(c, n),
  oval(100, 106, 29, 6, c.dark),
  ...turned(
    [
      [96, 5],
      [98, 16],
      [104, 27],
    ],
    c,
  ),
  oval(100, 94, 6, 5, c.base),
]

export const kettle = (c: Palette, n: number): Shape[] => [
  shadow(56),
  line('M62 102C58 40 142 40 138 102', n % 2 ? c.wood.dark : c.dark, 6),
  fill('M56 126L30 98L42 94L66 110Z', c.base),
  fill('M56 126L30 98L35 96L64 118Z', c.dark, 0.4),
  ...turned(
    [
      [98, 30],
      [104, 44],
      [122, 54],
      [138, 54],
      [152, 44],
      [G, 40],
    ],
    c,
  ),
  ...[0, 1, 2].flatMap((row) =>
    [0, 1, 2, 3, 4, 5].map((i) => oval(66 + i * 13 + (row % 2) * 6, 118 + row * 10, 1.7, 1.7, c.mark, 0.4)),
  ),
  oval(100, 98, 32, 6, c.dark),
  ...turned(
    [
      [86, 4],
      [89, 18],
      [96, 30],
    ],
    c,
  ),
  oval(100, 83, 6, 6, c.brass.base),
]

export const mug = (c: Palette, n: number): Shape[] => [
  shadow(44),
  line('M134 108C162 102 162 146 132 144', c.base, 8),
  line('M134 106C160 100 164 144 134 146', c.dark, 2, 0.4),
  ...turned(
    [
      [92, 38],
      [108, 38],
      [132, 38],
      [152, 37],
      [G, 32],
    ],
    c,
  ),
  ...speckles(c, n),
  ...rim(92, 38, c),
]

export const cup = (c: Palette, n: number): Shape[] => [
  shadow(66),
  oval(100, 158, 62, 9, c.dark),
  oval(100, 156, 62, 9, c.base),
  oval(100, 156, 44, 6, c.dark, 0.3),
  line('M136 112C160 108 156 138 128 138', c.base, 6),
  ...turned(
    [
      [102, 42],
      [114, 42],
      [130, 36],
      [144, 24],
      [153, 18],
    ],
    c,
  ),
  ...(n % 2
    ? [line('M62 116Q100 128 138 116', c.second, 3, 0.8)]
    : [
        [74, 118],
        [88, 126],
        [104, 122],
        [120, 128],
      ].map(([x, y]) => oval(x!, y!, 3, 3, c.second))),
  ...rim(102, 42, c),
]

export const tumbler = (c: Palette, n: number): Shape[] => [
  shadow(62),
  ...[
    [-32, 0],
    [30, 4],
  ].flatMap(([dx, dy], i) => {
    const tone = i === 0 ? c : { ...c, base: c.second, dark: c.dark, light: c.light }
    const cx = 100 + dx!
    return [
      ...turned(
        [
          [100 + dy!, 27],
          [118, 27],
          [144, 25],
          [G, 20],
        ],
        i === 0 || n % 2 ? c : tone,
        cx,
      ),
      line(`M${cx - 24} ${122 + dy!}Q${cx} ${130 + dy!} ${cx + 24} ${122 + dy!}`, c.mark, 2, 0.45),
      ...rim(100 + dy!, 27, c, cx),
    ]
  }),
]

export const bowl = (c: Palette, n: number): Shape[] => [
  shadow(52),
  ...turned(
    [
      [108, 58],
      [124, 53],
      [142, 38],
      [152, 24],
      [155, 22],
      [G, 24],
    ],
    c,
  ),
  ...(n % 3 === 0 ? speckles(c, n * 3) : [line('M47 122Q100 142 153 122', c.mark, n % 2 ? 2 : 5, 0.45)]),
  ...rim(108, 58, c),
]

export const bowls = (c: Palette): Shape[] => [
  shadow(60),
  ...turned(
    [
      [118, 62],
      [136, 54],
      [152, 36],
      [G, 28],
    ],
    c,
  ),
  ...rim(118, 62, c),
  ...turned(
    [
      [102, 50],
      [114, 46],
      [124, 38],
    ],
    { base: c.light, dark: c.dark, light: c.light },
  ),
  ...rim(102, 50, c),
  ...turned(
    [
      [88, 37],
      [98, 34],
      [107, 28],
    ],
    c,
  ),
  ...rim(88, 37, c),
]

export const plate = (c: Palette, n: number): Shape[] => [
  shadow(50),
  oval(100, 106, 62, 58, c.dark),
  oval(100, 104, 62, 58, c.base),
  oval(100, 104, 50, 46, c.dark, 0.18),
  oval(100, 105, 47, 43, c.light, 0.5),
  ...(n % 3 === 0
    ? [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) =>
        oval(100 + 54 * Math.cos(i * 0.63), 104 + 50 * Math.sin(i * 0.63), 1.6, 1.5, c.mark, 0.8),
      )
    : n % 3 === 1
      ? [line('M84 126C94 108 96 96 112 84M98 104C90 100 88 94 88 88M104 96C112 98 118 96 122 92', c.mark, 2.5, 0.7)]
      : [line('M46 104A54 50 0 0 1 154 104', c.mark, 3, 0.5)]),
  line('M56 90A48 44 0 0 1 84 62', '#ffffff', 4, 0.45),
  fill('M58 162L76 146L124 146L142 162Z', c.wood.base),
  fill('M58 162L142 162L138 166L62 166Z', c.wood.dark),
]
