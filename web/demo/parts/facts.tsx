/** Names and values beside each other. */
export const Facts = ({ facts }: { facts: ReadonlyArray<readonly [name: string, value: string]> }) => (
  <dl class="facts">
    {facts.map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
)
