import { isSameName } from '../base/names/repository.js'
import type { Signer } from './manifest/signature.js'

/** Who publishes a plugin: an account, and the key that signs. */
export interface Publisher {
  /** The server of the account: `github.com`. */
  host: string
  owner: string
  /** GitHub's id, which a new account of an old name does not have; null: unknown. */
  ownerId: number | null
  /** null: unsigned. */
  key: Signer | null
}

/** Whether the user trusts a publisher that is not in trusted.yaml yet. */
export type ConfirmPublisher = (publisher: Publisher, plugin: string) => Promise<boolean>

/** Of a request that may install from publishers whom the user does not trust yet. */
export interface PublisherTrust {
  /** Default: nobody is asked, and such a publisher is refused. */
  confirmPublisher?: ConfirmPublisher | undefined
}

/** `uDOS, without a signature` */
export const publisherText = ({ host, owner, key }: Publisher): string =>
  `${owner} on ${host}${key === null ? ', without a signature' : `, signed by ${key}`}`

export const isSamePublisher = (one: Publisher, other: Publisher): boolean =>
  one.host === other.host &&
  isSameName(one.owner, other.owner) &&
  one.ownerId === other.ownerId &&
  one.key === other.key
