import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Door, DoorAnswer, DoorRequest } from './door.ts'

/** What becomes of a request: an answer, none at all, or a connection that is cut. */
export type Fate = DoorAnswer | 'hang' | 'drop'

export interface ServedDoor {
  url: string
  stop(): Promise<void>
}

/**
 * Serves a door on this machine alone.
 * @param between what happens on the way: everything as it should, unless a test breaks it
 */
export async function serveDoor(
  door: Door,
  between: (request: DoorRequest, door: Door) => Promise<Fate> = (request) => door(request),
): Promise<ServedDoor> {
  const server = createServer(async (request, response) => {
    const fate = await between(await readRequest(request), door).catch(
      (error: unknown): DoorAnswer => ({ status: 500, headers: {}, body: JSON.stringify({ error: String(error) }) }),
    )
    if (fate === 'hang') return
    if (fate === 'drop') {
      request.socket.destroy()
      return
    }
    response.writeHead(fate.status, fate.headers).end(fate.body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function readRequest(request: IncomingMessage): Promise<DoorRequest> {
  const chunks: Buffer[] = []
  for await (const part of request) chunks.push(part as Buffer)
  const { method = 'GET', url = '/', headers } = request
  return {
    method,
    path: url,
    headers: headers as Record<string, string>,
    body: Buffer.concat(chunks).toString('utf8'),
  }
}
