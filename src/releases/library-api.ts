import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageError } from '../base/errors.js'
import { fullNameOf, type Repo } from '../base/names/repository.js'
import { listReleases } from '../github/rest/releases.js'
import { assertDistinct, assetName, type LocalAsset, localAssets } from './assets/local.js'
import { uploadAssets } from './assets/upload.js'
import { create } from './create.js'
import { assertNoneLive } from './drafts/draft.js'
import { publishDraft } from './drafts/publish.js'
import type { AssetInfo, ReleaseInfo } from './info.js'
import { assetInfoOf, releaseInfoOf } from './info.js'
import type { ReleaseSession } from './session.js'
import { isLatestNow, makeLatestOf } from './versions/latest.js'
import { tagOf, usualTemplate } from './versions/versions.js'
import { openWorkFolder } from './work-folder.js'

export interface CreateReleaseOptions {
  /** Replaces the tag's `{version}`; with an empty tag, that of `v{version}`. */
  version?: string | undefined
  /** Title; default: the tag. */
  name?: string | undefined
  /** Markdown. */
  notes?: string | undefined
  draft?: boolean | undefined
  prerelease?: boolean | undefined
}

/** @throws ConflictError if the tag already has a release */
export function createPlain(
  session: ReleaseSession,
  { owner, repo }: Repo,
  tag: string,
  { version, name, notes = '', draft = false, prerelease = false }: CreateReleaseOptions,
): Promise<ReleaseInfo> {
  return create(session, {
    subject: { owner, repo, component: null },
    named: version === undefined ? tag : tagOf(tag || usualTemplate, version),
    title: name,
    notes: { kind: 'text', text: notes },
    draft,
    prerelease,
    latest: 'auto',
    files: [],
  })
}

export interface ReleaseArtifact {
  path: string
  /** Default: by the file's name. */
  content_type?: string | undefined
}

/**
 * Uploads files, and signatures given as texts, to a release. Assets with the same bytes stay.
 *
 * @param uploadUrl from createRelease
 * @param signatures by their future names
 * @returns the assets, artifacts first, in their order
 * @throws UsageError if the address is not a release's; PathError; ConflictError if an asset has
 *   other bytes
 */
export async function sendArtifacts(
  session: ReleaseSession,
  uploadUrl: string,
  artifacts: readonly ReleaseArtifact[],
  signatures: Readonly<Record<string, string | Uint8Array>>,
): Promise<AssetInfo[]> {
  const place = placeOf(uploadUrl)
  const files = await localAssets(
    artifacts.map(({ path, content_type }) => ({ path, contentType: content_type })),
  )
  const { dir, discard } = await openWorkFolder(session)
  try {
    const assets = [...files, ...(await writeAll(dir, signatures))]
    assertDistinct(assets)
    const uploaded = await uploadAssets(session, assets, {
      place,
      release: `${fullNameOf(place)} #${place.releaseId}`,
      hint: 'delete that asset first, or give the file another name',
    })
    return uploaded.map(({ asset, status }) => assetInfoOf(asset, status))
  } finally {
    await discard()
  }
}

/** `…/repos/OWNER/REPO/releases/ID/assets{?name,label}` @throws UsageError */
function placeOf(uploadUrl: string) {
  const found = /\/repos\/([^/]+)\/([^/]+)\/releases\/(\d+)\/assets(?:\{[^}]*\})?$/.exec(uploadUrl)
  const [, owner, repo, id] = found ?? []
  if (owner === undefined || repo === undefined) {
    throw new UsageError('not the upload address of a release', {
      hint: 'use upload_url as createRelease returned it',
    })
  }
  return { owner, repo, releaseId: Number(id), uploadUrl, replace: false, look: async () => {} }
}

async function writeAll(
  folder: string,
  texts: Readonly<Record<string, string | Uint8Array>>,
): Promise<LocalAsset[]> {
  const paths: { path: string }[] = []
  for (const [name, content] of Object.entries(texts)) {
    const path = join(folder, assetName(name))
    await writeFile(path, content)
    paths.push({ path })
  }
  return localAssets(paths)
}

/** A published release stays as it is. @throws LockedError if another command fills the draft */
export async function publishPlain(
  session: ReleaseSession,
  { owner, repo }: Repo,
  id: number,
): Promise<ReleaseInfo> {
  const subject = { owner, repo, component: null }
  const releases = await listReleases(session.github, owner, repo)
  const known = releases.find((release) => release.id === id)
  await assertNoneLive(session, known?.draft ? [known] : [])
  const state = { tag: known?.tag_name ?? '', prerelease: known?.prerelease ?? false }
  const latest = known === undefined ? 'legacy' : makeLatestOf('auto', subject, state, releases)
  const release =
    known?.draft === false ? known : await publishDraft(session, subject, id, { latest })
  return releaseInfoOf(release, { latest: await isLatestNow(session, subject, release) })
}
