/** Whether the receiver has taken a delivery. */
export const isGoodStatus = (code: number | null): boolean =>
  code !== null && code >= 200 && code < 300
