/**
 * Copies an answer with added or replaced headers, and perhaps another body. Uses a plain object:
 * msw loses headers that are copied from `Headers` to `Headers` if it has not seen them set.
 */
export function withHeaders(
  response: Response,
  added: Record<string, string>,
  {
    body = response.body,
    status = response.status,
  }: { body?: ReadableStream<Uint8Array> | ArrayBuffer | null; status?: number } = {},
): Response {
  const headers = { ...Object.fromEntries(response.headers) }
  for (const [name, value] of Object.entries(added)) headers[name.toLowerCase()] = value
  return new Response(body, { status, headers })
}
