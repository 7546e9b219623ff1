export const mediaType = 'application/vnd.git-lfs+json'

export const json = (
  body: object,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': mediaType, ...headers } })

/** https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md#response-errors */
export class LfsError extends Error {
  override readonly name = 'LfsError'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }

  answer(): Response {
    const realm = 'Basic realm="GitHub"'
    const headers = { 'lfs-authenticate': realm, 'www-authenticate': realm }
    return json(
      {
        message: this.message,
        documentation_url:
          'https://docs.github.com/repositories/working-with-files/managing-large-files',
      },
      { status: this.status, headers: this.status === 401 ? headers : {} },
    )
  }
}
