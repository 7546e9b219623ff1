import { type ExecutionResult, execute, type GraphQLError, parse, validate } from 'graphql'
import { ApiError, jsonType } from '../api/errors.js'
import type { Account } from '../model/repository.js'
import { FieldFailure, type GraphQLContext } from './context.js'
import { repositoryNode } from './nodes/repository.js'
import { root } from './root.js'
import { schema } from './schema.js'

/**
 * POST /graphql. A failed field is null, its error is listed, and the status is 200, as on GitHub.
 */
export async function answerGraphQL(
  request: Request,
  {
    viewer,
    ...context
  }: Omit<GraphQLContext, 'viewer' | 'repositoryNode' | 'budget'> & { viewer: Account | null },
): Promise<Response> {
  if (!viewer) throw new ApiError(401, 'This endpoint requires you to be authenticated.')
  const { query, variables, operationName } = await readBody(request)
  const budget = { left: context.world.graphqlLimit }
  const contextValue: GraphQLContext = { ...context, viewer, repositoryNode, budget }
  const result = await run(query, { variables, operationName, contextValue })
  return Response.json(shaped(result), { headers: jsonType })
}

interface Body {
  query: string
  variables: Record<string, unknown> | undefined
  operationName: string | undefined
}

async function readBody(request: Request): Promise<Body> {
  const body: unknown = await request.json().catch(() => undefined)
  if (typeof body !== 'object' || body === null || !('query' in body)) {
    throw new ApiError(400, 'Problems parsing JSON')
  }
  const { query, variables, operationName } = body as Partial<Record<keyof Body, unknown>>
  return {
    query: String(query),
    variables: typeof variables === 'object' && variables !== null ? { ...variables } : undefined,
    operationName: typeof operationName === 'string' ? operationName : undefined,
  }
}

interface Operation {
  variables: Body['variables']
  operationName: Body['operationName']
  contextValue: GraphQLContext
}

async function run(query: string, operation: Operation): Promise<ExecutionResult> {
  const document = parsed(query)
  if ('errors' in document) return document
  const errors = validate(schema, document)
  if (errors.length > 0) return { errors }
  const { variables: variableValues, operationName, contextValue } = operation
  return execute({ schema, document, rootValue: root, variableValues, operationName, contextValue })
}

function parsed(query: string) {
  try {
    return parse(query)
  } catch (error) {
    return { errors: [error as GraphQLError] }
  }
}

function shaped({ data, errors }: ExecutionResult) {
  const reported = errors?.map(({ message, path, locations, originalError }) => ({
    ...(originalError instanceof FieldFailure && { type: originalError.type }),
    ...(path && { path }),
    locations,
    message,
  }))
  return { ...(data !== undefined && { data }), ...(reported && { errors: reported }) }
}
