export type Route =
  | { page: 'landing' }
  | { page: 'home'; shop: string; category: string | null }
  | { page: 'item'; shop: string; id: string }
  | { page: 'cart'; shop: string }
  | { page: 'search'; shop: string; query: string }
  | { page: 'missing' }

const decoded = (part: string): string | null => {
  try {
    return decodeURIComponent(part)
  } catch {
    return null
  }
}

export function parseRoute(pathname: string, search = ''): Route {
  const parts = pathname.split('/').filter(Boolean).map(decoded)
  if (parts.includes(null)) return { page: 'missing' }
  const [root, shop, page, id] = parts as string[]
  const query = new URLSearchParams(search)
  if (root === undefined || (root === 'index.html' && parts.length === 1)) return { page: 'landing' }
  if (root !== 's' || shop === undefined) return { page: 'missing' }
  if (page === undefined) return { page: 'home', shop, category: query.get('c') }
  if (page === 'item' && id !== undefined && parts.length === 4) return { page: 'item', shop, id }
  if (page === 'cart' && parts.length === 3) return { page: 'cart', shop }
  if (page === 'search' && parts.length === 3) return { page: 'search', shop, query: query.get('q') ?? '' }
  return { page: 'missing' }
}

const base = (shop: string) => `/s/${encodeURIComponent(shop)}/`

export const paths = {
  home: (shop: string, category?: string) =>
    category ? `${base(shop)}?c=${encodeURIComponent(category)}` : base(shop),
  item: (shop: string, id: string) => `${base(shop)}item/${encodeURIComponent(id)}`,
  cart: (shop: string) => `${base(shop)}cart`,
  search: (shop: string, query: string) => `${base(shop)}search?q=${encodeURIComponent(query)}`,
}
