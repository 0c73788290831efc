import type { RecommendationResponse, Trace } from '../../../shared/domain/recommendation.ts'
import { useShop } from '../app/context.ts'
import { formatMs } from '../app/money.ts'

interface Bar {
  name: string
  size: number
  text: string
  quiet?: boolean
}

function Bars({ bars }: { bars: readonly Bar[] }) {
  const most = Math.max(...bars.map((bar) => bar.size), 0.001)
  return (
    <ul class="bars">
      {bars.map((bar, index) => (
        <li key={`${index}-${bar.name}`} class={bar.quiet ? 'quiet' : ''}>
          <span>{bar.name}</span>
          <i style={`--part:${(bar.size / most).toFixed(3)}`} />
          <b>{bar.text}</b>
        </li>
      ))}
    </ul>
  )
}

const spaced = (name: string) => name.replaceAll('_', ' ')

/** Where the time went, where the candidates came from, and how each was scored. */
export function TraceView({ trace, shelf }: { trace: Trace; shelf: RecommendationResponse }) {
  const { say, byId } = useShop()
  const stages = trace.stages.map(({ stage, ms, outcome }) => ({
    name: outcome === 'ok' ? spaced(stage) : `${spaced(stage)} · ${spaced(outcome)}`,
    ...{ size: ms, text: formatMs(ms), quiet: outcome !== 'ok' },
  }))
  const sources = Object.entries(trace.sources).map(([name, count]) => ({
    name: spaced(name),
    size: count,
    text: String(count),
  }))
  const columns = [...new Set(trace.candidates.flatMap((candidate) => Object.keys(candidate.sources)))].sort()
  const titles = new Map(shelf.items.map((item) => [item.id, item.title]))
  return (
    <>
      <h3>{say('stages')}</h3>
      <Bars bars={stages} />
      <h3>{say('sources')}</h3>
      <Bars bars={sources} />
      <h3>{say('storage')}</h3>
      <p>{say('storageText', trace.storage)}</p>
      <h3>
        {say('candidates')} <small>{trace.candidates.length}</small>
      </h3>
      <section class="scroller" tabindex={0} aria-label={say('candidates')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{say('item')}</th>
              <th scope="col">{say('outcome')}</th>
              <th scope="col">{say('score')}</th>
              {columns.map((name) => (
                <th key={name} scope="col">
                  {spaced(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {trace.candidates.map((candidate) => (
              <tr key={candidate.id} class={titles.has(candidate.id) ? 'shown' : ''}>
                <th
                  scope="row"
                  title={`${titles.get(candidate.id) ?? byId.get(candidate.id)?.title ?? ''} · ${candidate.id}`}
                >
                  {titles.get(candidate.id) ?? byId.get(candidate.id)?.title ?? candidate.id}
                </th>
                <td>{spaced(candidate.outcome)}</td>
                <td>{candidate.score.toFixed(3)}</td>
                {columns.map((name) => (
                  <td key={name}>{candidate.sources[name]?.toFixed(3) ?? '·'}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  )
}
