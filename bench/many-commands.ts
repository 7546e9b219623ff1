import { writeFile } from 'node:fs/promises'
import { compare, type Row, run, timesRow } from './measure.js'
import { withPlace } from './place.js'

const views = 50
const clones = 200

/** Many commands in one process, and one command in many clones. */
export const manyCommands = (): Promise<Row[]> =>
  withPlace(async ({ github, configure, path, wizard, program }) => {
    const names = Array.from({ length: clones }, (_, index) => `bench/clone-${index}`)
    await github.addRepository('bench/first', { 'a.txt': 'one\n' })
    await github.addCopies('bench/first', names)
    await configure('root', Object.fromEntries(names.map((name) => [`library/${name}`, name])))
    await run(wizard('root', 'REPO', 'SYNC'))
    await writeFile(path('root/views.ucode'), 'REPO VIEW bench/first\n'.repeat(views))
    const [node = '', script = ''] = wizard('root').argv
    const one = `cd '${path('root')}' && '${node}' '${script}' REPO VIEW bench/first`
    const scripts = await compare(3, {
      wizard: () => wizard('root', 'SCRIPT', 'views.ucode', '--quiet'),
      'as many processes': () => program(['sh', '-c', `for i in $(seq ${views}); do ${one}; done`]),
    })
    const folders = names.map((name) => path('root/library', name))
    const xargs = ['-P2', '-I{}', 'env', '-C', '{}', 'true']
    const execs = await compare(5, {
      wizard: () => wizard('root', 'REPO', 'EXEC', '--', 'true'),
      'xargs -P2': () => program(['xargs', ...xargs], `${folders.join('\n')}\n`),
    })
    return [
      timesRow(`SCRIPT of ${views} \`REPO VIEW\``, scripts, 0.25),
      timesRow(`EXEC of \`true\` in ${clones} clones`, execs, 1.5),
    ]
  })
