/*
 * The tar and zip libraries describe damage for programmers, and quote bytes of the archive. Their
 * sentences are recognised here; an unknown one gets general words.
 */

type Faults = [sentence: RegExp, words: string][]

/** https://github.com/isaacs/node-tar */
const tarFaults: Faults = [
  [/checksum failure/, 'a checksum is wrong'],
  [/Truncated input/, 'it is cut short'],
  [/Unrecognized archive/, 'it has no readable entry'],
  [/path is required/, 'an entry has no name'],
  [/linkpath/, 'an entry is half a link and half a file'],
]

/** https://github.com/thejoshwolfe/yauzl */
const zipFaults: Faults = [
  [/End of central directory|unexpected EOF/, 'its end is missing'],
  [/comment length/, 'its end does not match its length'],
  [/zip64|extra field/, 'its directory has a part of the wrong length'],
  [/multi-disk/, 'it is one part of a split archive'],
  [/directory file header signature/, 'its directory is in the wrong place'],
  [/strong encryption/, 'it is encrypted'],
  [/size mismatch/, 'an entry has two sizes'],
]

export const tarFault = (error: Error): string => faultIn(tarFaults, error)
export const zipFault = (error: Error): string => faultIn(zipFaults, error)

const faultIn = (faults: Faults, { message }: Error): string =>
  faults.find(([sentence]) => sentence.test(message))?.[1] ?? "its entries can't be read"
