import { useState } from 'hono/jsx/dom'
import { curlOf, mediaExample } from './example.ts'
import { type Entry, kindOf, limitsOf, type Media, type OpenApi, type Parameter, resolved } from './openapi.ts'
import { SchemaTree } from './schema.tsx'

export function OperationView({ document, entry }: { document: OpenApi; entry: Entry }) {
  const { operation, method, path, anchor } = entry
  const body = operation.requestBody ? resolved(document, operation.requestBody) : undefined
  return (
    <article id={anchor} class="operation">
      <h3>
        <a href={`#${anchor}`}>{operation.summary ?? operation.operationId ?? path}</a>
        {operation.deprecated ? <small>deprecated</small> : null}
      </h3>
      <p class="route">
        <b class={method}>{method.toUpperCase()}</b> <code>{path}</code>
      </p>
      {operation.description ? <Prose text={operation.description} /> : null}
      <Snippet
        text={curlOf(
          document,
          { ...entry, operation: { ...operation, ...(body && { requestBody: body }) } },
          location.origin,
        )}
      />
      {operation.parameters?.length ? <Parameters document={document} parameters={operation.parameters} /> : null}
      {body?.content ? (
        <>
          <h4>Request body{body.required ? ' (required)' : ''}</h4>
          <Contents document={document} content={body.content} />
        </>
      ) : null}
      <h4>Responses</h4>
      {Object.entries(operation.responses ?? {}).map(([status, given]) => {
        const answer = resolved(document, given)
        return (
          <details key={status} class="answer">
            <summary>
              <b class={`s${status[0]}`}>{status}</b> {answer.description}
            </summary>
            {answer.content ? <Contents document={document} content={answer.content} /> : <p class="kind">No body.</p>}
          </details>
        )
      })}
    </article>
  )
}

/** Paragraphs at blank lines; the text itself is shown as it is. */
export function Prose({ text }: { text: string }) {
  return (
    <>
      {text.split(/\n{2,}/).map((part) => (
        <p key={part}>{part}</p>
      ))}
    </>
  )
}

function Contents({ document, content }: { document: OpenApi; content: Record<string, Media> }) {
  return (
    <>
      {Object.entries(content).map(([type, media]) => {
        const example = mediaExample(document, media)
        return (
          <div key={type} class="media">
            <p class="kind">{type}</p>
            {media.schema ? <SchemaTree document={document} schema={media.schema} /> : null}
            {example === undefined ? null : (
              <details>
                <summary>Example</summary>
                <Snippet text={typeof example === 'string' ? example : JSON.stringify(example, null, 2)} />
              </details>
            )}
          </div>
        )
      })}
    </>
  )
}

function Parameters({ document, parameters }: { document: OpenApi; parameters: readonly Parameter[] }) {
  return (
    <>
      <h4>Parameters</h4>
      <ul class="tree">
        {parameters.map((one) => (
          <li key={`${one.in}-${one.name}`}>
            <div class="leaf">
              <code class="field">{one.name}</code>{' '}
              <span class="kind">{one.schema ? kindOf(document, one.schema) : 'string'}</span>
              <small>{one.in}</small>
              {one.required ? <em>required</em> : null}
              {limitsOf(resolved(document, one.schema ?? {})).map((limit) => (
                <small key={limit}>{limit}</small>
              ))}
            </div>
            {one.description ? <p class="about">{one.description}</p> : null}
          </li>
        ))}
      </ul>
    </>
  )
}

/** How long the button says that it copied. */
const COPIED_MS = 1_500

function Snippet({ text }: { text: string }) {
  const [copied, setCopied] = useState(false)
  const copy = () =>
    navigator.clipboard?.writeText(text).then(
      () => {
        setCopied(true)
        setTimeout(() => setCopied(false), COPIED_MS)
      },
      () => {},
    )
  return (
    <div class="snippet">
      <pre>{text}</pre>
      <button type="button" onClick={copy}>
        {copied ? 'Copied' : 'Copy'}
      </button>
    </div>
  )
}
