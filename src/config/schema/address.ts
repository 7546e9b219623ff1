import { z } from 'zod'
import { isPrivate, parseUrl } from '../../base/names/host.js'

/** An https address without credentials; http on loopback alone, where nobody listens in between. */
export const address = () =>
  z.string().refine(isAddress, {
    error:
      'expected an https:// address without credentials and query (http:// on this machine alone)',
  })

function isAddress(text: string): boolean {
  const url = parseUrl(text)
  if (url === undefined || !hasHost(text)) return false
  if (url.username || url.password || url.search || url.hash) return false
  return isPrivate(url)
}

export const proxyAddress = () =>
  z.string().refine(isProxy, { error: 'expected the address of a proxy, http://HOST:PORT' })

function isProxy(text: string): boolean {
  const url = parseUrl(text)
  if (url === undefined || !hasHost(text)) return false
  return (
    ['http:', 'https:'].includes(url.protocol) && url.pathname === '/' && !url.search && !url.hash
  )
}

/** `https:example.com` and `https:\\example.com` are repaired by the URL parser; a person reads them otherwise. */
const hasHost = (text: string) => /^https?:\/\/[^/\\]/i.test(text) && !/[\s\\]/.test(text)
