/**
 * How a hook sends its payload: as JSON, or as a form whose field `payload` is JSON.
 * https://docs.github.com/en/rest/repos/webhooks#create-a-repository-webhook (`content_type`)
 *
 * @param contentType of the delivery
 * @returns null if it is neither
 */
export function bodyFormatOf(contentType = ''): 'json' | 'form' | null {
  const pattern = /^application\/(json|x-www-form-urlencoded)[\t ]*(?:;|$)/i
  const name = pattern.exec(contentType)?.[1]?.toLowerCase()
  if (name === undefined) return null
  return name === 'json' ? 'json' : 'form'
}
