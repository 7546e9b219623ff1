/** Whether this HTTP status says that the receiver has taken the delivery. */
export const isGoodStatus = (code: number | null): boolean =>
  code !== null && code >= 200 && code < 300
