import { render, useEffect, useState } from 'hono/jsx/dom'
import { type OpenApi, sections } from './openapi.ts'
import { OperationView, Prose } from './operation.tsx'

function Docs() {
  const [document, setDocument] = useState<OpenApi | null>(null)
  const [failed, setFailed] = useState('')
  const load = () => {
    setFailed('')
    fetch('/openapi.json')
      .then((response) =>
        response.ok ? (response.json() as Promise<OpenApi>) : Promise.reject(new Error(`${response.status}`)),
      )
      .then(setDocument, (error: unknown) => setFailed(String(error)))
  }
  useEffect(load, [])
  // The anchor of the address exists only once the page is drawn.
  useEffect(() => {
    if (!document || !location.hash) return
    // The same address once more: only that makes the browser mark the target.
    location.replace(location.href)
    globalThis.document.getElementById(location.hash.slice(1))?.scrollIntoView({ behavior: 'instant' })
  }, [document])
  if (failed) {
    return (
      <main>
        <h1>API reference</h1>
        <p>
          /openapi.json could not be read ({failed}).{' '}
          <button type="button" class="link" onClick={load}>
            Try again
          </button>
        </p>
      </main>
    )
  }
  return document ? <Page document={document} /> : <main aria-busy="true" />
}

function Page({ document }: { document: OpenApi }) {
  const groups = sections(document)
  const problems = document['x-problems'] ?? []
  return (
    <div class="docs">
      <nav aria-label="Contents">
        <a class="home" href="/">
          Shelfwise
        </a>
        {groups.map((group) => (
          <div key={group.name}>
            <p>{group.name}</p>
            <ul>
              {group.entries.map((entry) => (
                <li key={entry.anchor}>
                  <a href={`#${entry.anchor}`}>
                    <b class={entry.method}>{entry.method.toUpperCase()}</b> {entry.path}
                  </a>
                </li>
              ))}
            </ul>
          </div>
        ))}
        {problems.length > 0 ? <a href="#problems">Problem codes</a> : null}
      </nav>
      <main>
        <h1>{document.info.title}</h1>
        <p class="kind">
          Version {document.info.version} · <a href="/openapi.json">openapi.json</a>
        </p>
        {document.info.description ? <Prose text={document.info.description} /> : null}
        {groups.map((group) => (
          <section key={group.name}>
            <h2>{group.name}</h2>
            {group.description ? <Prose text={group.description} /> : null}
            {group.entries.map((entry) => (
              <OperationView key={entry.anchor} document={document} entry={entry} />
            ))}
          </section>
        ))}
        {problems.length > 0 ? (
          <section id="problems">
            <h2>Problem codes</h2>
            <p>
              Errors are problem documents (RFC 9457) with one of these codes; their <code>type</code> links here.
            </p>
            <table>
              <thead>
                <tr>
                  <th scope="col">Code</th>
                  <th scope="col">Status</th>
                  <th scope="col">Title</th>
                </tr>
              </thead>
              <tbody>
                {problems.map((problem) => (
                  <tr key={problem.code} id={`problem-${problem.code}`}>
                    <td>
                      <a href={`#problem-${problem.code}`}>
                        <code>{problem.code}</code>
                      </a>
                    </td>
                    <td>{problem.status}</td>
                    <td>{problem.title}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        ) : null}
      </main>
    </div>
  )
}

render(<Docs />, document.getElementById('app')!)
