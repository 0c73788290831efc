/** The demo shop in a real browser against the real stack: what a newcomer sees in the first minute. */
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { expect, test } from 'vitest'
import { startUp } from '../scale/running_stack.ts'

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

if (CHROMIUM === undefined) console.warn('skipped: the browser test needs chromium')

test.skipIf(CHROMIUM === undefined)(
  'a shopper sees shelves with reasons, and what was viewed changes the next shelf',
  async () => {
    const stack = await startUp([])
    const browser = await chromium.launch({ executablePath: CHROMIUM!, args: FLAGS })
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
      const broken: string[] = []
      page.on('pageerror', (error) => broken.push(error.message))
      page.on(
        'response',
        (response) => response.status() >= 400 && broken.push(`${response.status()} ${response.url()}`),
      )
      const titlesAt = async (path: string): Promise<string[]> => {
        const shelf = page.waitForResponse(
          (response) => response.url().includes('/v1/recommendations') && response.ok(),
        )
        await page.goto(new URL(path, stack.url).href)
        const body = (await (await shelf).json()) as {
          items: Array<{ title: string; reason: { text: string } | null }>
        }
        await page.getByText(body.items[0]!.title).first().waitFor()
        const told = body.items.find((item) => item.reason !== null)
        if (told) await page.getByText(told.reason!.text).first().waitFor()
        return body.items.map((item) => item.title)
      }
      const before = await titlesAt('/s/hearth-and-field/')
      expect(before).toHaveLength(12)
      for (const id of ['tp-001', 'tp-003'])
        expect((await titlesAt(`/s/hearth-and-field/item/${id}`)).length).toBeGreaterThan(6)
      const after = await titlesAt('/s/hearth-and-field/')
      expect(after).not.toEqual(before)
      expect((await titlesAt('/s/tsukimi/')).join('')).toMatch(/[\p{Script=Han}\p{Script=Hiragana}]/u)
      await page.goto(new URL('/docs', stack.url).href)
      await page.getByText('/v1/items:bulk').first().waitFor()
      expect(broken).toEqual([])
    } finally {
      await browser.close()
      await stack.stop()
    }
  },
)
