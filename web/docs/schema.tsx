import { useState } from 'hono/jsx/dom'
import { kindOf, limitsOf, type OpenApi, resolved, type Schema } from './openapi.ts'

interface SchemaProps {
  document: OpenApi
  schema: Schema
}

/** What lies below a schema: its properties, its entries or its alternatives, by name. */
function partsOf(document: OpenApi, schema: Schema): { name: string; part: Schema; required: boolean }[] {
  const own = resolved(document, schema)
  const required = new Set(own.required ?? [])
  const named = Object.entries(own.properties ?? {}).map(([name, part]) => ({
    name,
    part,
    required: required.has(name),
  }))
  const open = own.additionalProperties
  const other =
    typeof open === 'object' && Object.keys(open).length > 0 ? [{ name: '…', part: open, required: false }] : []
  const entries = typeof own.items === 'object' ? [{ name: '[ ]', part: own.items, required: false }] : []
  const tuple = (own.prefixItems ?? []).map((part, index) => ({ name: `[${index}]`, part, required: false }))
  const choices = (own.anyOf ?? own.oneOf ?? []).filter(
    (part) => partsOf(document, part).length > 0 || part.description,
  )
  const either = choices.map((part, index) => ({
    name: choices.length > 1 ? `or ${index + 1}` : 'or',
    part,
    required: false,
  }))
  const all = (own.allOf ?? []).flatMap((part) => partsOf(document, part))
  return [...named, ...other, ...tuple, ...entries, ...either, ...all]
}

/** A tree that opens step by step; what is closed is not built, so circles in the schema do no harm. */
export function SchemaTree({ document, schema }: SchemaProps) {
  const parts = partsOf(document, schema)
  if (parts.length === 0) return <p class="kind">{kindOf(document, schema)}</p>
  return (
    <ul class="tree">
      {parts.map(({ name, part, required }) => (
        <Branch key={name} document={document} schema={part} name={name} required={required} />
      ))}
    </ul>
  )
}

function Branch({ document, schema, name, required }: SchemaProps & { name: string; required: boolean }) {
  const [open, setOpen] = useState(false)
  const own = resolved(document, schema)
  const below = partsOf(document, schema).length > 0
  const line = (
    <>
      <code class="field">{name}</code> <span class="kind">{kindOf(document, schema)}</span>
      {required ? <em>required</em> : null}
      {limitsOf(own).map((limit) => (
        <small key={limit}>{limit}</small>
      ))}
    </>
  )
  return (
    <li>
      {below ? (
        <details onToggle={(event: Event) => setOpen((event.target as HTMLDetailsElement).open)}>
          <summary>{line}</summary>
          {open ? <SchemaTree document={document} schema={schema} /> : null}
        </details>
      ) : (
        <div class="leaf">{line}</div>
      )}
      {own.description ? <p class="about">{own.description}</p> : null}
    </li>
  )
}
