import { useEffect, useState } from 'hono/jsx/dom'
import type { ItemLine } from '../../../shared/domain/item.ts'
import { Picture } from '../../art/picture.tsx'
import { loadItems } from '../app/catalogue.ts'
import type { DemoShop } from '../app/config.ts'
import { paths } from '../app/route.ts'

const POINTS = [
  [
    'A reason that is true',
    'A reason is one sentence, bound to evidence that you can open. Where there is no evidence, there is no sentence.',
  ],
  [
    'In time, or one rung lower',
    'A part that is slow or down costs a step of the ladder, never an error. Each answer says which step it came from.',
  ],
  [
    'Nothing to wait for',
    'A language model, if there is one, works ahead of time. The shopper in front of a shelf waits for a database and some arithmetic.',
  ],
] as const

/** Items for the cover, spread over the catalogue so that they differ. */
const COVER = 6

export function Landing({ shops }: { shops: readonly DemoShop[] }) {
  return (
    <main id="content" class="landing" tabindex={-1}>
      <header>
        <p class="eyebrow">Shelfwise</p>
        <h1>Recommendations that can say why.</h1>
        <p class="lead">
          Two small shops that sell nothing, with shelves that are real. Wander about: every click changes what comes
          next, and every shelf can show how it was made.
        </p>
      </header>
      <div class="doors">
        {shops.map((shop) => (
          <Door key={shop.shop} shop={shop} />
        ))}
      </div>
      <div class="points">
        {POINTS.map(([title, text]) => (
          <section key={title}>
            <h2>{title}</h2>
            <p>{text}</p>
          </section>
        ))}
      </div>
      <footer>
        <a href="/docs">API reference</a>
        <a href="/openapi.json">OpenAPI document</a>
      </footer>
    </main>
  )
}

function Door({ shop }: { shop: DemoShop }) {
  const [items, setItems] = useState<ItemLine[]>([])
  useEffect(() => {
    loadItems(shop.shop).then(setItems, () => {})
  }, [])
  const step = Math.max(1, Math.floor(items.length / COVER))
  const cover = items.filter((_, index) => index % step === 0).slice(0, COVER)
  return (
    <a class="door" href={paths.home(shop.shop)} style={`--accent:${shop.accent}`} lang={shop.locale}>
      <span class="cover">
        {Array.from({ length: COVER }, (_, index) => (
          <span key={index}>{cover[index] ? <Picture key={cover[index].id} subject={cover[index]} /> : null}</span>
        ))}
      </span>
      <strong>{shop.name}</strong>
      <span>{shop.tagline}</span>
      <small>{shop.markets.map((one) => `${one.market} ${one.currency}`).join(' · ')}</small>
    </a>
  )
}
