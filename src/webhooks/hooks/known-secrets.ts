import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod/mini'
import { partOf, replaceFile } from '../../base/fs/durable-write.js'
import { userFolders } from '../../config/locate/folder.js'
import type { WebhookSession } from '../session.js'

const file = z.record(z.string(), z.object({ salt: z.string(), hash: z.string() }))
type Known = z.output<typeof file>

/**
 * GitHub masks the secret of a hook, so SETUP keeps a salted hash of the last one that it has set:
 * beside the SQLite store, or with PostgreSQL in the user's own state folder.
 */
export interface KnownSecrets {
  /** Whether this one was set last. */
  isSet(hookId: string, secret: string): Promise<boolean>
  remember(hookId: string, secret: string): Promise<void>
  forget(hookId: string): Promise<void>
}

export function openKnownSecrets({ webhooks, client, host }: WebhookSession): KnownSecrets {
  const { store } = webhooks
  const folder = store.engine === 'sqlite' ? dirname(store.path) : userFolders(host).state
  const path = join(folder, 'webhook-secrets.json')
  const keyOf = (hookId: string) => `${client.baseUrl.host} ${hookId}`
  const change = async (act: (known: Known) => void) => {
    const known = await read(path)
    act(known)
    await write(path, known)
  }
  return {
    async isSet(hookId, secret) {
      const entry = (await read(path))[keyOf(hookId)]
      if (entry === undefined) return false
      const hash = Buffer.from(entry.hash, 'hex')
      const own = hashOf(secret, entry.salt)
      return hash.length === own.length && timingSafeEqual(own, hash)
    },
    remember(hookId, secret) {
      const salt = randomBytes(16).toString('hex')
      const hash = hashOf(secret, salt).toString('hex')
      return change((known) => {
        known[keyOf(hookId)] = { salt, hash }
      })
    },
    forget: (hookId) =>
      change((known) => {
        delete known[keyOf(hookId)]
      }),
  }
}

const hashOf = (secret: string, salt: string): Buffer => scryptSync(secret, salt, 32)

/** A missing or damaged file counts as empty: the secret is then sent again. */
async function read(path: string): Promise<Known> {
  try {
    return file.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return {}
  }
}

async function write(path: string, known: Known): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const text = `${JSON.stringify(known, null, 2)}\n`
  await replaceFile(path, text, { beside: partOf(path), mode: 0o600 })
}
