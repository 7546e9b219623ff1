import { join } from 'node:path'
import { isMap, isSeq, parseDocument } from 'yaml'
import { ConfigError, GitHubAuthError } from '../base/errors.js'
import { writeWhole } from '../base/fs/durable-write.js'
import { readTextIfThere } from '../base/fs/read.js'
import { userFolders } from '../config/locate/folder.js'
import { acquireLock } from '../process/lock.js'
import type { PluginVersion } from './install/resolve.js'
import type { Signer } from './manifest/signature.js'
import { isSamePublisher, type Publisher, publisherText } from './publisher.js'
import type { PluginSession } from './session.js'

/** Milliseconds that one wizard waits for another one that writes the file. */
const lockWait = 10_000

/**
 * Lets a publisher pass whom the user has trusted, or trusts now: then `trusted.yaml` in the user's
 * own folder keeps it. A project's files can't grant it.
 *
 * @throws GitHubAuthError if the user does not trust it; ConfigError for a damaged file
 */
export async function assertPublisher(
  session: PluginSession,
  version: PluginVersion,
  key: Signer | null,
): Promise<void> {
  const { client, host, confirmPublisher } = session
  const path = join(userFolders(host).config, 'trusted.yaml')
  const publisher: Publisher = {
    host: new URL(client.gitUrl).host,
    owner: version.owner,
    ownerId: version.ownerId,
    key,
  }
  if (readPublishers(path).some((one) => isSamePublisher(one, publisher))) return
  const { id } = version.manifest
  if (!(await confirmPublisher?.(publisher, id))) throw untrusted(publisher, id)
  await addPublisher(session, path, publisher)
}

const untrusted = (publisher: Publisher, plugin: string) =>
  new GitHubAuthError(
    `you do not trust the publisher of ${plugin} yet: ${publisherText(publisher)}`,
    {
      hint: [
        'to trust it, run the command once with ',
        { flag: 'trust' },
        ', which adds it to your trusted.yaml',
      ],
    },
  )

function readPublishers(path: string): Publisher[] {
  const text = readTextIfThere(path)
  if (text === null || text.trim() === '') return []
  const document = parseDocument(text)
  const list = isMap(document.contents) ? document.contents.get('publishers') : null
  if (document.errors.length > 0 || !isSeq(list)) {
    throw new ConfigError(`${path} is not a list of publishers`, {
      hint: 'correct it, or remove it and trust your publishers again',
    })
  }
  return (list.toJSON() as unknown[]).flatMap((one) => publisherIn(one) ?? [])
}

function publisherIn(value: unknown): Publisher | null {
  const { host, owner, owner_id, key = null } = (value ?? {}) as Record<string, unknown>
  if (typeof host !== 'string' || typeof owner !== 'string') return null
  if (key !== null && typeof key !== 'string') return null
  return { host, owner, ownerId: typeof owner_id === 'number' ? owner_id : null, key }
}

const heading =
  '# The publishers whose plugins wizard installs for you. Remove one to be asked again.\n'

async function addPublisher(
  { clock, self, signal, host }: PluginSession,
  path: string,
  publisher: Publisher,
): Promise<void> {
  const mark = join(userFolders(host).state, 'trusted.lock')
  const request = { path: mark, command: 'PLUGIN INSTALL', wait: lockWait }
  const lock = await acquireLock({ clock, self, signal }, request)
  try {
    const { host: server, owner, ownerId: owner_id, key } = publisher
    readPublishers(path)
    // What a person has written there stays, with comments.
    const document = parseDocument(readTextIfThere(path)?.trim() || `${heading}publishers: []`)
    document.addIn(['publishers'], document.createNode({ host: server, owner, owner_id, key }))
    const list = document.get('publishers')
    if (isSeq(list)) list.flow = false
    await writeWhole(path, document.toString(), 0o600)
  } finally {
    await lock.release()
  }
}
