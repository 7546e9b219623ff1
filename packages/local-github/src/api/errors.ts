export interface FieldError {
  resource: string
  code: 'missing' | 'missing_field' | 'invalid' | 'already_exists' | 'unprocessable' | 'custom'
  field?: string
  message?: string
}

const docs = 'https://docs.github.com/rest'

/** An error in GitHub's own format. Routes throw it. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly errors: FieldError[] | undefined
  readonly headers: Record<string, string>

  constructor(
    status: number,
    message: string,
    { errors, headers = {} }: { errors?: FieldError[]; headers?: Record<string, string> } = {},
  ) {
    super(message)
    this.status = status
    this.errors = errors
    this.headers = headers
  }

  response(): Response {
    const { status, message, errors, headers } = this
    const body = {
      message,
      ...(errors && { errors }),
      documentation_url: docs,
      status: `${status}`,
    }
    return Response.json(body, { status, headers: { ...jsonType, ...headers } })
  }
}

export const jsonType = { 'content-type': 'application/json; charset=utf-8' }

export const notFound = () => new ApiError(404, 'Not Found')
export const badCredentials = () => new ApiError(401, 'Bad credentials')
export const needsAuthentication = () => new ApiError(401, 'Requires authentication')

/** 422, with the invalid fields. */
export const invalid = (...errors: FieldError[]) =>
  new ApiError(422, 'Validation Failed', { errors })

export const immutable = () => new ApiError(422, 'Cannot modify an immutable release.')
