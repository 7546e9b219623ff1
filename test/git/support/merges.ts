import { git } from './real-git.js'
import { commitStream, mutate, type RandomHistory, type RandomTree, randomSource } from './trees.js'

/**
 * Commits on `main` with side branches merged into it, and lightweight and annotated tags on both.
 * Each tree derives from the previous one.
 *
 * @returns the ids of `main` along its first parents, oldest first
 */
export function addMerges(dir: string, { seed, commits, changes }: RandomHistory): string[] {
  const random = randomSource(seed)
  const parts: Buffer[] = []
  const main: { mark: string; tree: RandomTree }[] = []
  let last = 0
  const commit = (tree: RandomTree, branch: string, parents: string[]) => {
    const mark = `:${++last}`
    parts.push(commitStream(tree, last, { branch, mark, parents }))
    if (random.pick(4) === 0) parts.push(tagStream(last, random.pick(2) === 0))
    return mark
  }
  const side = () => {
    const { mark, tree } = random.choose(main)
    const aside = new Map(tree)
    mutate(random, aside, changes)
    return commit(aside, 'side', [mark])
  }
  for (let at = 0; at < commits; at++) {
    const before = main.at(-1)
    const tree: RandomTree = new Map(before?.tree)
    const parents = before === undefined ? [] : [before.mark]
    if (before !== undefined && random.pick(3) === 0) parents.push(side())
    mutate(random, tree, at === 0 ? changes * 10 : changes)
    main.push({ tree, mark: commit(tree, 'main', parents) })
  }
  git(dir, ['fast-import', '--quiet', '--force'], { input: Buffer.concat(parts) })
  return git(dir, ['rev-list', '--reverse', '--first-parent', 'main']).split('\n')
}

function tagStream(mark: number, annotated: boolean): Buffer {
  if (!annotated) return Buffer.from(`reset refs/tags/light-${mark}\nfrom :${mark}\n\n`)
  const tagger = `tagger C <c@example.com> ${1_700_000_000 + mark * 60} +0000`
  return Buffer.from(`tag v${mark}\nfrom :${mark}\n${tagger}\ndata 0\n\n`)
}
