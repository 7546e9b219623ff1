import { peakMemory, type Row, run } from './measure.js'
import { withPlace } from './place.js'

const count = 5000

/** A sync of 5,000 unchanged repositories: requests and memory. The set-up takes minutes. */
export const many = (): Promise<Row[]> =>
  withPlace(async ({ github, configure, wizard }) => {
    const names = Array.from({ length: count }, (_, index) => `bench/repository-${index}`)
    await github.addRepository('bench/first', { 'README.md': '# Bench\n' })
    await github.addCopies('bench/first', names)
    await configure('root', Object.fromEntries(names.map((name) => [`library/${name}`, name])))
    await run(wizard('root', 'REPO', 'SYNC'))
    await github.requests()
    const memory = await peakMemory(wizard('root', 'REPO', 'SYNC'))
    const requests = await github.requests()
    return [
      { what: '5,000 unchanged: requests', wizard: String(requests), most: '110' },
      { what: '5,000 unchanged: memory', wizard: `${memory} MB`, most: '250 MB' },
    ]
  })
