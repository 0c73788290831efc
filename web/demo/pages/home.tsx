import { useMemo } from 'hono/jsx/dom'
import { hashOf } from '../../art/art.ts'
import { Picture } from '../../art/picture.tsx'
import { leafCategory, rootCategory, type Sold } from '../app/catalogue.ts'
import { useShop } from '../app/context.ts'
import { paths } from '../app/route.ts'
import { Grid } from '../parts/grid.tsx'
import { Shelf } from '../parts/shelf.tsx'

/** A category of the address: a general one, or the particular one of a path. */
const holds = (path: string, category: string) => rootCategory(path) === category || leafCategory(path) === category

export function Home({ category }: { category: string | null }) {
  const { shop, say, sold } = useShop()
  const roots = useMemo(
    () => [...new Set(sold.flatMap(({ item }) => (item.categories ?? []).map(rootCategory)))],
    [sold],
  )
  const root =
    category === null
      ? null
      : (sold.flatMap(({ item }) => item.categories ?? []).find((path) => holds(path, category)) ?? null)
  const within = root === null ? null : rootCategory(root)
  const leaves = useMemo(
    () => [
      ...new Set(
        sold.flatMap(({ item }) =>
          (item.categories ?? []).filter((path) => rootCategory(path) === within).map(leafCategory),
        ),
      ),
    ],
    [sold, within],
  )
  const items = useMemo(() => {
    if (category !== null) return sold.filter(({ item }) => item.categories?.some((path) => holds(path, category)))
    return [...sold].sort((a, b) => ((b.item.created_at ?? '') < (a.item.created_at ?? '') ? -1 : 1))
  }, [sold, category])
  const hero = useMemo(() => coverOf(sold), [sold])
  const chip = (name: string, label: string, current: boolean) => (
    <li key={label}>
      <a href={paths.home(shop.shop, name)} aria-current={current ? 'page' : null}>
        {label}
      </a>
    </li>
  )
  return (
    <>
      {category === null ? (
        <section class="hero">
          <div>
            <h1>{shop.name}</h1>
            <p class="lead">{shop.tagline}</p>
          </div>
          <div class="trio" aria-hidden="true">
            {hero.map(({ item }) => (
              <Picture key={item.id} subject={item} />
            ))}
          </div>
        </section>
      ) : (
        <h1 class="plain">{category}</h1>
      )}
      <nav class="chips" aria-label={say('browse')}>
        <ul>
          {chip('', say('all'), category === null)}
          {roots.map((name) => chip(name, name, name === within))}
        </ul>
        {within === null ? null : (
          <ul class="sub">
            {leaves.filter((name) => name !== within).map((name) => chip(name, name, name === category))}
          </ul>
        )}
      </nav>
      {category === null ? <Shelf key="shelf" ask={{ placement: 'home' }} /> : null}
      <section class="browse">
        <header>
          <h2>{category === null ? say('newIn') : say('browse')}</h2>
          <p class="note">{say('itemsCount', { n: items.length })}</p>
        </header>
        <Grid items={items} />
      </section>
    </>
  )
}

const COVER = 3

/** A few items for the cover: by chance of their ids, each of another general category. */
function coverOf(sold: readonly Sold[]): Sold[] {
  const shuffled = [...sold].sort((a, b) => hashOf(`${a.item.id}.`) - hashOf(`${b.item.id}.`))
  const cover = new Map<string, Sold>()
  for (const one of shuffled) {
    const root = rootCategory(one.item.categories?.[0] ?? '')
    if (cover.size < COVER && !cover.has(root)) cover.set(root, one)
  }
  return [...cover.values()]
}
