import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GitHubClient } from '../src/github/client.js'
import { downloadFile } from '../src/github/transfer/download.js'
import { uploadFile } from '../src/github/transfer/upload.js'
import { inSeconds, type Row } from './measure.js'

const megabytes = 400

/** In its own process, because its memory does not count. It sends a file and receives one. */
const server = `
  import { createServer } from 'node:http'
  const chunk = Buffer.alloc(1 << 20, 1)
  const listener = async (request, answer) => {
    if (request.method === 'POST') {
      for await (const part of request) part.length
      return answer.end('{}')
    }
    answer.writeHead(200, { 'content-length': ${megabytes} * chunk.length })
    for (let sent = 0; sent < ${megabytes}; sent++) {
      if (!answer.write(chunk)) await new Promise((resolve) => answer.once('drain', resolve))
    }
    answer.end()
  }
  createServer(listener).listen(0, '127.0.0.1', function () { console.log(this.address().port) })
`

/** A file of 400 MB down and up again: seconds, and the additional memory of this process. */
export async function transfer(): Promise<Row[]> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', server], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const folder = await mkdtemp(join(tmpdir(), 'bench-'))
  try {
    const [port] = await once(child.stdout, 'data')
    const baseUrl = `http://127.0.0.1:${String(port).trim()}`
    const client = new GitHubClient({ baseUrl, token: 'not-a-secret' })
    const file = join(folder, 'file')
    const address = new URL(`${baseUrl}/file`)
    const down = await measured('download', (onProgress) =>
      downloadFile(client, address, file, { onProgress }),
    )
    const up = await measured('upload', (onProgress) =>
      uploadFile(client, address, file, { contentType: 'application/zip', onProgress }),
    )
    await client.close()
    return [down, up]
  } finally {
    child.kill()
    await rm(folder, { recursive: true })
  }
}

/**
 * Reads the memory at each piece, because the system's own maximum includes the process that
 * started this one.
 */
async function measured(
  name: string,
  work: (onProgress: () => void) => Promise<unknown>,
): Promise<Row> {
  const before = process.memoryUsage.rss()
  let most = before
  const begun = performance.now()
  await work(() => {
    most = Math.max(most, process.memoryUsage.rss())
  })
  const seconds = (performance.now() - begun) / 1000
  return {
    what: `${name} of ${megabytes} MB`,
    wizard: `${inSeconds(seconds)}, ${Math.round((most - before) / 2 ** 20)} MB more memory`,
  }
}
