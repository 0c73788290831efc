import { useCallback, useEffect, useMemo, useState } from 'hono/jsx/dom'
import type { ItemLine } from '../../shared/domain/item.ts'
import { createClient } from '../client/client.ts'
import { type CartLine, keepCart, readCart } from './app/cart.ts'
import { loadItems, type Sold, soldIn } from './app/catalogue.ts'
import type { DemoShop } from './app/config.ts'
import { type Deed, ShopProvider, type ShopView } from './app/context.ts'
import { kept } from './app/kept.ts'
import { formatMoney } from './app/money.ts'
import type { Route } from './app/route.ts'
import { forgetShopper, keepShopper, readShopper, sessionId } from './app/shopper.ts'
import { CartPage } from './pages/cart.tsx'
import { Home } from './pages/home.tsx'
import { ItemPage } from './pages/item.tsx'
import { SearchPage } from './pages/search.tsx'
import { Header } from './parts/header.tsx'
import { wordsFor } from './words/words.ts'

type ShopRoute = Extract<Route, { shop: string }>

export function ShopPage({ shop, route }: { shop: DemoShop; route: ShopRoute }) {
  const place = useMemo(() => kept<string>(`shelfwise.market.${shop.shop}`), [])
  const [marketName, setMarketName] = useState(() => place.read() ?? shop.market)
  const [shopper, setShopper] = useState(() => readShopper(shop.shop))
  const [cart, setCartState] = useState<CartLine[]>(() => readCart(shop.shop))
  const [items, setItems] = useState<ItemLine[] | null>(null)
  const [failed, setFailed] = useState(false)
  const [notice, setNotice] = useState('')
  const market = shop.markets.find((one) => one.market === marketName) ?? shop.markets[0]!
  const say = useMemo(() => wordsFor(market.locale), [market.locale])

  const load = useCallback(() => {
    setFailed(false)
    loadItems(shop.shop).then(setItems, () => setFailed(true))
  }, [])
  useEffect(load, [])
  useEffect(() => {
    document.documentElement.lang = market.locale
    document.documentElement.style.setProperty('--accent', shop.accent)
    document.title = shop.name
    return () => document.documentElement.style.removeProperty('--accent')
  }, [market.locale])

  const sold = useMemo(
    () => (items ?? []).flatMap((item): Sold | Sold[] => soldIn(item, market.market) ?? []),
    [items, market.market],
  )
  const who = shopper.userId ?? shopper.anonymousId
  const client = useMemo(() => createClient({ baseUrl: '', key: shop.key, memory: `${shop.shop}.${who}` }), [who])

  const view: ShopView = {
    ...{ shop, market, say, sold, client, shopper, cart },
    byId: useMemo(() => new Map(sold.map((one) => [one.item.id, one])), [sold]),
    setCart(lines) {
      keepCart(shop.shop, lines)
      setCartState(lines)
    },
    track(deeds: readonly Deed[]) {
      const by = { anonymous_id: shopper.anonymousId, session_id: sessionId(), market: market.market }
      const events = deeds.map((deed) => ({
        ...deed,
        ...by,
        ...(shopper.userId !== null && { user_id: shopper.userId }),
      }))
      // Remembered either way; a lost event is no matter for the shopper.
      client.track(events).catch(() => {})
    },
    price: (amount) => formatMoney(amount, market.currency, market.locale),
  }
  // A notice is about one moment: it leaves with the page.
  const address = JSON.stringify(route)
  useEffect(() => setNotice(''), [address])

  const forget = () => {
    client.forget()
    view.setCart([])
    setShopper(forgetShopper(shop.shop))
    setNotice(say('forgotten'))
  }
  return (
    <ShopProvider value={view}>
      <a class="skip" href="#content">
        {say('skip')}
      </a>
      <Header
        query={route.page === 'search' ? route.query : ''}
        setMarket={(name) => {
          place.write(name)
          setMarketName(name)
          setNotice('')
        }}
        setUser={(userId) => {
          setShopper(keepShopper(shop.shop, { ...shopper, userId }))
          setNotice('')
        }}
        forget={forget}
      />
      <p class="notice" role="status">
        {notice}
      </p>
      <main id="content" tabindex={-1}>
        {items ? (
          <Page key={route.page} route={route} />
        ) : failed ? (
          <p class="problem">
            {say('failed')}
            <button type="button" class="link" onClick={load}>
              {say('retry')}
            </button>
          </p>
        ) : (
          <p class="note">{say('loading')}…</p>
        )}
      </main>
      <footer class="foot">
        <a href="/">{say('shops')}</a>
        <a href="/docs">API</a>
        <span>{say('demoNote')}</span>
      </footer>
    </ShopProvider>
  )
}

function Page({ route }: { route: ShopRoute }) {
  switch (route.page) {
    case 'home':
      return <Home category={route.category} />
    case 'item':
      return <ItemPage id={route.id} />
    case 'cart':
      return <CartPage />
    case 'search':
      return <SearchPage query={route.query} />
  }
}
