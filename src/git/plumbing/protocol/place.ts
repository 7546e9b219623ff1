/** The host and path of an address; messages show nothing more of it. */
export function placeOf(address: string): string {
  const { host, pathname } = new URL(address)
  return host + pathname.replace(/\/(?:git-upload-pack|info\/refs)$/, '').replace(/\.git$/, '')
}
