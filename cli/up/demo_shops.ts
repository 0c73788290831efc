import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { shopBodySchema } from '../../shared/domain/shop.ts'

const demoShopSchema = shopBodySchema.extend({ shop: z.string(), tagline: z.string(), accent: z.string() })

/** A demo shop: its settings, its folder, and a digest of its data. */
export interface DemoShop extends z.infer<typeof demoShopSchema> {
  folder: string
  digest: string
}

/** The product's own demo shops, by name. */
export async function readDemoShops(folder: string): Promise<DemoShop[]> {
  const names = (await readdir(folder)).sort()
  return Promise.all(
    names.map(async (name) => {
      const own = join(folder, name)
      const hash = createHash('sha256')
      for (const file of ['shop.json', 'items.jsonl', 'events.jsonl']) hash.update(await readFile(join(own, file)))
      const settings = demoShopSchema.parse(JSON.parse(await readFile(join(own, 'shop.json'), 'utf8')))
      return { ...settings, folder: own, digest: hash.digest('hex') }
    }),
  )
}
