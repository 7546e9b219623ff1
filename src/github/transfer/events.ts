/** Reports the upload or download of a release asset. */
export type TransferEvent =
  /** Bytes; `total` is null if the server does not say. */
  | {
      type: 'transfer-progress'
      direction: 'upload' | 'download'
      name: string
      done: number
      total: number | null
    }
  | {
      type: 'transfer-done'
      direction: 'upload' | 'download'
      name: string
      /** Bytes. */
      size: number
      status: string
    }
