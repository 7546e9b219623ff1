import { BlockedError } from '../../errors.js'
import { type BytePath, joinBytes, showPath } from '../byte-path.js'
import {
  type AttributeList,
  type AttributeSetting,
  type AttributeValue,
  parseAttributes,
} from './parse.js'

/** The files of attributes. Each text has one character per byte; null means that the file does not exist. */
export interface AttributeSource {
  /** The `.gitattributes` of a folder; '' is the top. */
  inFolder(folder: BytePath): string | null | Promise<string | null>
  /** The repository's own `info/attributes`, which go before all folders. */
  own: string | null
  /** Those of the user and the system, which come last; the strongest first. */
  defaults: (string | null)[]
  ignoreCase: boolean
}

/**
 * The attributes of files. Of two lines for an attribute the later one counts, and of two files that
 * of the nearer folder. Each file of attributes is read once.
 *
 * @see https://git-scm.com/docs/gitattributes
 */
export class Attributes {
  readonly #source: AttributeSource
  /** null: any may be asked for. */
  readonly #wanted: ReadonlySet<string> | null
  readonly #folders = new Map<BytePath, Promise<FolderAttributes>>()

  /** @param wanted the only ones that will be asked for: lines with others are passed over */
  constructor(source: AttributeSource, wanted: readonly string[] | null = null) {
    this.#source = source
    this.#wanted = wanted && new Set(wanted)
  }

  /** By name. */
  async of(path: BytePath): Promise<ReadonlyMap<string, AttributeValue>> {
    const slash = path.lastIndexOf('/')
    const { lists, macros } = await this.#folder(slash === -1 ? '' : path.slice(0, slash))
    if (lists.length === 0) return none
    const found = new Map<string, AttributeValue>()
    const set = ([name, value]: AttributeSetting) => {
      if (found.has(name)) return
      found.set(name, value)
      if (value === true) macros.get(name)?.forEach(set)
    }
    const name = path.slice(slash + 1)
    for (const { folder, rules } of lists) {
      const below = folder === '' ? path : path.slice(folder.length + 1)
      for (const { matches, byName, settings } of rules) {
        if (matches(byName ? name : below)) settings.forEach(set)
      }
    }
    return found
  }

  #folder(folder: BytePath): Promise<FolderAttributes> {
    const known = this.#folders.get(folder)
    if (known !== undefined) return known
    const made = folder === '' ? this.#top() : this.#below(folder)
    this.#folders.set(folder, made)
    return made
  }

  async #top(): Promise<FolderAttributes> {
    const { own, defaults, inFolder } = this.#source
    const texts = [own, await inFolder(''), ...defaults]
    const lists = texts.map((text) => this.#parse(text, ''))
    const macros = new Map([...builtIn, ...[...lists].reverse().flatMap((list) => list.macros)])
    for (const [name, settings] of macros) macros.set(name, [...settings].reverse())
    const relevant = (list: AttributeList) => this.#relevant(list, macros)
    const [ownList, topList, ...others] = lists.map(relevant)
    const withRules = (all: (AttributeList | undefined)[]) => all.filter((list) => hasRules(list))
    return {
      macros,
      own: withRules([ownList]),
      lists: withRules([ownList, topList, ...others]),
    }
  }

  async #below(folder: BytePath): Promise<FolderAttributes> {
    const slash = folder.lastIndexOf('/')
    const above = await this.#folder(slash === -1 ? '' : folder.slice(0, slash))
    const text = await this.#source.inFolder(folder)
    if (text === null) return above
    const list = this.#relevant(this.#parse(text, folder), above.macros)
    if (!hasRules(list)) return above
    const { own, lists } = above
    return { ...above, lists: [...own, list, ...lists.slice(own.length)] }
  }

  #parse(text: string | null, folder: BytePath): AttributeList {
    return parseAttributes(text ?? '', folder, this.#source)
  }

  /** The last line first, as it decides; so is the last word of a line. */
  #relevant(list: AttributeList, macros: FolderAttributes['macros']): AttributeList {
    const wanted = this.#wanted
    const isWanted = ([name]: AttributeSetting) =>
      wanted === null || wanted.has(name) || macros.has(name)
    const rules = list.rules
      .filter(({ settings }) => settings.some(isWanted))
      .map((rule) => ({ ...rule, settings: [...rule.settings].reverse() }))
    if (rules.filter(({ isWild }) => isWild).length > mostWild) {
      const path = showPath(joinBytes(list.folder, '.gitattributes'))
      throw new BlockedError('unsupported', `${path} has more than ${mostWild} patterns`, {
        hint: 'pull it with git itself',
      })
    }
    return { ...list, rules: rules.reverse() }
  }
}

/** What counts for the files of one folder. */
interface FolderAttributes {
  macros: ReadonlyMap<string, AttributeSetting[]>
  /** The first of `lists`, if it has any rules. */
  own: AttributeList[]
  /** The strongest first. */
  lists: AttributeList[]
}

/** Each is tried on each file. Lines that name a file do not count. */
const mostWild = 2000

const hasRules = (list: AttributeList | undefined): list is AttributeList =>
  list !== undefined && list.rules.length > 0

const none: ReadonlyMap<string, AttributeValue> = new Map()

const builtIn: [string, AttributeSetting[]][] = [
  [
    'binary',
    [
      ['diff', false],
      ['merge', false],
      ['text', false],
    ],
  ],
]
