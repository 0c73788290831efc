import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildWeb } from '../../web/build.ts'
import { VERSION } from '../../workers/api/version.ts'
import { openApi } from './openapi.ts'

/** Everything static that the api worker serves: the demo shop, the documentation page, the OpenAPI document. */
export async function buildSite(out: string): Promise<void> {
  await buildWeb(out)
  await writeFile(join(out, 'openapi.json'), JSON.stringify(openApi(VERSION)))
}
