import type { CompletionCall } from '../../shared/model/completer_rpc.ts'

/** The answer's text of the scripted provider to one of the product's own questions. Rejects when it refuses the question. */
export async function askScripted(
  url: string,
  { system, user, schemaName, schema }: Pick<CompletionCall, 'system' | 'user' | 'schemaName' | 'schema'>,
): Promise<string> {
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'scripted-1',
      messages: [
        { role: 'system', content: system },
        { role: 'user', content: user },
      ],
      response_format: { type: 'json_schema', json_schema: { name: schemaName, strict: true, schema } },
    }),
  })
  const body = (await response.json()) as { choices: Array<{ message: { content: string } }> }
  if (!response.ok) throw new Error(`the provider refused the product's own question: ${JSON.stringify(body)}`)
  return body.choices[0]!.message.content
}
