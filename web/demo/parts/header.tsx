import { useShop } from '../app/context.ts'
import { navigate } from '../app/navigate.ts'
import { paths } from '../app/route.ts'
import { RETURNING } from '../app/shopper.ts'
import { Icon } from './icon.tsx'

interface HeaderProps {
  query: string
  setMarket(market: string): void
  setUser(userId: string | null): void
  forget(): void
}

const chosen = (event: Event) => (event.target as HTMLSelectElement).value
const FORGET = 'forget'

export function Header({ query, setMarket, setUser, forget }: HeaderProps) {
  const { shop, market, say, shopper, cart } = useShop()
  const count = cart.reduce((sum, line) => sum + line.quantity, 0)
  const submit = (event: Event) => {
    event.preventDefault()
    const words = String(new FormData(event.target as HTMLFormElement).get('q') ?? '').trim()
    if (words) navigate(paths.search(shop.shop, words.slice(0, 300)))
  }
  const became = (event: Event) => {
    const value = chosen(event)
    if (value === FORGET) {
      ;(event.target as HTMLSelectElement).value = ''
      forget()
    } else setUser(value === '' ? null : value)
  }
  const region = (code: string) => new Intl.DisplayNames(market.locale, { type: 'region' }).of(code) ?? code
  return (
    <header class="top">
      <div class="bar">
        <a class="name" href={paths.home(shop.shop)}>
          {shop.name}
        </a>
        <search>
          <form class="search" onSubmit={submit}>
            <Icon name="search" />
            <input
              type="search"
              name="q"
              maxlength={300}
              value={query}
              placeholder={say('search')}
              aria-label={say('searchIn', { shop: shop.name })}
            />
          </form>
        </search>
        <div class="switches">
          <select aria-label={say('market')} onChange={(event: Event) => setMarket(chosen(event))}>
            {shop.markets.map((one) => (
              <option key={one.market} value={one.market} selected={one.market === market.market}>
                {`${region(one.market)} · ${one.currency}`}
              </option>
            ))}
          </select>
          <select aria-label={say('shopper')} onChange={became}>
            <option value="" selected={shopper.userId === null}>
              {say('stranger')}
            </option>
            {(RETURNING[shop.shop] ?? ['u-0001', 'u-0002', 'u-0003']).map((id) => (
              <option key={id} value={id} selected={shopper.userId === id}>
                {say('returning', { id })}
              </option>
            ))}
            <option value={FORGET}>{say('forget')}</option>
          </select>
        </div>
        <a class="cart" href={paths.cart(shop.shop)} aria-label={say('cartCount', { n: count })}>
          <Icon name="cart" />
          {count > 0 ? <b>{count}</b> : null}
        </a>
      </div>
    </header>
  )
}
