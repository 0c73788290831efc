/** What the starter writes to `/demo.json`. */
export interface DemoShop {
  shop: string
  name: string
  tagline: string
  accent: string
  locale: string
  market: string
  markets: DemoMarket[]
  /** The publishable key. */
  key: string
}

export interface DemoMarket {
  market: string
  currency: string
  locale: string
}

export async function loadDemo(): Promise<DemoShop[]> {
  const response = await fetch('/demo.json')
  if (!response.ok) throw new Error(`/demo.json: ${response.status}`)
  return ((await response.json()) as { shops: DemoShop[] }).shops
}
