import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { decodeConfig, type ModelConfig } from '../../workers/model/config.ts'
import { decodeChoices } from '../../workers/model/embedder.ts'
import { usage } from '../failure.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What the model worker reads beside the providers' keys; the same names as in its toml. */
const NAMES = ['PROVIDERS', 'MODEL_DAILY_BUDGET', 'SHOP_EMBEDDERS', 'LOCAL_EMBEDDING_DIMENSIONS'] as const
const KEY_NAME = /^PROVIDER_KEY_([A-Z0-9_]+)$/

export interface ModelSettings {
  /** For the worker, as its toml and secrets would say it. */
  variables: Record<string, string>
  /** What was chosen, and what looks like a mistake; lines for people, without any key. */
  notes: string[]
}

/**
 * The model worker's variables: from the environment of `up`, the list of providers also from a file. They are read here
 * as the worker reads them, so that a mistake is told at once and not by a failing job.
 * @param file of `--providers`; a JSON list, and before PROVIDERS
 * @throws CliFailure that names what is wrong, never a key
 */
export async function modelSettings(
  env: Environment,
  file: string | undefined,
  directory: string,
): Promise<ModelSettings> {
  const variables: Record<string, string> = {}
  for (const [name, value] of Object.entries(env))
    if (value && (NAMES.some((own) => own === name) || KEY_NAME.test(name))) variables[name] = value
  if (file !== undefined) variables.PROVIDERS = await textOf(file, directory)
  const from = file ?? 'PROVIDERS'
  try {
    const config = decodeConfig(variables)
    decodeChoices(variables, config)
    return { variables, notes: notesOf(config, variables) }
  } catch (error) {
    throw usage((error as Error).message.replace(/^PROVIDERS/, from), { cause: error })
  }
}

async function textOf(file: string, directory: string): Promise<string> {
  try {
    return await readFile(resolve(directory, file), 'utf8')
  } catch (error) {
    throw usage(`${file} cannot be read: ${(error as Error).message}`, { cause: error })
  }
}

function notesOf({ providers, dailyMicro }: ModelConfig, variables: Readonly<Record<string, string>>): string[] {
  const chat = providers.find((provider) => provider.chat !== undefined)
  const keyNames = new Set(providers.map((provider) => `PROVIDER_KEY_${provider.name.toUpperCase()}`))
  const strays = Object.keys(variables).filter((name) => KEY_NAME.test(name) && !keyNames.has(name))
  const budget = (dailyMicro / 1e6).toFixed(2)
  return [
    ...(chat ? [`model ${chat.name}/${chat.chat!.model}, budget ${budget} a shop and day`] : []),
    // In use by the shops that SHOP_EMBEDDERS gives none other.
    ...providers
      .filter((provider) => provider.embeddings !== undefined)
      .slice(0, 1)
      .map(({ name, embeddings }) => `embeddings ${name}/${embeddings!.model}, ${embeddings!.dimensions} dimensions`),
    ...strays.map((name) => `${name} is the key of no provider in the list`),
  ]
}
