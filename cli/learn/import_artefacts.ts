import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { R2Bucket } from '@cloudflare/workers-types'
import { ArtefactsRefused, checkManifest, checkObject } from '../../shared/learn/check_step.ts'
import type { Manifest } from '../../shared/learn/manifest_step.ts'
import { OBJECTS } from '../../shared/learn/step.ts'
import { createLearningArtefacts } from '../../shared/store/learning_artefacts.ts'
import { usage } from '../failure.ts'

const READ_FAILED = 'could not be read'
const everyId = async (ids: readonly string[]) => new Set(ids)

/**
 * Takes another engine's artefacts into the bucket, once every object was checked, and offers them: `enrich` checks them
 * again, against the shop's catalogue, and publishes them.
 */
export async function importArtefacts(bucket: R2Bucket, shop: string, from: string): Promise<Manifest> {
  const bytesOf = (name: string) =>
    readFile(join(from, name)).catch((cause: unknown) => {
      throw usage(`${join(from, name)} ${READ_FAILED}`, { cause })
    })
  try {
    const text = (await bytesOf(OBJECTS.manifest)).toString('utf8')
    const manifest = checkManifest(text, { shop, run: null })
    for (const object of manifest.objects)
      await checkObject(await bytesOf(object.name), object, everyId, async () => {})
    const artefacts = createLearningArtefacts(bucket)
    const folder = artefacts.folder(shop, 'offered', manifest.run)
    for (const { name } of manifest.objects) await folder.put(name, await bytesOf(name))
    await folder.put(OBJECTS.manifest, text)
    // Last: nobody is told of a run before all of it is there.
    await artefacts.putOffer(shop, manifest.run)
    return manifest
  } catch (error) {
    if (error instanceof ArtefactsRefused) throw usage(error.message, { cause: error })
    throw error
  }
}
