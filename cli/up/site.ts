import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildSite } from '../../scripts/site/build_site.ts'
import type { DemoShop } from './demo_shops.ts'

/** Builds the static pages and puts beside them what the demo page needs to know: the shops and their browser keys. */
export async function prepareSite(site: string, shops: ReadonlyArray<DemoShop & { key: string }>): Promise<void> {
  await rm(site, { recursive: true, force: true })
  await mkdir(site, { recursive: true })
  await buildSite(site)
  const demo = shops.map(({ shop, name, tagline, accent, locale, market, markets, key }) => {
    return { shop, name, tagline, accent, locale, market, markets, key }
  })
  await writeFile(join(site, 'demo.json'), JSON.stringify({ shops: demo }))
}
