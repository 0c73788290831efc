import { rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Client } from '../client.ts'
import { gateSchema } from '../gate/answers.ts'

/** A language model of this machine, for looking at what one does without an account. */
export interface ScriptedModel {
  /** As `PROVIDERS` names it. */
  providers: string
  stop(): Promise<void>
}

/** Currency units for a million tokens: that of a small model, so that costs are seen. */
const PRICES = { input_price: 0.1, output_price: 0.4 }

/** Starts the scripted provider: it answers over HTTP like any other, by what texts have in common, and calls nobody. */
export async function startScriptedModel(): Promise<ScriptedModel> {
  // Loaded only here: nobody else needs it.
  const { startScriptedProvider } = await import('../../workers/local/openai/server.ts')
  const provider = await startScriptedProvider()
  const providers = [{ name: 'scripted', base_url: provider.url, chat: { model: 'scripted-1', ...PRICES } }]
  return { providers: JSON.stringify(providers), stop: provider.stop }
}

/** Placements whose shelves the demo pages show to everybody. */
const PLACEMENTS = ['home', 'product', 'cart'] as const
/** Long enough for the demo's returning shoppers. */
const CROSSING = 100

const markerOf = (state: string, shop: string) => join(state, `gates-${shop}.txt`)

/**
 * Has a demo shop serve the model's orders at once: weeks of evidence are more than a first look takes. Noted in a file,
 * so that the next start without the model can take it back.
 */
export async function openGates(client: Client, state: string, shop: string): Promise<void> {
  await writeFile(markerOf(state, shop), PLACEMENTS.join('\n'))
  const json = { mode: 'live', crossing: CROSSING }
  for (const placement of PLACEMENTS)
    await client.call({ method: 'PUT', path: `/v1/gates/${placement}`, json, answer: gateSchema })
}

/** Takes back what `openGates` did, where it did: off, and evidence decides again. */
export async function closeGates(client: Client, state: string, shop: string): Promise<void> {
  const marker = markerOf(state, shop)
  if ((await stat(marker).catch(() => null)) === null) return
  for (const placement of PLACEMENTS) {
    const path = `/v1/gates/${placement}`
    await client.call({ method: 'PUT', path, json: { mode: 'off' }, answer: gateSchema })
    await client.call({ method: 'DELETE', path, answer: gateSchema })
  }
  await rm(marker)
}
