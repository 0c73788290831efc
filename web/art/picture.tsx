import { createElement, useMemo } from 'hono/jsx/dom'
import { type ArtSubject, artOf } from './art.ts'
import type { Shape } from './shape.ts'

const drawn = (shape: Shape, index: number): ReturnType<typeof createElement> =>
  createElement(shape.tag, { key: index, ...shape.attrs }, ...(shape.children ?? []).map(drawn))

/** An item's art as SVG. It carries no text of its own: the title stands beside it, so readers skip it. */
export function Picture({ subject, colour }: { subject: ArtSubject; colour?: string | undefined }) {
  const art = useMemo(() => artOf(subject, colour), [subject.id, colour])
  return (
    <svg
      class="picture"
      viewBox="0 0 200 200"
      preserveAspectRatio="xMidYMid slice"
      style={`--tone:${art.tone}`}
      aria-hidden="true"
      focusable="false"
    >
      {art.scene.map(({ role, tag, attrs: { fill: _, ...attrs } }) => createElement(tag, { class: role, ...attrs }))}
      {art.shapes.map(drawn)}
    </svg>
  )
}
