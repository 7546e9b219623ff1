/**
 * The same answer with more headers, or others, and perhaps another body.
 * They pass through a plain object: copied from `Headers` to `Headers`, msw would lose those it has not seen set.
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
