import { stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { ConfigError, WizardError } from '../../base/errors.js'
import { hasCode } from '../../base/fs/read.js'
import type { SignCommand } from '../../config/files/components.js'
import type { LocalAsset } from '../assets/local.js'
import { assetName } from '../assets/local.js'
import type { ReleaseSession } from '../session.js'
import { runCommand } from './command.js'

export interface Signing {
  commands: readonly SignCommand[]
  /** The folder for signatures. */
  folder: string
  /** The folder in which the commands run: the component's. */
  cwd: string
  env: Record<string, string>
  redact(line: string): string
}

/**
 * Signs a sample file, so that a missing or locked key is found before anything is created.
 *
 * @throws WizardError if a command fails or leaves no signature
 */
export async function probeSigning(session: ReleaseSession, signing: Signing): Promise<void> {
  const probe = join(signing.folder, 'wizard-probe')
  await writeFile(probe, 'wizard signs this to see whether signing works\n')
  for (const command of signing.commands) await signOne(session, signing, command, probe)
}

/**
 * Signs the checksum files, or every artifact, as each command says.
 *
 * @returns the signatures' paths
 * @throws ConfigError if there are no checksum files to sign; WizardError if a command fails
 */
export async function signAll(
  session: ReleaseSession,
  signing: Signing,
  artifacts: readonly LocalAsset[],
  sums: readonly string[],
): Promise<string[]> {
  const paths: string[] = []
  for (const command of signing.commands) {
    const files = command.artifacts === 'all' ? artifacts.map(({ path }) => path) : sums
    if (files.length === 0 && artifacts.length > 0) {
      throw new ConfigError(`${command.cmd} signs the checksums, but there are none`, {
        hint: 'in components.yaml set checksums: true, or artifacts: all in sign',
      })
    }
    for (const file of files) paths.push(await signOne(session, signing, command, file))
  }
  return paths
}

async function signOne(
  session: ReleaseSession,
  { folder, cwd, env, redact }: Signing,
  { cmd, args, signature }: SignCommand,
  artifact: string,
): Promise<string> {
  const made = join(folder, signature.replaceAll('{artifact}', assetName(basename(artifact))))
  const filled = args.map((arg) =>
    arg.replaceAll('{artifact}', artifact).replaceAll('{signature}', made),
  )
  await runCommand(session, { label: 'sign', file: cmd, args: filled, cwd, env, redact })
  if (await isFilled(made)) return made
  throw new WizardError(`${cmd} wrote no signature of ${basename(artifact)}`, {
    hint: 'its args in components.yaml must write to {signature}',
  })
}

async function isFilled(path: string): Promise<boolean> {
  try {
    return (await stat(path)).size > 0
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false
    throw error
  }
}
