import { afterEach, beforeEach } from 'vitest'
import { run } from '../program.ts'
import { recordedTerminal, temporaryFolder } from './folder.ts'
import { problemBody, type Seen, type StubApi, sendJson, startStubApi } from './stub_api.ts'

/** By method and path; what is not named is not found. */
export type Answers = Record<string, [status: number, body: unknown]>

export interface ScriptedApi {
  key: string
  /** A test may change them. */
  answers: Answers
  /** What was asked since the test began. */
  seen: Seen[]
  /** The command's own directory. */
  readonly directory: string
  /** The body of the last request. */
  sent(): unknown
  /** Runs `shelfwise <command> …args` against it. */
  run(args: string[], env?: Record<string, string>): Promise<{ code: number; out: string; notes: string }>
}

/** For each test of a file an API that gives these answers, and an empty directory. */
export function scriptedApi(command: string, answers: () => Answers): ScriptedApi {
  let stub: StubApi
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  const api: ScriptedApi = {
    key: 'sk_demo_1',
    answers: {},
    seen: [],
    get directory() {
      return folder.path
    },
    sent: () => JSON.parse(api.seen.at(-1)!.body) as unknown,
    async run(args, env = {}) {
      const terminal = recordedTerminal(folder.path, { SHELFWISE_URL: stub.url, SHELFWISE_KEY: api.key, ...env })
      const code = await run([command, ...args], terminal)
      return { code, out: terminal.outLines.join('\n'), notes: terminal.noteLines.join('\n') }
    },
  }
  beforeEach(async () => {
    stub = await startStubApi()
    folder = await temporaryFolder()
    api.seen = []
    api.answers = answers()
    stub.intercept = (request, response) => {
      api.seen.push(request)
      const [status, body] = api.answers[`${request.method} ${request.path}`] ?? [404, problemBody(404, 'not_found')]
      sendJson(response, status, body)
      return true
    }
  })
  afterEach(async () => {
    await stub.close()
    await folder.remove()
  })
  return api
}
