import { parseArgs } from 'node:util'
import { benchHttp, defaultDataset } from './http.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    dataset: { type: 'string' },
  },
})
const options = { quick: values.quick, json: values.json, dataset: values.dataset ?? defaultDataset() }

switch (positionals[0]) {
  case 'http':
    await benchHttp(options)
    break
  case 'pipeline':
    await (await import('./pipeline.ts')).benchPipeline(options)
    break
  case 'rules':
    ;(await import('./rules.ts')).benchRules(options)
    break
  case 'ranking':
    ;(await import('./ranking.ts')).benchRanking(options)
    break
  case 'llm':
    await (await import('./llm.ts')).benchLlm(options)
    break
  case 'vectorize':
    ;(await import('./vectorize.ts')).benchVectorize(options)
    break
  default:
    console.error(
      'usage: npm run bench -- http|pipeline|rules|ranking|llm|vectorize [--quick] [--json] [--dataset DIR]',
    )
    process.exitCode = 2
}
