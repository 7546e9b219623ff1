// A git server (smart HTTP, protocol v2) with one repository of two commits, for scripts/record-code.js.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { deflateSync } from 'node:zlib'

const types = { commit: 1, tree: 2, blob: 3 }

/** @typedef {{ type: keyof typeof types, data: Buffer, oid: string }} GitObject */

/** @param {keyof typeof types} type @param {string | Buffer} content @returns {GitObject} */
function objectOf(type, content) {
  const data = Buffer.from(content)
  const oid = createHash('sha1').update(`${type} ${data.length}\0`).update(data).digest('hex')
  return { type, data, oid }
}

/** @param {Record<string, GitObject>} entries */
function treeOf(entries) {
  const names = Object.keys(entries).sort()
  const parts = names.flatMap((name) => {
    const { type, oid } = /** @type {GitObject} */ (entries[name])
    const mode = type === 'tree' ? '40000' : name.endsWith('.sh') ? '100755' : '100644'
    return [Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, 'hex')]
  })
  return objectOf('tree', Buffer.concat(parts))
}

/** @param {string} text @param {string[]} parents */
function commit(text, parents) {
  const files = Array.from({ length: 40 }, (_none, at) => [
    `file-${at}.txt`,
    objectOf('blob', at % 2 === 0 ? `${at}\n` : `${text} ${at}\n`.repeat(40)),
  ])
  const folder = treeOf({
    'run.sh': objectOf('blob', `echo ${text}\n`),
    ...Object.fromEntries(files),
  })
  const top = treeOf({ folder, 'README.md': objectOf('blob', `# ${text}\n`) })
  const who = 'Mona Lisa <mona@example.com> 1768384800 +0000'
  const lines = [`tree ${top.oid}`, ...parents.map((oid) => `parent ${oid}`)]
  const made = objectOf(
    'commit',
    `${lines.join('\n')}\nauthor ${who}\ncommitter ${who}\n\n${text}\n`,
  )
  const blobs = [objectOf('blob', `# ${text}\n`), objectOf('blob', `echo ${text}\n`)]
  const all = [
    made,
    top,
    folder,
    ...blobs,
    ...files.map(([, blob]) => /** @type {GitObject} */ (blob)),
  ]
  return { oid: made.oid, objects: [...new Map(all.map((one) => [one.oid, one])).values()] }
}

/** https://git-scm.com/docs/gitformat-pack @param {GitObject[]} objects */
function packOf(objects) {
  const header = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1')
  header.writeUInt32BE(objects.length, 8)
  const entries = objects.flatMap(({ type, data }) => [
    entryHeader(types[type], data.length),
    deflateSync(data),
  ])
  const pack = Buffer.concat([header, ...entries])
  return Buffer.concat([pack, createHash('sha1').update(pack).digest()])
}

/** @param {number} type @param {number} size */
function entryHeader(type, size) {
  const bytes = [(type << 4) | (size & 15)]
  for (let rest = size >> 4; rest > 0; rest >>= 7) {
    bytes[bytes.length - 1] |= 128
    bytes.push(rest & 127)
  }
  return Buffer.from(bytes)
}

/** @param {string | Buffer} line */
function pkt(line) {
  const data = Buffer.from(line)
  return Buffer.concat([Buffer.from((data.length + 4).toString(16).padStart(4, '0')), data])
}

/** https://git-scm.com/docs/protocol-v2 @param {string} asked @param {{ oid: string, objects: GitObject[] }} tip */
function answer(asked, { oid, objects }) {
  if (asked.includes('command=ls-refs')) {
    const refs = [`${oid} HEAD symref-target:refs/heads/main\n`, `${oid} refs/heads/main\n`]
    return Buffer.concat([...refs.map(pkt), Buffer.from('0000')])
  }
  const have = /have ([0-9a-f]{40})/.exec(asked)?.[1]
  const agreed = have === undefined || /0009done/.test(asked) ? [] : [`ACK ${have}\n`, 'ready\n']
  const before =
    agreed.length > 0 ? [pkt('acknowledgments\n'), ...agreed.map(pkt), Buffer.from('0001')] : []
  const pack = Buffer.concat([Buffer.from([1]), packOf(objects)])
  return Buffer.concat([...before, pkt('packfile\n'), pkt(pack), Buffer.from('0000')])
}

/** Knows no API: every other address is 404. */
export async function startRecordServer() {
  const first = commit('one', [])
  const second = commit('two', [first.oid])
  let tip = first
  const server = createServer(async (request, response) => {
    const asked = (await buffer(request)).toString('latin1')
    if (!request.url?.endsWith('/git-upload-pack')) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"Not Found"}')
      return
    }
    response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-result' })
    response.end(answer(asked, tip))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  return {
    address: `http://127.0.0.1:${port}`,
    advance() {
      tip = { oid: second.oid, objects: [...second.objects, ...first.objects] }
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
