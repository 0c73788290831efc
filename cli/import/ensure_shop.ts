import type { ShopBody } from '../../shared/domain/shop.ts'
import { jobsSchema, keyAnswerSchema, shopAnswerSchema } from '../answers.ts'
import type { Client } from '../client.ts'
import { ServiceProblem } from '../failure.ts'

const KEY_LABEL = 'shelfwise cli'

export interface ShopKeys {
  pk: string
  sk: string
}

/** Whether the service takes a secret key; false when the key or its shop is gone. */
export async function keyWorks(client: Client): Promise<boolean> {
  try {
    await client.call({ path: '/v1/jobs', answer: jobsSchema })
    return true
  } catch (error) {
    if (error instanceof ServiceProblem && (error.problem.status === 401 || error.problem.status === 404)) return false
    throw error
  }
}

/**
 * Creates a shop and its two keys.
 * @param admin a client with the admin key
 * @param earlier keys of this shop that the service has forgotten: they are made again with the same secrets, so that
 *   pages that carry them go on working
 */
export async function createShop(
  admin: Client,
  shop: string,
  body: ShopBody,
  earlier: { pk?: string | undefined; sk?: string | undefined } = {},
): Promise<{ keys: ShopKeys; created: boolean }> {
  const path = `/v1/shops/${encodeURIComponent(shop)}`
  const { created } = await admin.call({ method: 'PUT', path, json: body, answer: shopAnswerSchema })
  const makeKey = async (kind: 'pk' | 'sk'): Promise<string> => {
    const prefix = `${kind}_${shop}_`
    const post = async (secret: string | undefined) => {
      const json = { kind, label: KEY_LABEL, ...(secret === undefined ? {} : { secret }) }
      return (await admin.call({ method: 'POST', path: `${path}/keys`, json, answer: keyAnswerSchema })).key
    }
    const known = earlier[kind]?.startsWith(prefix) ? earlier[kind].slice(prefix.length) : undefined
    try {
      return await post(known)
    } catch (error) {
      // The secret is taken: by a key that lives on beside the new one, or by one that was revoked and stays so.
      const taken = known !== undefined && error instanceof ServiceProblem && error.problem.code === 'conflict'
      if (!taken) throw error
      return post(undefined)
    }
  }
  return { keys: { pk: await makeKey('pk'), sk: await makeKey('sk') }, created }
}
