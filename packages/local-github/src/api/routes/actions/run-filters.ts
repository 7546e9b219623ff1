import type { Run } from '../../../model/runs.js'

/** Whether a run matches the query of a list. */
export function fits(run: Run, query: URLSearchParams): boolean {
  return Object.entries(filters).every(([name, filter]) => {
    const value = query.get(name)
    return value === null || filter(run, value)
  })
}

const filters: Record<string, (run: Run, value: string) => boolean> = {
  branch: ({ branch }, value) => branch === value,
  event: ({ event }, value) => event === value,
  status: ({ status, conclusion }, value) => status === value || conclusion === value,
  actor: ({ actor }, value) => actor.login === value,
  head_sha: ({ sha }, value) => sha === value,
  created: ({ createdAt }, value) => inRange(createdAt, value),
}

/** `>=2026-01-01`, `<…`, `A..B` or a date (https://docs.github.com/search-github/getting-started-with-searching-on-github/understanding-the-search-syntax). */
function inRange(time: string, range: string): boolean {
  const [from = '', to] = range.split('..')
  const at = Date.parse(time)
  if (to !== undefined) return bounded(at, from, -Infinity) >= 0 && bounded(at, to, Infinity) <= 0
  const [, operator = '', date = ''] = /^([<>]=?)?(.*)$/.exec(range) ?? []
  const difference = at - Date.parse(date)
  if (operator === '') return time.startsWith(date)
  if (difference === 0) return operator.endsWith('=')
  return operator.startsWith('<') === difference < 0
}

const bounded = (at: number, date: string, open: number) =>
  at - (date === '*' ? open : Date.parse(date))
