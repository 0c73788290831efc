import { render, useEffect, useState } from 'hono/jsx/dom'
import { type DemoShop, loadDemo } from './app/config.ts'
import { followed, useRoute } from './app/navigate.ts'
import { Landing } from './pages/landing.tsx'
import { ShopPage } from './shop-page.tsx'

function App() {
  const route = useRoute()
  const [shops, setShops] = useState<DemoShop[] | null>(null)
  const [failed, setFailed] = useState(false)
  const load = () => {
    setFailed(false)
    loadDemo().then(setShops, () => setFailed(true))
  }
  useEffect(load, [])
  if (!shops) return <Waiting failed={failed} retry={load} />
  if (route.page === 'landing') return <Landing key="landing" shops={shops} />
  const shop = 'shop' in route ? shops.find((one) => one.shop === route.shop) : undefined
  if ('shop' in route && shop) return <ShopPage key={shop.shop} shop={shop} route={route} />
  return (
    <main id="content" class="landing" tabindex={-1}>
      <h1>There is nothing at this address.</h1>
      <p class="lead">
        <a href="/">To the shops</a>
      </p>
    </main>
  )
}

function Waiting({ failed, retry }: { failed: boolean; retry(): void }) {
  if (!failed) return <main id="content" class="landing" aria-busy="true" />
  return (
    <main id="content" class="landing" tabindex={-1}>
      <p class="problem">
        The shops could not be loaded.
        <button type="button" class="link" onClick={retry}>
          Try again
        </button>
      </p>
    </main>
  )
}

document.addEventListener('click', followed)
render(<App />, document.getElementById('app')!)
