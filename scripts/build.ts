// Builds what the api worker serves as static files.
import { join } from 'node:path'
import { buildSite } from './site/build_site.ts'

const out = join(import.meta.dirname, '..', 'web', 'dist')
await buildSite(out)
console.log(`built ${out.slice(process.cwd().length + 1)}`)
