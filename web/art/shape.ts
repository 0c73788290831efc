/** One SVG element as plain data, so that art can be compared, tested and drawn by any renderer. */
export interface Shape {
  tag: 'path' | 'ellipse' | 'rect' | 'g'
  attrs: Record<string, string | number>
  children?: Shape[]
}

/** The drawing is 200 by 200; things stand on this line. */
export const GROUND = 162
export const MIDDLE = 100

const at = (n: number): number => Math.round(n * 10) / 10

/** A filled outline. */
export const fill = (d: string, colour: string, opacity = 1): Shape => ({
  tag: 'path',
  attrs: opacity === 1 ? { d, fill: colour } : { d, fill: colour, opacity },
})

/** A line with round ends. */
export const line = (d: string, colour: string, width = 2, opacity = 1): Shape => ({
  tag: 'path',
  attrs: {
    d,
    ...{ fill: 'none', stroke: colour, 'stroke-width': width, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' },
    ...(opacity === 1 ? {} : { opacity }),
  },
})

export const oval = (cx: number, cy: number, rx: number, ry: number, colour: string, opacity = 1): Shape => ({
  tag: 'ellipse',
  attrs: { cx: at(cx), cy: at(cy), rx: at(rx), ry: at(ry), fill: colour, ...(opacity === 1 ? {} : { opacity }) },
})

export const box = (x: number, y: number, w: number, h: number, round: number, colour: string, opacity = 1): Shape => ({
  tag: 'rect',
  attrs: {
    x: at(x),
    y: at(y),
    width: at(w),
    height: at(h),
    rx: round,
    fill: colour,
    ...(opacity === 1 ? {} : { opacity }),
  },
})

/** Shapes turned or moved together. */
export const group = (transform: string, children: Shape[]): Shape => ({ tag: 'g', attrs: { transform }, children })

/** The shadow that a thing throws on what it stands on. */
export const shadow = (width: number, cx = MIDDLE, y = GROUND): Shape =>
  oval(cx, y, width, width * 0.09 + 1.5, '#1d1a16', 0.16)

/** Height from the top, and half the width there. */
export type Profile = readonly (readonly [y: number, half: number])[]

/** One side of a turned form from top to bottom, as smooth curves (Catmull-Rom, as cubic Beziers). */
function side(points: Profile, cx: number, k: number): string {
  const xy = points.map(([y, half]) => [cx + half * k, y] as const)
  let d = ''
  for (let i = 0; i < xy.length - 1; i++) {
    const [p0, p1, p2, p3] = [xy[i - 1] ?? xy[i]!, xy[i]!, xy[i + 1]!, xy[i + 2] ?? xy[i + 1]!]
    const [ax, ay] = [p1[0] + (p2[0] - p0[0]) / 6, p1[1] + (p2[1] - p0[1]) / 6]
    const [bx, by] = [p2[0] - (p3[0] - p1[0]) / 6, p2[1] - (p3[1] - p1[1]) / 6]
    d += `C${at(ax)} ${at(ay)} ${at(bx)} ${at(by)} ${at(p2[0])} ${at(p2[1])}`
  }
  return d
}

function strip(points: Profile, cx: number, from: number, to: number): string {
  const [top, bottom] = [points[0]!, points.at(-1)!]
  const up = side([...points].reverse(), cx, from)
  const ry = bottom[1] * 0.13
  const low = (k: number) => `${at(cx + bottom[1] * k)} ${at(bottom[0] + ry * Math.sqrt(1 - k * k))}`
  const foot = `L${low(to)}A${at(bottom[1])} ${at(ry)} 0 0 1 ${low(from)}L${at(cx + bottom[1] * from)} ${at(bottom[0])}`
  return `M${at(cx + top[1] * to)} ${at(top[0])}${side(points, cx, to)}${foot}${up}Z`
}

export interface Surface {
  base: string
  dark: string
  light: string
}

/** A form as a potter or a lathe makes it: a body lit from the left. */
export function turned(points: Profile, { base, dark, light }: Surface, cx = MIDDLE): Shape[] {
  return [
    fill(strip(points, cx, -1, 1), base),
    fill(strip(points, cx, 0.38, 1), dark, 0.38),
    fill(strip(points, cx, 0.72, 1), dark, 0.3),
    fill(strip(points, cx, -0.8, -0.58), light, 0.5),
  ]
}

/** An open top: the lip, and the dark within. */
export const rim = (y: number, half: number, { base, dark, light }: Surface, cx = MIDDLE): Shape[] => [
  oval(cx, y, half, half * 0.16 + 1, light),
  oval(cx, y + 0.8, half - 2.5, half * 0.13, dark),
  oval(cx, y + 2, half - 6, half * 0.08, base, 0.35),
]
